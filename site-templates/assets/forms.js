// The blacklist's form and the health check.
"use strict";

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

find("#check")?.addEventListener("click", async () => {
  try {
    const done = await ask("/health/check", { method: "POST" });
    say(`${done.data.overall_status} · ${localTime(done.data.timestamp)}`, "good");
  } catch (error) {
    say(error.message, "bad");
  }
});
