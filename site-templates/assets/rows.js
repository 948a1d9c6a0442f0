// Rows of reads, as the server prints them, and the viewer for their pictures.
"use strict";

function percent(record) {
  if (record.confidence === null) return "–";
  return `${Math.round(record.confidence_percent * 10) / 10} %`;
}

// As Record.delayOfLateMilliseconds has it.
const isLate = (record) => new Date(record.created_at) - new Date(record.timestamp) > 5 * 60_000;

function clockMark(record) {
  if (!record.camera_timestamp) return [];
  const title = record.clock_ahead ? "นาฬิกากล้องเร็วเกินจริง / the camera's clock is ahead" : "นาฬิกากล้องช้าเกินจริง / the camera's clock is behind";
  return [" ", make("span", { class: "mark warn", title }, "⏱")];
}

function rowOf(record) {
  const plate = make("td", {}, make("span", { class: "plate" }, record.plate_number));
  if (record.is_blacklisted) {
    const mark = make("span", { class: "mark" }, record.blacklist_reason ?? "");
    if (record.blacklist_match === "possible") mark.append(" · ", ...label("อาจตรงกับ", "possibly"), ` ${record.blacklist_plate ?? ""}`);
    if (isLate(record)) mark.append(" · ", ...label("มาช้า", "late"));
    plate.append(" ", mark);
  }
  const picture = make("td");
  if (record.image_path) picture.append(make("a", { class: "picture", href: root + record.image_path }, ...label("ดูภาพ", "View")));
  if (record.image_path && (record.warnings ?? []).some(({ code }) => code === "damaged"))
    picture.append(" ", make("span", { class: "mark warn" }, ...label("ภาพไม่สมบูรณ์", "damaged")));
  const row = make("tr", { "data-id": record.id },
    make("td", { class: "time" }, make("time", { datetime: record.timestamp }, localTime(record.timestamp)), ...clockMark(record)),
    plate, make("td", {}, record.camera_id), make("td", { class: "number" }, percent(record)),
    make("td", {}, record.location ?? ""), picture);
  if (record.is_blacklisted) row.classList.add("hit");
  return row;
}

// Puts a record at its place in a table that shows the newest ones: by time, then by id; alerts as they were raised.
function prepend(section, record) {
  const rows = find("[data-rows]", section);
  if (!rows || find(`[data-id="${record.id}"]`, rows)) return;
  const isOlder = (row) => {
    if (section.dataset.live === "alerts") return Number(row.dataset.id) < record.id;
    const time = find("time", row).dateTime;
    return time < record.timestamp || (time === record.timestamp && Number(row.dataset.id) < record.id);
  };
  const next = [...rows.children].find(isOlder);
  const keep = Number(section.dataset.keep ?? 100);
  if (!next && rows.children.length >= keep) return;
  const row = rowOf(record);
  row.classList.add("new");
  rows.insertBefore(row, next ?? null);
  while (rows.children.length > keep) rows.lastElementChild.remove();
  find("[data-empty]", section)?.remove();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.picture");
  const dialog = find("#picture");
  if (!link || !dialog.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  find("img", dialog).src = link.pathname;
  const row = link.closest("tr");
  find("p", dialog).textContent = row ? `${find(".plate", row).textContent} · ${find("time", row).textContent}` : "";
  dialog.showModal();
});
