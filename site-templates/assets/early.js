// Runs before the first paint, so that nothing jumps or is shown only to vanish: the reader's language, the
// parts that need scripts, and whether the address asks for a filtered list.
"use strict";

{
  const page = document.documentElement;
  const known = (language) => ["th", "en"].find((name) => language?.toLowerCase().split("-")[0] === name);
  let chosen = null;
  // A browser may forbid storage (file://, private windows).
  try { chosen = localStorage.getItem("language"); } catch { /* nothing is remembered */ }
  // What was chosen here, else what the browser asks for, else the site's own language.
  page.lang = known(chosen) ?? (navigator.languages ?? [navigator.language]).map(known).find(Boolean) ?? page.lang;
  page.classList.add("scripts");
  const isServed = location.protocol.startsWith("http");
  page.classList.toggle("served", isServed);
  // filters.js takes "searching" away when the service has answered.
  // "to" is where signing in leads, and filters nothing.
  const asks = [...new URLSearchParams(location.search).keys()].some((name) => name !== "to");
  if (isServed && asks) page.classList.add("filtered", "searching");
}
