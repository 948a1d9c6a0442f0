// The blacklist's form and the health check.
"use strict";

const add = find("#add");
if (add && served) {
  add.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearFaults(add);
    const entry = Object.fromEntries([...new FormData(add)].filter(([, value]) => value !== ""));
    try {
      await ask("/api/blacklist", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(entry) });
      const plate = entry.license_plate_text;
      say([`เพิ่ม ${plate} ในบัญชีดำแล้ว`, `Added ${plate} to the blacklist.`], "good");
      announce("listed");
      add.reset();
      add.elements.license_plate_text.focus();
    } catch (error) {
      if (showFault(add, error, ["ยังไม่ได้เพิ่ม", "Nothing was added"])) add.elements[error.field].focus();
    }
  });
}

if (served) {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const plate = button.dataset.plate;
    if (!confirm(words(`ลบ ${plate} ออกจากบัญชีดำ?`, `Remove ${plate} from the blacklist?`))) return;
    if (add) clearFaults(add);
    try {
      await ask(`/api/blacklist/${button.dataset.remove}`, { method: "DELETE" });
      say([`ลบ ${plate} ออกจากบัญชีดำแล้ว`, `Removed ${plate}.`], "good");
      announce("listed");
      button.blur();
    } catch (error) {
      const why = sentenceOf(error);
      say([`ยังไม่ได้ลบ ${plate}: ${why[0]}`, `${plate} was not removed: ${why[1]}`], "bad");
    }
  });
}

find("#check")?.addEventListener("click", async () => {
  try {
    const { data } = await ask("/health/check", { method: "POST" });
    const state = states[data.overall_status] ?? [data.overall_status, data.overall_status];
    say(state.map((word) => `${word} · ${localTime(data.timestamp)}`), data.overall_status === "PASS" ? "good" : "bad");
  } catch (error) {
    say(sentenceOf(error), "bad");
  }
});
