// The people who may sign in: an admin adds, changes and removes them.
"use strict";

const personPath = (name) => `/api/users/${encodeURIComponent(name)}`;

const stateOf = (person) => {
  if (!person.enabled) return make("span", { class: "badge old" }, ...label("ระงับอยู่", "disabled"));
  return person.must_change_password
    ? make("span", { class: "badge WARNING" }, ...label("ต้องเปลี่ยนรหัสผ่าน", "must change the password"))
    : make("span", { class: "badge PASS" }, ...label("ใช้งานได้", "enabled"));
};

// A cell with its column's name, which phones show.
const cell = (names, ...children) => make("td", {}, make("span", { class: "column" }, ...label(...names)), ...children);

const actionOf = (names, kind, act) => {
  const button = make("button", { type: "button", class: `plain ${kind}` }, ...label(...names));
  button.addEventListener("click", act);
  return button;
};

// Does something to a person and lists all again; a refusal is said.
const change = async (act, done) => {
  say();
  try {
    const answer = await act();
    await listPeople();
    if (done) say(done, "good");
    return answer;
  } catch (error) {
    const why = sentenceOf(error);
    say([`ยังไม่ได้เปลี่ยน: ${why[0]}`, `Nothing was changed: ${why[1]}`], "bad");
    await listPeople().catch(() => {});
    return undefined;
  }
};

const showPassword = (name, answer) => {
  if (answer?.one_time_password) once.show([`รหัสผ่านครั้งแรกของ ${name}`, `One-time password of ${name}`], answer.one_time_password);
};

const roleChoice = (person) => {
  const select = make("select", { "aria-label": words("สิทธิ์", "Role") });
  for (const role of ["viewer", "operator", "admin"]) {
    const [thai, english] = rolesOf[role];
    select.append(make("option", { value: role, "data-th": thai, "data-en": english }, words(thai, english)));
  }
  select.value = person.role;
  select.addEventListener("change", () => change(
    () => askJSON("PATCH", personPath(person.name), { role: select.value }),
    [`เปลี่ยนสิทธิ์ของ ${person.name} แล้ว`, `The role of ${person.name} is changed.`]));
  return select;
};

const asks = (thai, english) => confirm(words(thai, english));

const actionsOf = (person) => {
  const { name } = person;
  const turn = () => change(() => askJSON("PATCH", personPath(name), { enabled: !person.enabled }),
    person.enabled ? [`ระงับ ${name} แล้ว`, `${name} is disabled.`] : [`${name} ใช้งานได้แล้ว`, `${name} is enabled.`]);
  const reset = async () => {
    if (!asks(`ตั้งรหัสผ่านใหม่ให้ ${name}?`, `Give ${name} a new password?`)) return;
    showPassword(name, await change(() => askJSON("PATCH", personPath(name), { reset_password: true })));
  };
  const remove = () => {
    if (!asks(`ลบ ${name}?`, `Remove ${name}?`)) return undefined;
    return change(() => ask(personPath(name), { method: "DELETE" }), [`ลบ ${name} แล้ว`, `${name} is removed.`]);
  };
  const endFactor = () => {
    if (!asks(`ปิดการยืนยันขั้นที่สองของ ${name}? ใช้เมื่อทำโทรศัพท์หาย`, `Turn off the second factor of ${name}? For a phone that is lost.`)) return undefined;
    return change(() => askJSON("PATCH", personPath(name), { second_factor: false }),
      [`ปิดการยืนยันขั้นที่สองของ ${name} แล้ว`, `The second factor of ${name} is off.`]);
  };
  return [
    actionOf(["เครื่องที่เข้าสู่ระบบ", "Sessions"], "", () => showSessions(name)),
    actionOf(["ตั้งรหัสผ่านใหม่", "New password"], "", reset),
    ...(person.second_factor ? [actionOf(["ปิดขั้นที่สอง", "Second factor off"], "", endFactor)] : []),
    actionOf(person.enabled ? ["ระงับ", "Disable"] : ["เปิดใช้", "Enable"], "", turn),
    actionOf(["ลบ", "Remove"], "danger", remove),
  ];
};

const rowOfPerson = (person) => {
  const badges = [stateOf(person)];
  if (person.second_factor) badges.push(" ", make("span", { class: "badge" }, ...label("ยืนยันสองขั้น", "second factor")));
  const last = person.last_sign_in
    ? make("time", { datetime: person.last_sign_in }, localTime(person.last_sign_in)) : make("span", {}, ...label("ไม่เคย", "never"));
  return make("tr", { "data-person": person.name },
    make("th", { scope: "row" }, person.name),
    cell(["สิทธิ์", "Role"], roleChoice(person)),
    cell(["สถานะ", "State"], ...badges),
    cell(["เข้าสู่ระบบล่าสุด", "Last sign-in"], last),
    make("td", { class: "actions" }, ...actionsOf(person)));
};

const listPeople = async () => {
  const { users } = await ask("/api/users", { cache: "no-store" });
  find("#people tbody").replaceChildren(...users.map(rowOfPerson));
};

const showSessions = async (name) => {
  say();
  try {
    const { sessions } = await ask(`${personPath(name)}/sessions`, { cache: "no-store" });
    const part = find("#sessions");
    part.dataset.name = name;
    find("h2", part).replaceChildren(...label(`เครื่องที่ ${name} เข้าสู่ระบบ: ${sessions.length}`, `Sessions of ${name}: ${sessions.length}`));
    find("ul", part).replaceChildren(...sessions.map((one) => make("li", {},
      make("time", { datetime: one.created_at }, localTime(one.created_at)), ` · ${one.address} · ${one.agent ?? ""}`)));
    find("#end-sessions").hidden = sessions.length === 0;
    part.hidden = false;
    find("h2", part).focus();
  } catch (error) {
    say(sentenceOf(error), "bad");
  }
};

const beginPeople = async () => {
  await listPeople();
  find("#people").hidden = false;
  const form = find("#add-person");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearFaults(form);
    say();
    const { name, role } = Object.fromEntries(new FormData(form));
    try {
      const answer = await askJSON("POST", "/api/users", { name, role });
      form.reset();
      await listPeople();
      showPassword(name, answer);
    } catch (error) {
      if (showFault(form, error, ["ยังไม่ได้เพิ่ม", "Nothing was added"])) form.elements[error.field].focus();
    }
  });
  find("#close-sessions").addEventListener("click", () => { find("#sessions").hidden = true; });
  find("#end-sessions").addEventListener("click", async () => {
    const { name } = find("#sessions").dataset;
    find("#sessions").hidden = true;
    await change(() => ask(`${personPath(name)}/sessions`, { method: "DELETE" }),
      [`${name} ถูกออกจากระบบทุกเครื่องแล้ว`, `${name} is signed out everywhere.`]);
  });
};

session.require("admin", beginPeople);
