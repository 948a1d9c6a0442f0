// What pages do beyond being read: language, live updates, filters, the blacklist's form.
// Without this file every page is still complete; texts are set with textContent only.
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

// ---- Language ------------------------------------------------------------------------------------

function stored(value) {
  // A browser may forbid storage (file://, private windows): the page's own language then stays.
  try {
    if (value) localStorage.setItem("language", value);
    return localStorage.getItem("language");
  } catch {
    return null;
  }
}

function speak(language) {
  document.documentElement.lang = language;
  for (const element of all("[data-th][data-en]")) element.textContent = element.dataset[language];
}

speak(stored() === "en" ? "en" : stored() === "th" ? "th" : document.documentElement.lang);
const languageButton = find("#language");
languageButton.hidden = false;
languageButton.addEventListener("click", () => speak(stored(words("en", "th")) ?? words("en", "th")));

// ---- Rows ----------------------------------------------------------------------------------------

function localTime(text) {
  const time = new Date(text);
  const two = (number) => String(number).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

function percent(record) {
  if (record.confidence === null) return "–";
  return `${Math.round(record.confidence_percent * 10) / 10} %`;
}

function label(thai, english) {
  return [make("span", { class: "l", lang: "th" }, thai), make("span", { class: "l", lang: "en" }, english)];
}

function rowOf(record) {
  const plate = make("td", {}, make("span", { class: "plate" }, record.plate_number));
  if (record.is_blacklisted) {
    const mark = make("span", { class: "mark" }, record.blacklist_reason ?? "");
    if (record.blacklist_match === "possible") mark.append(" · ", ...label("อาจตรง", "possible"));
    plate.append(" ", mark);
  }
  const picture = make("td");
  if (record.image_path) picture.append(make("a", { class: "picture", href: root + record.image_path }, ...label("ดูภาพ", "View")));
  const row = make("tr", { "data-id": record.id },
    make("td", { class: "time" }, make("time", { datetime: record.timestamp }, localTime(record.timestamp))),
    plate, make("td", {}, record.camera_id), make("td", { class: "number" }, percent(record)),
    make("td", {}, record.location ?? ""), picture);
  if (record.is_blacklisted) row.classList.add("hit");
  return row;
}

function prepend(section, record) {
  const rows = find("[data-rows]", section);
  if (!rows || find(`[data-id="${record.id}"]`, rows)) return;
  const row = rowOf(record);
  row.classList.add("new");
  rows.prepend(row);
  const keep = Number(section.dataset.keep ?? 100);
  while (rows.children.length > keep) rows.lastElementChild.remove();
  find("[data-empty]", section)?.remove();
}

// ---- Pictures ------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.picture");
  const dialog = find("#picture");
  if (!link || !dialog.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  find("img", dialog).src = link.href;
  const row = link.closest("tr");
  find("p", dialog).textContent = row ? `${find(".plate", row).textContent} · ${find("time", row).textContent}` : "";
  dialog.showModal();
});

// ---- Live ----------------------------------------------------------------------------------------

const filtered = () => location.search.length > 1 && find("#filters") !== null;

function show(state) { find("#live").dataset.state = state; }

function banner(alert) {
  const record = alert.lpr_record;
  const close = make("button", { type: "button", class: "plain" }, ...label("ปิด", "Dismiss"));
  const box = make("div", { class: "banner" }, make("span", { class: "plate" }, record.plate_number),
    make("span", {}, `${alert.blacklist_entry?.reason ?? ""} · ${record.camera_id} · ${localTime(record.timestamp)}`));
  if (record.image_path) box.append(make("a", { class: "picture", href: root + record.image_path }, ...label("ดูภาพ", "View")));
  box.append(close);
  close.addEventListener("click", () => box.remove());
  find("#alerts").prepend(box);
  while (find("#alerts").children.length > 3) find("#alerts").lastElementChild.remove();
}

// The page as the server made it anew replaces the parts that are marked; what a person is doing
// (focus, filters, scrolling) stays.
let refreshing = false;
let again = false;
async function refresh() {
  if (refreshing) { again = true; return; }
  refreshing = true;
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of all("[data-live-region]")) {
        if (region.contains(document.activeElement) && document.activeElement !== document.body) continue;
        if (filtered() && region.id === "results") continue;
        const other = find(`[data-live-region="${region.dataset.liveRegion}"]`, fresh);
        if (other && other.innerHTML !== region.innerHTML) {
          region.innerHTML = other.innerHTML;
          reveal(region);
        }
      }
    }
  } catch {
    // The service or nginx is away: the event source notices too, and says so.
  } finally {
    refreshing = false;
    if (again) { again = false; setTimeout(refresh, 500); }
  }
}

function count(name) {
  const element = find(`[data-count="${name}"]`);
  if (element) element.textContent = (Number(element.textContent.replaceAll(",", "")) + 1).toLocaleString("en-US");
}

function listen() {
  const source = new EventSource(new URL("/events?types=read,alert,site", location.href));
  source.addEventListener("open", () => show("on"));
  source.addEventListener("error", () => show("off"));
  source.addEventListener("read", (event) => {
    const record = JSON.parse(event.data);
    if (!filtered()) for (const section of all('[data-live="reads"]')) prepend(section, record);
    count("today");
    count("total");
  });
  source.addEventListener("alert", (event) => {
    const alert = JSON.parse(event.data);
    banner(alert);
    for (const section of all('[data-live="alerts"]')) prepend(section, alert.lpr_record);
  });
  source.addEventListener("site", refresh);
}

function reveal(inside = document) {
  if (served) for (const element of all(".needs-script", inside)) element.hidden = false;
}

reveal();
if (served) listen();

// ---- Asking the service --------------------------------------------------------------------------

function say(text, kind = "") {
  const note = find("#outcome");
  note.textContent = text;
  note.className = `note ${kind}`;
  note.hidden = text === "";
}

async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.error ?? body.message ?? `HTTP ${answer.status}`);
  return body;
}

// ---- Records -------------------------------------------------------------------------------------

const filters = find("#filters");
if (filters && served) {
  const parameters = () => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(filters)) if (value !== "") chosen.set(name, value);
    return chosen;
  };

  const showRecords = (records) => {
    find("[data-rows]").replaceChildren(...records.map(rowOf));
    for (const note of all("[data-empty]")) note.hidden = records.length > 0;
  };

  const offline = async (chosen) => {
    const { records } = await ask(`${root}data/records.json`, { cache: "no-cache" });
    const wanted = (chosen.get("plate_number") ?? "").replace(/[\s-]/g, "").toUpperCase();
    const kept = records.filter((record) =>
      (!wanted || (record.plate_key + (record.province ?? "")).includes(wanted)) &&
      (!chosen.get("camera_id") || record.camera_id === chosen.get("camera_id")) &&
      (!chosen.get("date_from") || localTime(record.timestamp).slice(0, 10) >= chosen.get("date_from")) &&
      (!chosen.get("date_to") || localTime(record.timestamp).slice(0, 10) <= chosen.get("date_to")) &&
      (!chosen.get("min_confidence") || record.confidence_percent >= Number(chosen.get("min_confidence"))) &&
      (!chosen.get("blacklisted") || record.is_blacklisted));
    showRecords(kept);
    find("#pages").hidden = true;
    say(words(`บริการไม่ตอบ ค้นหาเฉพาะ ${records.length} รายการล่าสุด: พบ ${kept.length}`,
      `The service does not answer; searched the newest ${records.length} reads only: ${kept.length} found.`), "bad");
  };

  const search = async () => {
    const chosen = new URLSearchParams(location.search);
    const page = Number(chosen.get("page") ?? 1);
    const query = new URLSearchParams(chosen);
    query.set("per_page", "100");
    try {
      const found = await ask(`/api/records?${query}`);
      showRecords(found.records);
      say(words(`พบ ${found.total.toLocaleString("en-US")} รายการ`, `${found.total.toLocaleString("en-US")} records`));
      find("#pages").hidden = found.pages < 2;
      find("#page").textContent = `${page} / ${found.pages}`;
      find('[data-page="previous"]').disabled = page <= 1;
      find('[data-page="next"]').disabled = page >= found.pages;
    } catch (error) {
      if (error instanceof TypeError || /HTTP 50[234]|not answer/.test(error.message)) await offline(chosen).catch(() => say(error.message, "bad"));
      else say(error.message, "bad");
    }
  };

  const fill = () => {
    const chosen = new URLSearchParams(location.search);
    for (const field of filters.elements) {
      if (!field.name) continue;
      if (field.type === "checkbox") field.checked = chosen.get(field.name) === "true";
      else field.value = chosen.get(field.name) ?? "";
    }
  };

  const exportLink = find("#export");
  const updateExport = () => {
    const chosen = parameters();
    chosen.set("format", "csv");
    exportLink.href = `/api/records?${chosen}`;
  };

  const go = (chosen) => {
    history.pushState(null, "", chosen.size ? `?${chosen}` : location.pathname);
    if (chosen.size) search();
    else location.reload();
  };

  filters.addEventListener("submit", (event) => { event.preventDefault(); go(parameters()); });
  filters.addEventListener("reset", () => setTimeout(() => go(new URLSearchParams())));
  filters.addEventListener("input", updateExport);
  find("#pages").addEventListener("click", (event) => {
    const step = { previous: -1, next: 1 }[event.target.closest("button")?.dataset.page];
    if (!step) return;
    const chosen = new URLSearchParams(location.search);
    chosen.set("page", String(Number(chosen.get("page") ?? 1) + step));
    go(chosen);
  });
  addEventListener("popstate", () => { fill(); updateExport(); if (filtered()) search(); else location.reload(); });
  fill();
  updateExport();
  if (filtered()) search();
}

// ---- Blacklist -----------------------------------------------------------------------------------

const add = find("#add");
if (add && served) {
  add.addEventListener("submit", async (event) => {
    event.preventDefault();
    const entry = Object.fromEntries([...new FormData(add)].filter(([, value]) => value !== ""));
    try {
      const done = await ask("/api/blacklist", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(entry) });
      say(done.message, "good");
      add.reset();
    } catch (error) {
      say(error instanceof TypeError ? words("บริการไม่ตอบ ยังไม่ได้เพิ่ม", "The service does not answer; nothing was added.") : error.message, "bad");
    }
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button || !confirm(words(`ลบ ${button.dataset.plate} ออกจากบัญชีดำ?`, `Remove ${button.dataset.plate} from the blacklist?`))) return;
    try {
      say((await ask(`/api/blacklist/${button.dataset.remove}`, { method: "DELETE" })).message, "good");
      button.blur();
    } catch (error) {
      say(error instanceof TypeError ? words("บริการไม่ตอบ ยังไม่ได้ลบ", "The service does not answer; nothing was removed.") : error.message, "bad");
    }
  });
}

// ---- Health --------------------------------------------------------------------------------------

find("#check")?.addEventListener("click", async () => {
  try {
    const done = await ask("/health/check", { method: "POST" });
    say(`${done.data.overall_status} · ${localTime(done.data.timestamp)}`, "good");
  } catch (error) {
    say(error.message, "bad");
  }
});
