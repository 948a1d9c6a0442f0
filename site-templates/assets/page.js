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

async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ServiceError(answer.status, body, answer.headers.get("Retry-After"));
  return body;
}

function reveal(inside = document) {
  if (served) for (const element of all(".needs-script", inside)) element.hidden = false;
}

reveal();
