// Times on the site's clock, which the page names (`data-time-zone`): never on the browser's.
"use strict";

const siteTime = (() => {
  const zone = document.documentElement.dataset.timeZone || "UTC";
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  // Foundation writes a fixed offset as GMT+0700, browsers as +07:00.
  const offset = /^GMT([+-]\d\d)(\d\d)$/.exec(zone);
  const names = offset ? [`${offset[1]}:${offset[2]}`] : [zone];
  for (const name of names) {
    try {
      return new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", { ...parts, hourCycle: "h23", timeZone: name });
    } catch {
      // A browser that does not know the zone shows UTC, and says so.
    }
  }
  return null;
})();

// `2026-11-28 17:56:00`, as the pages print it.
function localTime(text) {
  const time = new Date(text);
  if (siteTime === null) return `${time.toISOString().slice(0, 19).replace("T", " ")}Z`;
  const part = Object.fromEntries(siteTime.formatToParts(time).map(({ type, value }) => [type, value]));
  return `${part.year.padStart(4, "0")}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
}
