// The filters of the records page.
"use strict";

const filtered = () => location.search.length > 1 && find("#filters") !== null;

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
