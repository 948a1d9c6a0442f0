// Tokens of cameras and programs: an admin makes and revokes them.
"use strict";

const cellOf = (names, ...children) => make("td", {}, make("span", { class: "column" }, ...label(...names)), ...children);
const timeOr = (text, ...otherwise) => (text ? make("time", { datetime: text }, localTime(text)) : make("span", {}, ...label(...otherwise)));

const revoke = async (name) => {
  if (!confirm(words(`ยกเลิกโทเคน ${name}? ผู้ที่ใช้อยู่จะใช้ไม่ได้ทันที`, `Revoke ${name}? Its holder is refused at once.`))) return;
  say();
  try {
    await ask(`/api/tokens/${encodeURIComponent(name)}`, { method: "DELETE" });
    say([`ยกเลิกโทเคน ${name} แล้ว`, `${name} is revoked.`], "good");
  } catch (error) {
    say(sentenceOf(error), "bad");
  }
  await listTokens().catch((error) => say(sentenceOf(error), "bad"));
};

const rowOfToken = (token) => {
  const button = make("button", { type: "button", class: "plain danger" }, ...label("ยกเลิก", "Revoke"));
  button.addEventListener("click", () => revoke(token.name));
  const cameras = token.cameras ? [token.cameras.join(", ")] : label("ทุกกล้อง", "any");
  return make("tr", { "data-token": token.name },
    make("th", { scope: "row" }, token.name),
    cellOf(["สิทธิ์", "Role"], ...label(...rolesOf[token.role])),
    cellOf(["กล้อง", "Cameras"], ...(["camera", "admin"].includes(token.role) ? cameras : ["–"])),
    cellOf(["ใช้ล่าสุด", "Last used"], timeOr(token.last_used_at, "ไม่เคย", "never")),
    cellOf(["หมดอายุ", "Expires"], timeOr(token.expires_at, "ไม่หมดอายุ", "never")),
    make("td", { class: "actions" }, button));
};

const listTokens = async () => {
  const { tokens } = await ask("/api/tokens", { cache: "no-store" });
  find("#tokens tbody").replaceChildren(...tokens.map(rowOfToken));
};

// What the form asks for, as the service takes it.
const draftOf = ({ name, role, cameras, expires_in: period }) => {
  const names = cameras.split(",").map((camera) => camera.trim()).filter(Boolean);
  return { name, role, ...(names.length ? { cameras: names } : {}), ...(period ? { expires_in: period } : {}) };
};

const beginTokens = async () => {
  await listTokens();
  find("#tokens").hidden = false;
  const form = find("#add-token");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearFaults(form);
    say();
    const draft = draftOf(Object.fromEntries(new FormData(form)));
    try {
      const { token } = await askJSON("POST", "/api/tokens", draft);
      form.reset();
      await listTokens();
      once.show([`โทเคน ${draft.name}`, `Token of ${draft.name}`], token);
    } catch (error) {
      if (showFault(form, error, ["ยังไม่ได้สร้าง", "Nothing was made"])) form.elements[error.field].focus();
    }
  });
};

session.require("admin", beginTokens);
