// Replaces the marked regions of the page by those of the page as the service publishes it now.
"use strict";

// What a person is doing (focus, filters, scrolling) stays.
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

on("read", (record) => {
  if (!filtered()) for (const section of all('[data-live="reads"]')) prepend(section, record);
  count("today");
  count("total");
});
on("alert", (alert) => {
  for (const section of all('[data-live="alerts"]')) prepend(section, alert.lpr_record);
});
on("site", refresh);
