// The search on the page of the blacklist: the service looks through all entries, the page shows the newest found.
"use strict";

const findEntry = find("#find-entry");

if (findEntry && served) {
  const most = 100;
  let searches = 0;
  let searchedAt = 0;
  let wanted = new URLSearchParams(location.search).get("plate_number") ?? "";

  const expiryOf = ({ expiry_date: expiry }) => (!expiry ? "–" : expiry.length === 10 ? expiry : localTime(expiry));

  const rowOfEntry = (entry) => {
    const remove = make("button", { type: "button", class: "plain danger", "data-remove": entry.id, "data-plate": entry.license_plate_text },
      ...label("ลบ", "Remove"));
    return make("tr", { "data-id": entry.id }, make("td", {}, make("span", { class: "plate" }, entry.license_plate_text)),
      make("td", {}, entry.reason), make("td", {}, entry.added_by),
      make("td", {}, make("time", { datetime: entry.created_at }, localTime(entry.created_at))),
      make("td", {}, expiryOf(entry)), make("td", {}, entry.notes ?? ""), make("td", {}, remove));
  };

  const tell = (total) => {
    const count = total.toLocaleString("en-US");
    const pair = total === 0 ? ["ไม่พบในบัญชีดำ", "Not in the blacklist."]
      : total > most ? [`พบ ${count} รายการ แสดง ${most} รายการล่าสุด`, `${count} entries; these are the newest ${most}.`]
        : [`พบ ${count} รายการ`, `${count} entries`];
    find("#found .note").replaceChildren(...label(...pair));
  };

  const show = (isFound) => {
    find("#found").hidden = !isFound;
    find("#entries").hidden = isFound;
  };

  const search = async () => {
    const number = ++searches;
    searchedAt = Date.now();
    clearFaults(findEntry);
    if (!wanted) return show(false);
    try {
      const found = await ask(`/api/blacklist?${new URLSearchParams({ plate_number: wanted, per_page: most })}`);
      if (number !== searches) return undefined;
      find("#found tbody").replaceChildren(...found.blacklist.map(rowOfEntry));
      find("#found .scroll").hidden = found.total === 0;
      tell(found.total);
      return show(true);
    } catch (error) {
      if (number !== searches) return undefined;
      show(false);
      return showFault(findEntry, error, ["ยังไม่ได้ค้นหา", "Nothing was searched"]);
    }
  };

  const go = (text) => {
    wanted = text.trim();
    history.replaceState(null, "", wanted ? `?${new URLSearchParams({ plate_number: wanted })}` : location.pathname);
    return search();
  };

  findEntry.addEventListener("submit", (event) => { event.preventDefault(); go(findEntry.elements.plate_number.value); });
  findEntry.addEventListener("reset", () => go(""));
  // What was added or removed meanwhile, by this page or another one.
  // Every search is kept in the audit: what others change is looked for once a minute.
  on("listed", () => { if (wanted) search(); });
  on("site", () => { if (wanted && Date.now() - searchedAt > 60_000) search(); });
  findEntry.elements.plate_number.value = wanted;
  if (wanted) search();
}
