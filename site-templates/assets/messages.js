// What the service's codes mean, in both languages (Thai, English). Tests/TidyTests compares the table with the
// codes that the sources give.
"use strict";

const sentences = {
  already_listed: ["ทะเบียนนี้อยู่ในบัญชีดำแล้ว", "This plate is in the blacklist already."],
  already_removed: ["รายการนี้ถูกลบไปแล้ว", "This entry was removed already."],
  audit_failed: ["บันทึกการตรวจสอบไม่ได้ จึงยังไม่ตอบ โปรดลองใหม่ในอีกสักครู่", "The audit could not be written, so nothing was answered; try again in a moment."],
  away: ["บริการไม่ตอบ", "The service does not answer."],
  bad_character: ["มีอักขระที่ไม่มีในป้ายทะเบียน ใช้ได้เฉพาะตัวอักษร ตัวเลข เว้นวรรค และขีด", "Holds a character that no plate has; use letters, digits, spaces and hyphens."],
  bad_name: ["ชื่อต้องเป็นตัวอักษรหรือตัวเลข 1 ถึง 64 ตัว", "A name has 1 to 64 letters and digits; blanks and . _ - @ may stand between them."],
  bad_period: ["ระยะเวลาต้องเป็นจำนวนวัน เช่น 90d", "A period in days, such as 90d."],
  bad_role: ["ไม่มีบทบาทนี้", "There is no such role."],
  busy: ["ระบบรับงานเต็มชั่วคราว โปรดลองใหม่ในอีกสักครู่", "The service is busy; try again in a moment."],
  clock_jumped: ["นาฬิกาของเซิร์ฟเวอร์เร็วไปมากกว่าหนึ่งวัน จึงยังไม่ลบข้อมูลเก่า", "The server's clock is more than a day ahead; nothing old is deleted yet."],
  code_required: ["กรุณากรอกรหัสจากแอปในโทรศัพท์ด้วย", "Type the code of the app on your phone, too."],
  conflict: ["ขัดกับข้อมูลที่มีอยู่", "It contradicts what is stored."],
  content_encoding: ["ส่งข้อมูลแบบไม่บีบอัด", "Send the data without compression."],
  control_character: ["มีอักขระควบคุมที่ใช้ไม่ได้", "Holds a control character."],
  dates_reversed: ["วันสิ้นสุดต้องไม่มาก่อนวันเริ่มต้น", "The last day must not be before the first."],
  disk_full: ["ดิสก์ใกล้เต็ม ระบบจึงไม่รับข้อมูลใหม่", "The disk is nearly full; nothing new is stored."],
  expired: ["วันหมดอายุผ่านไปแล้ว", "This date is over already."],
  forbidden: ["ไม่ได้รับอนุญาต", "This is not allowed."],
  foreign_camera: ["ส่งในนามของกล้องนี้ไม่ได้", "This token may not send as this camera."],
  in_the_past: ["เวลานี้ผ่านไปแล้ว", "This time is over already."],
  internal_error: ["เกิดข้อผิดพลาดในบริการ ดูรายละเอียดใน log", "The service made an error; its log has the details."],
  invalid: ["ค่านี้ใช้ไม่ได้", "This value is not valid."],
  invalid_csv: ["แถวของ CSV ไม่ถูกต้อง", "This row of the CSV is not valid."],
  invalid_date: ["ไม่ใช่วันที่ที่มีจริง เช่น 2026-01-31", "Not an existing date such as 2026-01-31."],
  invalid_json: ["ข้อมูลที่ส่งไม่ใช่ JSON", "What was sent is not JSON."],
  last_admin: ["ผู้ดูแลระบบคนสุดท้าย ต้องตั้งคนอื่นเป็นผู้ดูแลก่อน", "This is the last admin; make another person an admin first."],
  length_required: ["คำขอไม่บอกความยาว", "The request has no length."],
  method_not_allowed: ["ใช้วิธีนี้กับที่อยู่นี้ไม่ได้", "This address does not take this method."],
  name_taken: ["มีชื่อนี้อยู่แล้ว", "There is one of that name already."],
  no_letter_or_digit: ["ต้องมีตัวอักษรหรือตัวเลขอย่างน้อยหนึ่งตัว", "Needs at least one letter or digit."],
  no_pending_factor: ["เริ่มตั้งค่ารหัสใหม่อีกครั้ง", "Begin again: ask for a new secret."],
  no_plate: ["ข้อความนี้หมายถึงอ่านป้ายไม่ได้ โปรดกรอกทะเบียน", "This says that no plate was read; enter a plate."],
  not_a_boolean: ["ต้องเป็น true หรือ false", "Must be true or false."],
  not_a_number: ["ต้องเป็นตัวเลข", "Must be a number."],
  not_a_person: ["เฉพาะผู้ที่เข้าสู่ระบบเท่านั้น", "Only a person who is signed in can do this."],
  not_a_time: ["ไม่ใช่เวลาที่มีจริง เช่น 2026-01-31T08:15:00+07:00", "Not an existing time such as 2026-01-31T08:15:00+07:00."],
  not_found: ["ไม่พบรายการนี้ อาจถูกลบไปแล้ว", "There is no such entry (any more)."],
  not_json: ["ข้อความในช่องนี้ไม่ใช่ JSON", "The text of this field is not JSON."],
  not_measured: ["ค่าติดลบหมายถึงไม่ได้วัด", "A negative number means that it was not measured."],
  not_the_same: ["รหัสผ่านใหม่สองช่องไม่ตรงกัน", "The two new passwords differ."],
  not_utf8: ["ข้อความไม่ใช่ UTF-8 โปรดบันทึกไฟล์เป็น CSV UTF-8", "The text is not UTF-8; save the file as CSV UTF-8."],
  out_of_range: ["ตัวเลขอยู่นอกช่วงที่ใช้ได้", "The number is out of range."],
  password_change_needed: ["กรุณาตั้งรหัสผ่านของคุณเองก่อน", "Choose a password of your own first."],
  password_common: ["รหัสผ่านนี้เดาง่าย โปรดใช้คำที่ไม่เกี่ยวกันหลายคำ หรือให้โปรแกรมจัดการรหัสผ่านสร้างให้", "This password is easy to guess; use several unrelated words, or let a password manager make one."],
  password_too_long: ["รหัสผ่านยาวได้ไม่เกิน 128 ตัวอักษร", "A password has at most 128 characters."],
  password_too_short: ["รหัสผ่านต้องมีอย่างน้อย 12 ตัวอักษร", "A password has at least 12 characters."],
  province_alone: ["มีแต่จังหวัด โปรดกรอกตัวอักษรและตัวเลขด้วย", "This is a province alone; enter letters and number, too."],
  purpose_required: ["โปรดระบุวัตถุประสงค์ของการค้นหา", "Say what you look this up for."],
  required: ["โปรดกรอกช่องนี้", "Please fill this in."],
  same_password: ["รหัสผ่านใหม่ต้องไม่ใช่รหัสเดิม", "The new password is the old one."],
  second_factor_needed: ["กรุณาเปิดการยืนยันตัวตนขั้นที่สองก่อน", "Turn on the second factor first."],
  second_factor_on: ["เปิดการยืนยันขั้นที่สองอยู่แล้ว", "The second factor is on already."],
  storage_failed: ["ฐานข้อมูลหรือดิสก์ขัดข้อง ยังไม่ได้บันทึก", "The database or disk failed; nothing was stored."],
  timeout: ["คำขอใช้เวลานานเกินไป", "The request took too long."],
  too_large: ["ข้อมูลใหญ่เกินไป", "This is too large."],
  too_long: ["ข้อความยาวเกินไป", "This text is too long."],
  too_many_attempts: ["ลองหลายครั้งเกินไป กรุณารอสักครู่", "Too many attempts; wait a moment."],
  too_short: ["ต้องมีตัวอักษรหรือตัวเลขอย่างน้อยสองตัว", "Needs at least two letters or digits."],
  two_credentials: ["คำขอแสดงตัวตนสองแบบที่ต่างกัน", "The request shows two different credentials."],
  unauthenticated: ["โปรดเข้าสู่ระบบก่อน", "Sign in first."],
  unknown_choice: ["ไม่มีตัวเลือกนี้", "There is no such choice."],
  unknown_host: ["เซิร์ฟเวอร์ไม่ได้ใช้ชื่อนี้", "The server is not called that."],
  unknown_parameter: ["ไม่รู้จักตัวกรองนี้", "Unknown filter"],
  unsupported_media: ["ชนิดข้อมูลนี้ใช้ไม่ได้", "This kind of data is not understood."],
  wrong_code: ["รหัสไม่ถูกต้อง หรือถูกใช้ไปแล้ว", "The code is wrong, or was used already."],
  wrong_credentials: ["ชื่อหรือรหัสผ่านไม่ถูกต้อง", "The name or the password is wrong."],
  wrong_password: ["รหัสผ่านไม่ถูกต้อง", "The password is wrong."],
  wrong_type: ["ชนิดของค่านี้ไม่ถูกต้อง", "This value has the wrong type."],
};

const states = { PASS: ["ปกติ", "PASS"], WARNING: ["เตือน", "WARNING"], FAIL: ["ขัดข้อง", "FAIL"] };

// A refusal of the service; `code`, `field` and the seconds of `Retry-After` as it gave them.
class ServiceError extends Error {
  constructor(status, body, retryAfter) {
    super(body.error ?? body.message ?? `HTTP ${status}`);
    Object.assign(this, { status, code: body.code, field: body.field, retryAfter: Number(retryAfter) });
  }
}

// Whether the service itself did not answer: no answer, or nginx's.
const isAway = (error) => error instanceof TypeError || error.code === "away" || ([502, 503, 504].includes(error.status) && !error.code);

// The sentence for an error in both languages; without one, what the service said.
function sentenceOf(error) {
  if (isAway(error)) return sentences.away;
  const pair = sentences[error.code] ?? [error.message, error.message];
  return error.code === "unknown_parameter" ? pair.map((text) => `${text}: ${error.field}`) : pair;
}

// A sentence in both languages on the line for outcomes; without one the line is empty.
function say(pair, kind = "") {
  const note = find("#outcome");
  note.replaceChildren(...(pair ? label(...pair) : []));
  note.className = `note ${kind}`;
  note.hidden = !pair;
}

// Says what was not done, and why: beside the field if the form has it. False if it has not.
function showFault(form, error, notDone) {
  const field = error.field && !isAway(error) ? form.elements[error.field] : undefined;
  const why = sentenceOf(error);
  if (!field) {
    say([`${notDone[0]}: ${why[0]}`, `${notDone[1]}: ${why[1]}`], "bad");
    return false;
  }
  const fault = make("span", { class: "fault", id: `fault-${error.field}` }, ...label(...why));
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", fault.id);
  field.closest("label").append(fault);
  say([`${notDone[0]} โปรดแก้ช่องที่มีเครื่องหมาย`, `${notDone[1]}: please correct the marked field.`], "bad");
  return true;
}

function clearFaults(form) {
  for (const fault of all(".fault", form)) fault.remove();
  for (const field of all("[aria-invalid]", form)) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
