// A person's own account: password, second factor, signing out.
"use strict";

const showAccount = (who) => {
  const isPerson = who.kind === "person";
  find("#account").hidden = false;
  find("[data-me=name]").textContent = who.name;
  find("[data-me=role]").replaceChildren(...label(...(rolesOf[who.role] ?? [who.role, who.role])));
  find("[data-me=until]").textContent = who.expires_at ? localTime(who.expires_at) : "–";
  for (const part of all("[data-person]")) part.hidden = !isPerson;
  find("#change-password").elements.username.value = who.name;
  showFactor(who.second_factor);
  showMust(who);
};

const showMust = (who) => {
  const must = who.must_change_password
    ? ["ต้องเปลี่ยนรหัสผ่านก่อนใช้งานต่อ", "Change your password before you go on."]
    : who.needs_second_factor ? ["ต้องเปิดใช้การยืนยันตัวตนขั้นที่สองก่อนใช้งานต่อ", "Turn on a second factor before you go on."] : null;
  find("#must").hidden = !must;
  find("#must").replaceChildren(...(must ? label(...must) : []));
  return must;
};

const showFactor = (isOn) => {
  const state = find("#factor-state");
  state.replaceChildren(...label(...(isOn ? ["เปิดใช้อยู่", "on"] : ["ปิดอยู่", "off"])));
  state.classList.toggle("PASS", isOn);
  find("#factor-begin").hidden = isOn;
  find("#factor-confirm").hidden = true;
  find("#factor-end").hidden = !isOn;
};

// Sends a form's change; errors are said beside its fields. `act` gets the form's values.
const onSubmit = (selector, notDone, act) => {
  const form = find(selector);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = find("button", form);
    if (button.disabled) return;
    clearFaults(form);
    say();
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)), form);
    } catch (error) {
      if (showFault(form, error, notDone)) form.elements[error.field].focus();
    } finally {
      button.disabled = false;
    }
  });
};

// Shows the account again; who had to do something first goes on to where they wanted to be.
const goOn = async () => {
  const who = await session.load();
  const to = new URLSearchParams(location.search).get("to");
  if (who) showAccount(who);
  if (who && to && !showMust(who) && find("#once").hidden) location.replace(ownPath(to));
};

const beginAccount = (who) => {
  showAccount(who);
  find("#leave").addEventListener("click", () => session.end().catch((error) => say(sentenceOf(error), "bad")));
  find("#leave-everywhere").addEventListener("click", () => {
    if (!confirm(words("ออกจากระบบทุกเครื่อง?", "Sign out on all devices?"))) return;
    session.end("/api/sessions").catch((error) => say(sentenceOf(error), "bad"));
  });

  onSubmit("#change-password", ["ยังไม่ได้เปลี่ยนรหัสผ่าน", "The password was not changed"], async (values, form) => {
    if (values.new_password !== values.again) throw new ServiceError(400, { code: "not_the_same", field: "again" });
    await askJSON("PUT", "/api/session/password", { password: values.password, new_password: values.new_password });
    form.reset();
    say(["เปลี่ยนรหัสผ่านแล้ว เครื่องอื่นถูกออกจากระบบ", "The password is changed; other devices are signed out."], "good");
    await goOn();
  });

  onSubmit("#factor-begin", ["ยังไม่ได้เปิดใช้", "Nothing was turned on"], async (values, form) => {
    const { secret, uri } = await askJSON("POST", "/api/session/second-factor", { password: values.password });
    form.reset();
    form.hidden = true;
    find("#factor-link").href = uri;
    find("#factor-secret").textContent = secret.match(/.{1,4}/g).join(" ");
    find("#factor-confirm").hidden = false;
    find("#factor-confirm").elements.code.focus();
  });

  onSubmit("#factor-confirm", ["ยังไม่ได้เปิดใช้", "Nothing was turned on"], async (values, form) => {
    const { recovery_codes: codes } = await askJSON("PUT", "/api/session/second-factor", { code: values.code });
    form.reset();
    say(["เปิดใช้การยืนยันตัวตนขั้นที่สองแล้ว", "The second factor is on."], "good");
    once.show(["รหัสกู้คืน ใช้ได้รหัสละครั้งเมื่อไม่มีโทรศัพท์", "Recovery codes: each is good once, when the phone is not at hand"], ...codes);
    await goOn();
  });
  find("#factor-confirm").addEventListener("reset", () => showFactor(false));

  onSubmit("#factor-end", ["ยังไม่ได้ปิดใช้", "Nothing was turned off"], async (values, form) => {
    await askJSON("DELETE", "/api/session/second-factor", { password: values.password });
    form.reset();
    once.hide();
    say(["ปิดใช้การยืนยันตัวตนขั้นที่สองแล้ว", "The second factor is off."], "good");
    await goOn();
  });
};

session.require(null, beginAccount);
