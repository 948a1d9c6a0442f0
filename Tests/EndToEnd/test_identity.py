"""Whatever a plate is spelt like, it is one plate; and what is no plate is no record."""

import json
import unicodedata

import pytest
from test_gateway import Camera, camera_status

NIKHAHIT_AA = "\u0e4d\u0e32"


@pytest.mark.parametrize("listed, read", [
    ("9กก 1111 ลำปาง", f"9กก 1111 ล{NIKHAHIT_AA}ปาง"), (f"9กก 1111 ก{NIKHAHIT_AA}แพงเพชร", "9กก1111กำแพงเพชร"),
    ("9กก 1111 เชียงใหม่", unicodedata.normalize("NFKD", "9กก-1111 เชียงใหม่")), ("กข 1234 กรุงเทพมหานคร", "กข 1234 กทม."),
    ("กข 1234 กรุงเทพฯ", "กข 1234 Bangkok"), ("กข 1234 จ.นครราชสีมา", "กข ๑๒๓๔ Korat"), ("1ขค 5", "1ฃฅ 5"),
    ("AB 1234", "ＡＢ－１２３４"), ("6ฌฌ 7002 กทม", "6ฌฌ 7002 nan"), ("6ฌฌ 7002 กทม", "6ฌฌ 7002 กรุงเทพมหานค"),
    ("6ฌฌ 7002 กทม", "6ฌฌ/7002/Bangkok Thailand"),
])
def test_a_listed_car_is_recognised_in_every_spelling(site, listed, read):
    assert site.post("/api/blacklist", {"license_plate_text": listed, "reason": "stolen"}).status_code == 201
    record = site.record(site.read(read))
    assert record["is_blacklisted"] is True and record["plate_number"] == unicodedata.normalize("NFC", read).strip()
    if record["blacklist_match"] == "possible":
        return
    again = site.post("/api/blacklist", {"license_plate_text": read, "reason": "stolen"})
    assert again.status_code == 400 and "already" in again.json()["message"]
    found = site.get("/api/records", params={"plate_number": listed, "match": "exact"}).json()
    assert found["total"] == 1


def test_an_entry_whose_province_cannot_be_told_counts_for_every_one(site):
    site.post("/api/blacklist", {"license_plate_text": "6ฌฌ 7002 กรุงเทพมหาน", "reason": "stolen"})
    assert site.record(site.read("6ฌฌ 7002 กทม"))["is_blacklisted"] is True


NO_PLATES = ["unknown", "UNKNOWN", "noplate", "No Plate", "no_plate", "-", "--", "?", "???", "N/A", "none", "null", "ไม่พบป้าย", "อ่านไม่ได้", "无车牌", "UNKNOWN กรุงเทพมหานคร", "unknown Bangkok", "null กทม.", "Unknown Plate", "ป้ายไม่ชัด"]


def test_no_plate_is_a_sign_of_life_and_no_record(site):
    for index, text in enumerate(NO_PLATES):
        answer = site.post("/api/records", {"camera_id": f"CAM{index}", "plate_number": text, "confidence": 0})
        assert (answer.status_code, answer.json()["id"]) == (201, None), (text, answer.text)
        assert "No plate" in answer.json()["message"]
        assert camera_status(site, f"CAM{index}") is not None, text
    assert site.total() == 0


@pytest.mark.parametrize("fields, field, code", [
    ({"license_plate_text": "unknown"}, "license_plate_text", "no_plate"),
    ({"license_plate_text": "จ. เชียงใหม่"}, "license_plate_text", "province_alone"),
    ({"license_plate_text": "Bangkok"}, "license_plate_text", "province_alone"),
    ({"license_plate_text": "ก"}, "license_plate_text", "too_short"), ({"license_plate_text": "7"}, "license_plate_text", "too_short"),
    ({"expiry_date": "2020-01-01"}, "expiry_date", "expired"), ({"expiry_date": "2020-01-01T00:00:00Z"}, "expiry_date", "expired"),
])
def test_what_can_be_no_entry_of_a_blacklist_is_refused(site, fields, field, code):
    answer = site.post("/api/blacklist", {"license_plate_text": "กข 1", "reason": "stolen", **fields})
    told = answer.json()
    assert (answer.status_code, told["field"], told["code"]) == (400, field, code), answer.text
    assert site.get("/api/blacklist").json()["blacklist"] == []


def test_no_plate_among_others_has_its_own_answer(site):
    reads = [{"camera_id": "CAM001", "plate_number": text} for text in ["กข1", "unknown", "กข2", ""]]
    answer = site.post("/api/records", reads)
    assert answer.status_code == 207
    assert [told.get("id", "refused") for told in answer.json()] == [1, None, 2, "refused"]
    lines = "\n".join(json.dumps(read) for read in reads[1:2])
    answer = site.post("/api/records", None, data=lines.encode(), headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 201 and json.loads(answer.text)["id"] is None
    assert site.total() == 2


@pytest.mark.parametrize("text", ["None", "null", "undefined", "nan", ""])
def test_what_programs_write_for_no_event_id_is_none(site, text):
    assert len({site.read(f"กข {number}", event_id=text) for number in range(3)}) == 3 == site.total()


def test_no_plate_over_sockets(site):
    with Camera(site) as camera:
        told = camera.client.call("lpr_data", {"camera_id": "CAM001", "plate_number": "noplate", "event_id": "e1"}, timeout=30)
        assert (told["status"], told["record_id"], told["event_id"]) == ("success", None, "e1")
        told = camera.client.call("detection_result", {"type": "detection_result", "camera_id": "CAM001", "ocr_results": ["unknown", "กข1"]}, timeout=30)
        assert len(told["record_ids"]) == 1
    assert site.total() == 1
