// The tray of alerts: what was raised while this tab was open and is not dismissed, whatever page it shows; one entry
// for each car. The page of alerts has all of them.
"use strict";

const tray = (() => {
  const carsMax = 100;
  const pageTitle = document.title;
  const knownMax = 500;
  // Newest first: { key, alert, count }. `known` are the last alerts that were taken in, as a stream may tell one twice.
  let state = { known: [], isFolded: false, cars: [] };

  function recall() {
    try {
      state = { ...state, ...JSON.parse(sessionStorage.getItem("alerts")) };
    } catch {
      // Forbidden storage: alerts then last as long as the page.
    }
  }

  function keep() {
    try {
      sessionStorage.setItem("alerts", JSON.stringify(state));
    } catch {
      // As above.
    }
  }

  const total = () => state.cars.reduce((sum, car) => sum + car.count, 0);

  function certainty(alert) {
    if (alert.match !== "possible") return [make("b", { class: "certain" }, ...label("ตรงกับบัญชีดำ", "Certain match"))];
    return [make("b", { class: "possible" }, ...label("อาจตรงกับ", "Possible match with")), " ",
      make("span", { class: "plate listed" }, alert.blacklist_entry?.license_plate_text ?? "–")];
  }

  function item(car) {
    const { alert, count } = car;
    const record = alert.lpr_record;
    const place = alert.place ?? record.location;
    const close = make("button", { type: "button", class: "plain" }, ...label("ปิด", "Dismiss"));
    const first = make("p", {}, make("span", { class: "plate" }, record.plate_number), " ", ...certainty(alert));
    if (count > 1) first.append(" ", make("span", { class: "times" }, `× ${count}`));
    const when = make("p", { class: "when" }, place ? `${place} · ${record.camera_id}` : record.camera_id, " · ",
      make("time", { datetime: record.timestamp }, localTime(record.timestamp)));
    if (isLate(record)) when.append(" ", make("b", { class: "late" }, ...label("มาช้า", "late")));
    const last = make("p", { class: "buttons" });
    if (record.image_path) last.append(make("a", { class: "picture", href: root + record.image_path }, ...label("ดูภาพ", "View")));
    last.append(close);
    const entry = make("li", { class: alert.match === "possible" ? "alert possible" : "alert certain" },
      first, make("p", {}, alert.blacklist_entry?.reason ?? record.blacklist_reason ?? ""), when, last);
    close.addEventListener("click", () => {
      const next = entry.nextElementSibling ?? entry.previousElementSibling;
      const index = [...entry.parentElement.children].indexOf(next) - (next === entry.nextElementSibling ? 1 : 0);
      state.cars = state.cars.filter((other) => other !== car);
      keep();
      show();
      (all("#alerts li .buttons button")[index] ?? find(`header a[href$="alerts.html"]`)).focus();
    });
    return entry;
  }

  function show() {
    const count = total();
    const box = find("#alerts");
    box.hidden = count === 0;
    box.classList.toggle("folded", state.isFolded);
    find("#fold").setAttribute("aria-expanded", String(!state.isFolded));
    find("ul", box).replaceChildren(...state.cars.map(item));
    for (const place of all("[data-alert-count]")) {
      place.textContent = count;
      place.hidden = count === 0;
    }
    document.title = count === 0 ? pageTitle : `(${count}) ${pageTitle}`;
    document.documentElement.classList.toggle("alerted", count > 0);
  }

  // Spoken at once for the first alert of a car only: one that passes often would speak without end.
  function speakOf({ lpr_record: record, match }) {
    const kind = match === "possible" ? words("อาจตรงกับบัญชีดำ", "Possible match") : words("ตรงกับบัญชีดำ", "Certain match");
    find("#alert-said").textContent = `${kind}: ${record.plate_number} · ${record.camera_id}`;
  }

  function add(alert) {
    // With its time: after a backup was restored, numbers are given again.
    const id = `${alert.alert_id} ${alert.timestamp}`;
    if (state.known.includes(id)) return;
    state.known = [...state.known, id].slice(-knownMax);
    // A match that is only possible stands beside a certain one, not in its place.
    const key = `${alert.lpr_record.plate_key} ${alert.blacklist_entry?.id} ${alert.match}`;
    const known = state.cars.find((car) => car.key === key);
    if (!known) {
      speakOf(alert);
      state.isFolded = false;
    }
    const others = state.cars.filter((car) => car !== known);
    // A read that comes late does not hide where the car was since.
    const isOlder = known && known.alert.lpr_record.timestamp > alert.lpr_record.timestamp;
    state.cars = [{ key, alert: isOlder ? known.alert : alert, count: (known?.count ?? 0) + 1 }, ...others].slice(0, carsMax);
    keep();
    show();
  }

  function begin() {
    recall();
    find("#fold").addEventListener("click", () => { state.isFolded = !state.isFolded; keep(); show(); });
    find("#clear").addEventListener("click", () => {
      state.cars = [];
      keep();
      show();
      find(`header a[href$="alerts.html"]`).focus();
    });
    show();
    on("alert", add);
  }

  return { begin };
})();

tray.begin();
