// The filters of the records page. A filter stands in the address, and the service applies it.
"use strict";

const filters = find("#filters");
const filtered = () => location.search.length > 1 && filters !== null;

// Whether a read is one of those that a filter asks for. What only the service can compare may be.
function mayMatch(record, chosen) {
  const day = localTime(record.timestamp).slice(0, 10);
  return plateMatches(record, chosen.get("plate_number"), chosen.get("match") || "contains") &&
    (!chosen.get("camera_id") || record.camera_id === chosen.get("camera_id")) &&
    (!chosen.get("date_from") || day >= chosen.get("date_from")) &&
    (!chosen.get("date_to") || day <= chosen.get("date_to")) &&
    (!chosen.get("min_confidence") || record.confidence_percent >= Number(chosen.get("min_confidence"))) &&
    (!chosen.get("blacklisted") || record.is_blacklisted === (chosen.get("blacklisted") === "true"));
}

function plateMatches(record, text, match) {
  const wanted = (text ?? "").toUpperCase().replace(/[^\p{L}\p{M}\p{N}*?]/gu, "");
  if (!wanted || match === "fuzzy") return true;
  const whole = record.plate_key + (record.province ?? "");
  if (match === "exact") return [record.plate_key, whole].includes(wanted);
  if (match === "prefix") return whole.startsWith(wanted);
  if (match !== "wildcard") return whole.includes(wanted);
  return new RegExp(`^${wanted.replaceAll("*", ".*").replaceAll("?", ".")}$`, "u").test(record.plate_key);
}

if (filters && served) {
  let searches = 0;
  const current = () => new URLSearchParams(location.search);

  const parameters = () => {
    const chosen = new URLSearchParams();
    for (const [name, value] of new FormData(filters)) if (value !== "") chosen.set(name, value);
    return chosen;
  };

  const showRecords = (records) => {
    document.documentElement.classList.remove("searching");
    document.documentElement.classList.add("filtered");
    find("[data-rows]").replaceChildren(...records.map(rowOf));
    for (const note of all("[data-empty]")) note.remove();
    find("#pages").hidden = true;
  };

  const sayFound = (total) => {
    const count = total.toLocaleString("en-US");
    if (total > 0) say([`พบ ${count} รายการ`, `${count} records`]);
    else say(["ไม่พบรายการ ลองใช้บางส่วนของทะเบียน รูปแบบ “คล้ายกัน” หรือช่วงวันที่กว้างขึ้น", "Nothing found; try a part of the plate, “similar”, or more days."]);
  };

  const searchOffline = async (chosen) => {
    const { records } = await ask(`${root}data/records.json`, { cache: "no-cache" });
    const kept = records.filter((record) => mayMatch(record, chosen));
    showRecords(kept);
    say([`บริการไม่ตอบ ค้นหาเฉพาะ ${records.length} รายการล่าสุด: พบ ${kept.length}`,
      `The service does not answer; searched the newest ${records.length} reads only: ${kept.length} found.`], "bad");
  };

  const showPages = (page, pages) => {
    find("#pages").hidden = pages < 2;
    find("#page").textContent = `${page} / ${pages}`;
    find('[data-page="previous"]').disabled = page <= 1;
    find('[data-page="next"]').disabled = page >= pages;
  };

  const search = async () => {
    const search = ++searches;
    const chosen = current();
    const query = new URLSearchParams(chosen);
    query.set("per_page", "100");
    clearFaults(filters);
    try {
      const found = await ask(`/api/records?${query}`);
      if (search !== searches) return;
      showRecords(found.records);
      sayFound(found.total);
      showPages(found.current_page, found.pages);
    } catch (error) {
      if (search !== searches) return;
      // What does not fit the filter is not shown as if it did.
      showRecords([]);
      const notSearched = ["ยังไม่ได้ค้นหา", "Nothing was searched"];
      if (!isAway(error)) showFault(filters, error, notSearched);
      else await searchOffline(chosen).catch(() => showFault(filters, error, notSearched));
    }
  };

  const fill = () => {
    const chosen = current();
    for (const field of filters.elements) {
      if (!field.name) continue;
      if (field.type === "checkbox") field.checked = chosen.get(field.name) === "true";
      else field.value = chosen.get(field.name) ?? "";
    }
  };

  const exportLink = find("#export");
  // What the list shows is exported, not what is being typed.
  const updateExport = () => {
    const chosen = current();
    chosen.delete("page");
    chosen.set("format", "csv");
    if (purpose() !== null) chosen.set("purpose", purpose());
    exportLink.href = `/api/records?${chosen}`;
  };
  // A download cannot ask by itself.
  exportLink.addEventListener("click", async (event) => {
    const isAsked = filters.dataset.purpose === "off" || purpose() !== null;
    if (!isAsked) event.preventDefault();
    if (!isAsked && !(await askPurpose())) return;
    updateExport();
    if (!isAsked) exportLink.click();
  });

  const go = (chosen) => {
    history.pushState(null, "", chosen.size ? `?${chosen}` : location.pathname);
    updateExport();
    if (chosen.size) return search();
    return location.reload();
  };

  // A list that was searched does not move by itself: it says that there is more.
  let isFirstOpening = true;
  const sayMore = () => {
    if (!filtered() || find("#more") || document.documentElement.classList.contains("searching")) return;
    const again = make("button", { type: "button", class: "plain", id: "more" }, ...label("ค้นหาอีกครั้ง", "Search again"));
    again.addEventListener("click", search);
    find("#outcome").append(" · ", ...label("มีการอ่านใหม่ที่อาจตรงเงื่อนไข", "New reads may match"), " ", again);
  };
  on("read", (record) => { if (filtered() && mayMatch(record, current())) sayMore(); });
  on("open", () => { if (!isFirstOpening) sayMore(); isFirstOpening = false; });

  filters.addEventListener("submit", (event) => { event.preventDefault(); go(parameters()); });
  filters.addEventListener("reset", () => setTimeout(() => go(new URLSearchParams())));
  find("#pages").addEventListener("click", async (event) => {
    const step = { previous: -1, next: 1 }[event.target.closest("button")?.dataset.page];
    if (!step) return;
    const chosen = current();
    chosen.set("page", String(Number(chosen.get("page") ?? 1) + step));
    await go(chosen);
    find("#outcome").scrollIntoView();
  });
  addEventListener("popstate", () => { fill(); updateExport(); if (filtered()) search(); else location.reload(); });
  fill();
  updateExport();
  if (filtered()) search();
}
