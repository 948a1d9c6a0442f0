// The page of the audit: its entries are fetched from the service, which gives them to admins.
"use strict";

// What the service's actions mean, in both languages. Tests/TidyTests compares the table with the sources.
const actions = {
  "audit.clean_up": ["ลบบันทึกการตรวจสอบเก่า", "Removed old entries of the audit"],
  "audit.export": ["ส่งออกบันทึกการตรวจสอบ", "Exported the audit"],
  "audit.open": ["เปิดบันทึกการตรวจสอบ", "Opened the audit"],
  "audit.verify": ["ตรวจความครบถ้วน", "Verified the audit"],
  "blacklist.add": ["เพิ่มในบัญชีดำ", "Added to the blacklist"],
  "blacklist.import": ["นำเข้าบัญชีดำ", "Imported a blacklist"],
  "blacklist.look_up": ["ค้นในบัญชีดำ", "Looked up in the blacklist"],
  "blacklist.remove": ["ลบออกจากบัญชีดำ", "Removed from the blacklist"],
  "database.optimize": ["ปรับปรุงฐานข้อมูล", "Optimized the database"],
  "picture.open": ["เปิดภาพ", "Opened a picture"],
  "plate.look_up": ["ค้นทะเบียน", "Looked a plate up"],
  "record.delete": ["ลบบันทึกการอ่าน", "Deleted a record"],
  "record.open": ["เปิดบันทึกการอ่าน", "Opened a record"],
  "records.clean_up": ["ลบบันทึกการอ่านเก่า", "Removed old records"],
  "records.export": ["ส่งออกบันทึกการอ่าน", "Exported records"],
  "request.refuse": ["คำขอ", "Request"],
  "session.begin": ["ลงชื่อเข้าใช้", "Signed in"],
  "session.end": ["ออกจากระบบ", "Signed out"],
  "session.end_all": ["ออกจากระบบทุกที่", "Ended all sessions"],
  "settings.change": ["เปลี่ยนการตั้งค่า", "Changed settings"],
  "token.add": ["เพิ่มโทเค็น", "Added a token"],
  "token.revoke": ["เพิกถอนโทเค็น", "Revoked a token"],
  "user.add": ["เพิ่มผู้ใช้", "Added a person"],
  "user.disable": ["ระงับผู้ใช้", "Disabled a person"],
  "user.enable": ["เปิดใช้ผู้ใช้", "Enabled a person"],
  "user.password": ["เปลี่ยนรหัสผ่าน", "Changed a password"],
  "user.recovery_code": ["ใช้รหัสกู้คืน", "Used a recovery code"],
  "user.remove": ["ลบผู้ใช้", "Removed a person"],
  "user.role": ["เปลี่ยนบทบาท", "Changed a role"],
  "user.second_factor": ["ตั้งการยืนยันขั้นที่สอง", "Set the second factor"],
};

const auditForm = find("#audit");
if (auditForm && served) {
  let next = null;
  const rows = find("#audit-table tbody");

  const choice = auditForm.elements.action;
  for (const [action, [thai, english]] of Object.entries(actions))
    choice.append(make("option", { value: action, "data-th": thai, "data-en": english }, words(thai, english)));

  const outcomeOf = (entry) => {
    if (entry.outcome === "allowed") return [];
    const times = entry.count > 1 ? ` × ${entry.count}` : "";
    const why = sentences[entry.code] ?? [entry.code ?? "", entry.code ?? ""];
    return [" ", make("span", { class: "mark warn" }, ...label(`ปฏิเสธ${times}`, `refused${times}`)), " ", ...label(...why)];
  };

  const rowOf = (entry) => make("tr", { "data-id": entry.id },
    make("td", { class: "time" }, make("time", { datetime: entry.at }, localTime(entry.at))),
    make("td", {}, entry.who, ...(entry.role ? [" ", make("small", {}, entry.role)] : [])),
    make("td", {}, entry.address ?? "–"),
    make("td", {}, ...label(...(actions[entry.action] ?? [entry.action, entry.action])), ...outcomeOf(entry)),
    make("td", {}, entry.subject ?? "", ...(entry.detail ? [" ", make("small", {}, entry.detail)] : [])),
    make("td", {}, entry.purpose ?? ""));

  const chosen = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(auditForm)) if (value !== "") query.set(name, value);
    return query;
  };

  // One question may look at many entries and find none: it goes on until there is something to show.
  const load = async (isMore) => {
    clearFaults(auditForm);
    const query = chosen();
    find("#audit-export").href = `/api/audit?${new URLSearchParams([...query, ["format", "csv"]])}`;
    if (!isMore) next = null;
    try {
      const found = [];
      do {
        if (next) query.set("before", next);
        const page = await ask(`/api/audit?${query}`);
        found.push(...page.entries);
        next = page.next_before;
      } while (next && found.length === 0);
      if (!isMore) rows.replaceChildren();
      rows.append(...found.map(rowOf));
      find("#audit-table").hidden = rows.childElementCount === 0;
      find("#audit-older").hidden = !next;
      say(rows.childElementCount > 0 ? null : ["ไม่พบรายการ", "Nothing found."]);
    } catch (error) {
      showFault(auditForm, error, ["เปิดบันทึกไม่ได้", "The audit was not opened"]);
    }
  };

  const verify = async () => {
    const note = find("#verified");
    const show = (pair, kind) => {
      note.replaceChildren(...label(...pair));
      note.className = `note ${kind}`;
      note.hidden = false;
    };
    find("#verify").disabled = true;
    try {
      const { verified_at: at, report } = await ask("/api/audit/verification");
      const time = localTime(at);
      if (report.sound) show([`${time} ครบถ้วน ${report.entries} รายการ ค่าล่าสุด ${report.digest}`, `${time}: whole, ${report.entries} entries; newest digest ${report.digest}`], "good");
      else show([`${time} ไม่ครบถ้วน ${report.breaks} แห่ง แห่งแรก: ${report.first_break.sentence}`, `${time}: broken in ${report.breaks} places; the first: ${report.first_break.sentence}`], "bad");
    } catch (error) {
      show(sentenceOf(error), "bad");
    } finally {
      find("#verify").disabled = false;
    }
  };

  auditForm.addEventListener("submit", (event) => { event.preventDefault(); load(false); });
  auditForm.addEventListener("reset", () => setTimeout(() => load(false)));
  find("#audit-older").addEventListener("click", () => load(true));
  find("#verify").addEventListener("click", verify);
  load(false);
}
