// What all scripts share: finding and making elements, the reader's language, asking the service.
// Without scripts every page is still complete; texts are set with textContent only.
"use strict";

const root = document.documentElement.dataset.root ?? "";
const served = location.protocol.startsWith("http");
const find = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const words = (thai, english) => (document.documentElement.lang === "th" ? thai : english);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function label(thai, english) {
  return [make("span", { class: "l", lang: "th" }, thai), make("span", { class: "l", lang: "en" }, english)];
}

// Events by kind: "read", "alert" and "site" with data and id, "open" when the page is live (again), "lost" when it is no longer. live.js
// announces them, the others subscribe.
const handlers = {};
const on = (kind, handler) => (handlers[kind] ??= []).push(handler);
const announce = (kind, data, id) => { for (const handler of handlers[kind] ?? []) handler(data, id); };

function stored(value) {
  // A browser may forbid storage (file://, private windows): the page's own language then stays.
  try {
    if (value) localStorage.setItem("language", value);
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

function speakIn(part) {
  for (const element of all("[data-th][data-en]", part)) element.textContent = element.dataset[document.documentElement.lang];
}

function speak(language) {
  document.documentElement.lang = language;
  speakIn(document);
}

// early.js has found the reader's language.
speak(document.documentElement.lang);
const languageButton = find("#language");
languageButton.hidden = false;
languageButton.addEventListener("click", () => speak(stored(words("en", "th")) ?? words("en", "th")));

// What the reader looks plates up for: asked once, kept until the tab is closed, and sent with every question.
function purpose(value) {
  try {
    if (value !== undefined) sessionStorage.setItem("purpose", value);
    return sessionStorage.getItem("purpose");
  } catch {
    return value ?? null;
  }
}

// Asks for the purpose; false if the reader would rather not ask the question.
let asking = null;
function askPurpose() {
  asking ??= new Promise((resolve) => {
    const field = make("input", { name: "purpose", maxlength: 200, autocomplete: "off", value: purpose() ?? "" });
    const dialog = make("dialog", { class: "purpose", "aria-labelledby": "purpose-title" },
      make("form", { method: "dialog" },
        make("h2", { id: "purpose-title" }, ...label("ค้นเพื่ออะไร", "What do you look this up for?")),
        make("p", {}, ...label("คำตอบจะอยู่ในบันทึกการตรวจสอบ และใช้จนกว่าจะปิดแท็บนี้", "The answer is kept in the audit, and used until you close this tab.")),
        make("label", {}, ...label("วัตถุประสงค์", "Purpose"), field),
        make("div", { class: "buttons" }, make("button", { value: "yes" }, ...label("ค้นต่อ", "Continue")),
          make("button", { value: "", class: "plain", formnovalidate: "" }, ...label("ยกเลิก", "Cancel")))));
    dialog.addEventListener("close", () => {
      const isGiven = dialog.returnValue === "yes";
      if (isGiven) purpose(field.value.trim());
      dialog.remove();
      asking = null;
      resolve(isGiven);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

// A picture that is opened by itself cannot send a header.
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, (event) => {
    const link = event.target.closest?.("a.picture");
    if (link && purpose()) link.search = new URLSearchParams({ purpose: purpose() });
  });
}

async function ask(path, options = {}) {
  const why = purpose();
  // Headers are ASCII; a blank says that the reader was asked.
  const headers = why === null ? {} : { "X-Purpose": encodeURIComponent(why || " ") };
  const answer = await fetch(path, { ...options, headers: { ...options.headers, ...headers } });
  const body = await answer.json().catch(() => ({}));
  if (body.code === "purpose_required" && (await askPurpose())) return ask(path, options);
  if (!answer.ok) throw new ServiceError(answer.status, body, answer.headers.get("Retry-After"));
  return body;
}

function reveal(inside = document) {
  if (served) for (const element of all(".needs-script", inside)) element.hidden = false;
}

reveal();
