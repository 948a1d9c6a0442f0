"""What the senders in the field make, over their own transports: the older edge's loop, the edge of today, and its fallback
over HTTP (popwandee/aicamera and popwandee/lprserver_v3; shapes read from their code, which is not here)."""

import asyncio
import base64
import json
import re
import sqlite3
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import websockets
from conftest import png, wait_until
from test_gateway import Camera, camera_status, gateway

PICTURE = base64.b64encode(png()).decode()


class OlderEdge:
    """Takes the newest row that was not sent, sends it on a connection of its own, and marks it when told "success"."""

    def __init__(self, site, rows):
        self.site = site
        self.table = sqlite3.connect(":memory:")
        self.table.execute("CREATE TABLE lpr_data (id INTEGER PRIMARY KEY, plate TEXT, timestamp TEXT, location TEXT, sent INTEGER DEFAULT 0)")
        self.table.executemany("INSERT INTO lpr_data (plate, timestamp, location) VALUES (?, ?, ?)", rows)

    def unsent(self):
        return self.table.execute("SELECT COUNT(*) FROM lpr_data WHERE sent = 0").fetchone()[0]

    async def step(self):
        row, plate, timestamp, location = self.table.execute(
            "SELECT id, plate, timestamp, location FROM lpr_data WHERE sent = 0 ORDER BY timestamp DESC LIMIT 1"
        ).fetchone()
        latitude, longitude = location.split(",")
        data = {"license_plate": plate, "checkpoint_id": "1", "timestamp": timestamp, "hostname": "aicamera1",
                "vehicle_type": " ", "vehicle_color": " ", "latitude": latitude, "longitude": longitude, "image": PICTURE}
        async with websockets.connect(gateway(self.site, "ws")) as socket:
            await socket.send(json.dumps({"table": "lpr_detection", "data": data}))
            answer = json.loads(await socket.recv())
        if answer["status"] == "success":
            self.table.execute("UPDATE lpr_data SET sent = 1 WHERE id = ?", (row,))
        return answer


def test_the_older_edge_gets_rid_of_each_row(make_site):
    site = make_site(TZ="Asia/Bangkok", CAMERA_TIME_ZONE="Asia/Bangkok").start()
    now = datetime.now(ZoneInfo("Asia/Bangkok"))
    rows = [(plate, now.strftime("%Y%m%d_%H%M%S"), "18.7883, 98.9853") for plate in ["กข1234", "1กก 22 เชียงใหม่", "ABC123", "unknown"]]
    edge = OlderEdge(site, rows)
    for _ in rows:
        assert asyncio.run(edge.step())["status"] == "success"
    assert edge.unsent() == 0 and site.total() == 3
    for record in site.get("/api/records").json()["records"]:
        assert (record["camera_id"], record["location_lat"], record["location_lon"]) == ("aicamera1", 18.7883, 98.9853)
        assert record["image_path"] and not record.get("warnings")


def test_the_older_edges_clock_is_the_sites(make_site):
    """`20261128_181003` is local time: in the camera's zone, else in the site's."""
    site = make_site(TZ="Asia/Bangkok").start()
    edge = OlderEdge(site, [("กข1234", "20261101_181003", "18.7883, 98.9853")])
    answer = asyncio.run(edge.step())
    record = site.record(answer["record_id"])
    kept = record["timestamp"] if not record.get("camera_timestamp") else record["camera_timestamp"]
    assert kept == "2026-11-01T11:10:03.000Z"


def test_a_cameras_clock_is_measured_in_its_own_zone(make_site):
    """Local time of `CAMERA_TIME_ZONE`, which is not the site's; the offset stands in the API and on the camera's page."""
    site = make_site(TZ="Asia/Bangkok", CAMERA_TIME_ZONE="Asia/Tokyo").start()
    seen = datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(minutes=3)
    edge = OlderEdge(site, [("กข1234", seen.strftime("%Y%m%d_%H%M%S"), "18.7883, 98.9853")])
    record = site.record(asyncio.run(edge.step())["record_id"])
    assert record["clock_ahead"] is False and record["timestamp"][:16] == seen.astimezone(timezone.utc).isoformat()[:16]
    (camera,) = site.get("/api/cameras").json()["cameras"]
    assert 170_000 < camera["clock_offset_ms"] <= 180_000 and camera["clock_measured_at"]
    site.published()
    page = (site.public / "cameras/1.html").read_text()
    assert re.search(r"(2 min 5\d s|3 min) ahead", page) and "เร็ว" in page
    edge = OlderEdge(site, [("กข1234", "20000101_000000", "18.7883, 98.9853")])
    record = site.record(asyncio.run(edge.step())["record_id"])
    assert (record["clock_behind"], record["camera_timestamp"]) == (True, "1999-12-31T15:00:00.000Z")


DETECTION = {
    "type": "detection_result", "camera_id": "aicamera2", "checkpoint_id": "7",
    "vehicles_count": 2, "plates_count": 2, "processing_time_ms": 150,
    "vehicle_detections": json.dumps([{"bbox": [1, 2, 3, 4], "score": 0.9}]),
    "plate_detections": json.dumps([{"bbox": [1, 2, 3, 4], "score": 0.9}]),
    "annotated_image": "base64_encoded_image_data_placeholder", "cropped_plates": ["base64_plate1_placeholder"],
}
RESULTS = {
    "texts": ["กข1234", "1กก 22"],
    "objects": [{"plate_index": 0, "text": "กข1234", "confidence": 0.91}, {"plate_index": 1, "text": "1กก 22", "confidence": 0.8}],
}


@pytest.mark.parametrize("shape", [*RESULTS, "column"])
def test_the_edge_of_today_over_socketio(site, shape):
    """It waits for no answer, sends its SQLite columns as they are, and marks everything as sent: nothing may be lost."""
    results = json.dumps(RESULTS["objects"], ensure_ascii=False) if shape == "column" else RESULTS[shape]
    with Camera(site) as camera:
        camera.client.emit("camera_register", {"camera_id": "aicamera2", "checkpoint_id": "7", "timestamp": datetime.now().isoformat()})
        camera.client.emit("lpr_data", {**DETECTION, "timestamp": datetime.now().isoformat(), "ocr_results": results})
        camera.client.emit("health_status", {
            "type": "health_check", "camera_id": "aicamera2", "checkpoint_id": "7", "timestamp": datetime.now().isoformat(),
            "component": "Camera Handler", "status": "PASS", "message": "ok", "details": json.dumps({"cpu_usage": 45.2, "disk_usage": "23.1"}),
        })
        assert camera.wait_for("lpr_response")["status"] == "success"
        assert camera.wait_for("health_response")["success"] is True
    assert wait_until(lambda: site.total() == 2, "both plates")
    assert {record["plate_number"] for record in site.get("/api/records").json()["records"]} == {"กข1234", "1กก 22"}


@pytest.mark.parametrize("status", ["PASS", "FAIL", "WARNING", "healthy", "Pass"])
def test_the_edge_of_today_over_http(site, status):
    register = site.post("/api/cameras/register", {"camera_id": "aicamera3", "checkpoint_id": "7", "timestamp": datetime.now().isoformat()})
    assert register.json()["success"] is True
    detection = site.post("/api/detection", {**DETECTION, "camera_id": "aicamera3", "timestamp": datetime.now().isoformat(), "ocr_results": ["ABC1234"]})
    told = detection.json()
    assert told["success"] is True and {warning["field"] for warning in told["warnings"]} == {"annotated_image", "cropped_plates[0]"}
    health = site.post("/api/health", {
        "type": "health_check", "camera_id": "aicamera3", "checkpoint_id": "7", "timestamp": datetime.now().isoformat(), "component": "camera",
        "status": status, "message": "Camera working normally", "details": {"cpu_usage": 45.2, "memory_usage": 67.8, "disk_usage": 23.1},
    })
    assert health.status_code == 200 and health.json()["success"] is True, health.text
    assert site.total() == 1


def test_the_servers_own_test_client(site):
    """Its picture is a label before a placeholder."""
    with Camera(site) as camera:
        camera.client.emit("camera_register", {"camera_id": "TEST_CAM"})
        camera.client.emit("join_dashboard")
        camera.client.emit("lpr_data", {"camera_id": "TEST_CAM", "plate_number": "กก-1234", "confidence": 92.5,
                                        "image_data": "data:image/jpeg;base64,base64_encoded_image", "location": "ประตู 1"})
        camera.client.emit("ping")
        told = camera.wait_for("lpr_response")
        assert told["status"] == "success" and told["warnings"][0]["field"] == "image_data"
        assert camera.wait_for("new_lpr_record")["plate_number"] == "กก-1234"
        assert camera.wait_for("pong")["timestamp"]
    assert wait_until(lambda: camera_status(site, "TEST_CAM") == "disconnected", "the camera's end")
