// Banners for reads of listed plates.
"use strict";

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

on("alert", banner);
