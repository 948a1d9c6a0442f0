"""Bad input gets a clear error, and nothing of it is stored."""

import base64
import json
import socket

import pytest
from conftest import png
import requests

READ = {"camera_id": "CAM001", "plate_number": "กข1234"}
JSON = {"Content-Type": "application/json"}

BODIES = {
    "broken json": (b'{"camera_id": "C", ', None),
    "empty": (b"", None),
    "no object": (b'"text"', None),
    "deep": (b"[" * 100_000, None),
    "invalid utf-8": (b'{"camera_id":"C","plate_number":"\xff\xfe"}', None),
    "half a surrogate": (b'{"camera_id":"C","plate_number":"\\ud800"}', None),
    "missing plate": (json.dumps({"camera_id": "C"}).encode(), "plate_number"),
    "missing camera": (json.dumps({"plate_number": "A1"}).encode(), "camera_id"),
    "camera too long": (json.dumps({**READ, "camera_id": "C" * 51}).encode(), "camera_id"),
    "camera with a line break": (json.dumps({**READ, "camera_id": "C\nfake log"}).encode(), "camera_id"),
    "plate of 300 letters": (json.dumps({**READ, "plate_number": "A" * 300}).encode(), "plate_number"),
    "plate with control characters": (json.dumps({**READ, "plate_number": "A\x001"}).encode(), "plate_number"),
    "plate of markup": (json.dumps({**READ, "plate_number": "<script>alert(1)</script>"}).encode(), "plate_number"),
}


# Optional parts that are wrong: the read is kept without them.
OPTIONAL = {
    "nan": (json.dumps({**READ, "confidence": float("nan")}).encode(), "confidence"),
    "minus infinity": (json.dumps({**READ, "location_lat": float("-inf")}).encode(), "location_lat"),
    "nan as an event's id": (json.dumps({**READ, "event_id": float("nan")}).encode(), "event_id"),
    "too large a number": (json.dumps({**READ, "location_lon": 0}).replace(" 0}", " 1e999}").encode(), "location_lon"),
    "negative confidence": (json.dumps({**READ, "confidence": -1}).encode(), "confidence"),
    "confidence over 100": (json.dumps({**READ, "confidence": 100.5}).encode(), "confidence"),
    "confidence is a list": (json.dumps({**READ, "confidence": [1]}).encode(), "confidence"),
    "a date that does not exist": (json.dumps({**READ, "timestamp": "2026-02-30T00:00:00Z"}).encode(), "timestamp"),
    "latitude off the globe": (json.dumps({**READ, "location_lat": 91}).encode(), "location_lat"),
    "location too long": (json.dumps({**READ, "location": "x" * 101}).encode(), "location"),
    "no base64": (json.dumps({**READ, "image_data": "!!!!"}).encode(), "image_data"),
    "no picture": (json.dumps({**READ, "image_data": base64.b64encode(b"plain text, no picture at all").decode()}).encode(), "image_data"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_read_names_its_field(site, name):
    body, field = BODIES[name]
    answer = site.post("/api/records", None, data=body, headers=JSON)
    assert 400 <= answer.status_code < 500, answer.text
    told = answer.json()
    assert told["error"] and told["id"] == answer.headers["X-Request-ID"]
    if field:
        assert told["field"] == field and field in told["error"]
    assert site.total() == 0 and site.is_ready()
    assert not [path for path in site.images.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_bad_optional_part_is_left_out(site, name):
    body, field = OPTIONAL[name]
    strict = site.post("/api/records?strict=1", None, data=body, headers=JSON)
    assert strict.status_code == 400 and strict.json()["field"] == field, strict.text
    assert site.total() == 0
    answer = site.post("/api/records", None, data=body, headers=JSON)
    assert answer.status_code == 201, answer.text
    (warning,) = answer.json()["warnings"]
    assert warning["field"] == field and warning["code"] and field in warning["message"]
    record = site.get(f"/api/records/{answer.json()['id']}").json()
    assert record["warnings"] == [warning] and record["plate_number"] == READ["plate_number"]
    assert site.total() == 1 and site.is_ready()


@pytest.mark.parametrize("dress", ["form", "wrapped", "spaced"])
def test_a_picture_whose_pluses_became_blanks_is_the_one_that_was_sent(site, dress):
    """A form's decoder makes a blank of `+`; others break lines with blanks."""
    picture = next(picture for picture in map(png, range(1000)) if b"++" in base64.b64encode(picture))
    text = base64.b64encode(picture).decode()
    sent = {
        "form": text.replace("+", " "),
        "wrapped": base64.encodebytes(picture).decode(),
        "spaced": " ".join(text[place:place + 76] for place in range(0, len(text), 76)),
    }[dress]
    answer = site.post("/api/records", {**READ, "image_data": sent})
    assert answer.status_code == 201 and "warnings" not in answer.json(), answer.text
    (kept,) = [path for path in site.images.rglob("*") if path.is_file()]
    assert kept.read_bytes() == picture


def test_a_picture_without_its_end_is_kept_as_it_came(site):
    picture = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(20)
    answer = site.post("/api/records", {**READ, "image_data": base64.b64encode(picture).decode()})
    assert answer.status_code == 201, answer.text
    (warning,) = answer.json()["warnings"]
    assert warning["field"] == "image_data" and warning["code"] == "damaged"
    (kept,) = [path for path in site.images.rglob("*") if path.is_file()]
    assert kept.read_bytes() == picture


@pytest.mark.parametrize("name, file, kept, warned", [
    ("image_data", png(1), True, None), ("photo", png(1), True, None), ("anything", png(1), True, None),
    ("snapshot", b"no picture", False, ("snapshot", "not_an_image")), ("meta", b"no picture", False, ("meta", "not_used")),
    ("image", (None, base64.b64encode(png(1))), True, None), ("image", (None, png(1)), True, None),
    ("image", (None, b"!!!"), False, ("image", "not_base64")),
])
def test_a_file_of_a_form_is_the_picture_whatever_it_is_called(site, name, file, kept, warned):
    answer = site.post("/api/records", None, data=READ, files={name: file if isinstance(file, tuple) else ("x.bin", file)})
    assert answer.status_code == 201, answer.text
    assert [(told["field"], told["code"]) for told in answer.json().get("warnings", [])] == ([warned] if warned else [])
    files = [path.read_bytes() for path in site.images.rglob("*") if path.is_file()]
    assert files == ([png(1)] if kept else [])


def test_of_two_files_the_picture_is_taken_and_the_other_named(site):
    answer = site.post("/api/records", None, data=READ, files={"image": ("x", b"no picture"), "photo": ("y", png(2))})
    assert [(told["field"], told["code"]) for told in answer.json()["warnings"]] == [("image", "not_used")]
    assert [path.read_bytes() for path in site.images.rglob("*") if path.is_file()] == [png(2)]


def test_reads_whose_program_has_no_event_id_are_not_one(site):
    for plate in ("กข 1", "กข 2"):
        answer = site.post("/api/records", {"camera_id": "C", "plate_number": plate, "event_id": str(None)})
        assert answer.status_code == 201 and "duplicate" not in answer.json(), answer.text
    assert site.total() == 2


def test_no_number_closes_no_socket_and_loses_no_read(site):
    from test_gateway import Camera, gateway
    from websockets.sync.client import connect

    read = {**READ, "confidence": float("nan"), "event_id": float("nan"), "location_lat": float("inf")}
    fields = {"confidence", "event_id", "location_lat"}
    with Camera(site) as camera:
        for _ in range(2):
            told = camera.client.call("lpr_data", read, timeout=30)
            assert told["status"] == "success" and {each["field"] for each in told["warnings"]} == fields
        results = [{"text": "A 1", "confidence": float("nan")}]
        body = {"type": "detection_result", "camera_id": "C", "ocr_results": results}
        told = camera.client.call("detection_result", body, timeout=30)
        assert len(told["record_ids"]) == 1 and told["warnings"][0]["code"] == "not_a_number"
        assert camera.client.call("lpr_data", {**READ, "plate_number": float("nan")}, timeout=30)["record_id"] is None
    with connect(gateway(site, "ws") + "/") as socket:
        socket.send(json.dumps(read))
        told = json.loads(socket.recv(timeout=30))
        assert told["status"] == "success" and {each["field"] for each in told["warnings"]} == fields
    lines = (json.dumps(read) + "\n").encode()
    assert site.post("/api/records", None, data=lines, headers={"Content-Type": "application/x-ndjson"}).status_code == 201
    body["ocr_results"] = json.dumps(results)
    told = site.post("/api/detection", body).json()
    assert len(told["record_ids"]) == 1 and told["warnings"][0]["code"] == "not_a_number"
    assert site.total() == 6


def test_bytes_of_a_text_field_are_its_text(site):
    from test_gateway import Camera

    with Camera(site) as camera:
        read = {**READ, "plate_number": "กข 77".encode(), "location": b"\xff\xfe", "image_data": png(3)}
        told = camera.client.call("lpr_data", read, timeout=30)
        assert told["status"] == "success", told
        assert [(each["field"], each["code"]) for each in told["warnings"]] == [("location", "wrong_type")]
        assert site.record(told["record_id"])["plate_number"] == "กข 77"
        told = camera.client.call("lpr_data", {**READ, "plate_number": b"\xff"}, timeout=30)
        assert (told["status"], told["field"], told["code"]) == ("error", "plate_number", "wrong_type")
        body = {"type": "detection_result", "camera_id": "C", "ocr_results": [b"A 1"], "image_data": png(4)}
        assert len(camera.client.call("detection_result", body, timeout=30)["record_ids"]) == 1
    files = sorted(path.read_bytes() for path in site.images.rglob("*") if path.is_file())
    assert files == sorted([png(3), png(4)])


def test_lpr_data_at_detection_is_a_read(site):
    told = site.post("/api/detection", {**READ, "confidence": 0.5, "image_data": base64.b64encode(png(5)).decode()}).json()
    (record,) = told["record_ids"]
    assert site.record(record)["plate_number"] == READ["plate_number"] and site.record(record)["image_path"]
    told = site.post("/api/detection", {"camera_id": "C", "ocr_results": "['กข 1', 'กข 2']"}).json()
    assert len(told["record_ids"]) == 2
    told = site.post("/api/detection", {"camera_id": "C", "ocr_results": [{"words": "กข 1"}]}).json()
    assert told["record_ids"] == [] and told["warnings"][0]["code"] == "no_text"


def test_a_picture_of_30_megabytes_is_refused(site):
    picture = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(30 << 20)).decode()
    answer = site.post("/api/records", {**READ, "image_data": picture})
    assert answer.status_code == 413 and "bytes" in answer.json()["error"]
    assert site.total() == 0 and site.is_ready()


@pytest.mark.parametrize("query", [
    "page=0", "page=-1", "page=x", "per_page=1001", "per_page=0", "date_from=2026-02-30", "date_to=tomorrow",
    "date_from=2026-02-02&date_to=2026-02-01", "min_confidence=101", "min_confidence=nan", "blacklisted=maybe",
    "match=like", "before_id=x", "format=xml", "plate_number=%ff", "plate_number=%00", "page=99999999999999999999",
])
def test_a_bad_parameter_is_named(site, query):
    answer = site.get(f"/api/records?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


@pytest.mark.parametrize("path, name", [
    ("/api/records?camera=CAM001", "camera"), ("/api/records?plate_number=1&_=17", "_"), ("/api/records/1?x", "x"),
    ("/api/blacklist?al=true", "al"), ("/api/blacklist/statistics?all=true", "all"), ("/api/blacklist/detections?hour=1", "hour"),
    ("/api/statistics?day=2026-01-31", "day"), ("/api/cameras?page=2", "page"), ("/health/status?all=1", "all"),
    ("/health/history?days=3", "days"), ("/events?type=alert", "type"), ("/api/openapi.json?v=1", "v"),
])
def test_an_unknown_parameter_is_named(site, path, name):
    answer = site.get(path)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "unknown_parameter" and answer.json()["field"] == name and name in answer.json()["error"]
    assert requests.head(site.url(path), timeout=60).status_code == 400


def test_an_unknown_parameter_loses_no_read_and_removes_no_entry(site):
    assert site.post("/api/records?camera=1", READ).status_code == 201
    for probe in ("/healthz?_=1", "/readyz?_=1", "/api/test?_=1"):
        assert site.get(probe).status_code == 200
    entry = site.post("/api/blacklist", {"license_plate_text": "ขข 1", "reason": "test"}).json()["blacklist_id"]
    assert requests.delete(site.url(f"/api/blacklist/{entry}?removedby=malee"), timeout=60).status_code == 400
    assert len(site.get("/api/blacklist").json()["blacklist"]) == 1


def test_unknown_methods_and_paths(site):
    assert requests.request("BREW", site.url("/api/records"), timeout=60).status_code == 405
    assert requests.request("BREW", site.url("/nothing"), timeout=60).status_code == 501
    patch = requests.patch(site.url("/api/records"), timeout=60)
    assert patch.status_code == 405 and "POST" in patch.headers["Allow"]
    for path in ("/api/records/x", "/api/records/0", "/api/records/-1", "/api/records/99999999999999999999", "/api/..%2f", "/nothing"):
        assert site.get(path).status_code in (400, 404), path
    assert site.get("/../../etc/passwd").status_code in (400, 404)


def exchange(site, text, wait=30):
    with socket.create_connection(("127.0.0.1", site.port), timeout=wait) as connection:
        connection.sendall(text)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def test_a_body_without_length_is_411(site):
    answer = exchange(site, b"POST /api/records HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert b" 411 " in answer.split(b"\r\n")[0]


def test_slow_and_half_sent_requests_end(make_site):
    site = make_site(HEADER_TIMEOUT_SECONDS="1", BODY_TIMEOUT_SECONDS="1").start()
    half = b"POST /api/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"camera"
    answer = exchange(site, half)
    assert answer == b"" or b" 408 " in answer.split(b"\r\n")[0]
    assert b" 200 " not in exchange(site, b"GET /api/records HTTP/1.1\r\nHost: loc")
    assert site.total() == 0 and site.is_ready()
