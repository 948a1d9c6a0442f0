"""The camera gateway with the clients that the fleet uses, as they come."""

import asyncio
import base64
import json
import threading
import time

import pytest
import socketio
from conftest import png, wait_until
from echo_server import connect

TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": None}


def gateway(site, scheme="http"):
    return f"{scheme}://127.0.0.1:{site.gateway}"


class Camera:
    """python-socketio's client, and the events it received."""

    def __init__(self, site, transports=None, **options):
        self.client = socketio.Client(**options)
        self.received = []
        self.client.on("*", lambda event, data: self.received.append((event, data)))
        self.client.connect(gateway(site), transports=transports)
        self.wait_for("status")

    def wait_for(self, event):
        return wait_until(lambda: next((data for name, data in self.received if name == event), None), event)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()


def camera_status(site, identity):
    cameras = site.get("/api/cameras").json()["cameras"]
    return next((camera["status"] for camera in cameras if camera["camera_id"] == identity), None)


def sessions(site):
    details = site.post("/health/check").json()["data"]["components"]["services"]["details"]["gateway"]
    return details["sessions"] + details["plain_sockets"]


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_a_camera_registers_sends_and_is_answered(site, transports):
    with Camera(site, transports) as camera:
        assert camera.wait_for("status") == {"message": "Connected to LPR Server"}
        camera.received.clear()
        camera.client.emit("camera_register", {"camera_id": "CAM001", "checkpoint_id": "7"})
        assert camera.wait_for("status")["message"] == "Camera CAM001 registered successfully"
        assert camera_status(site, "CAM001") == "connected"

        read = {"camera_id": "CAM001", "plate_number": "กข 1234", "confidence": 85.5, "event_id": "e1"}
        answer = camera.client.call("lpr_data", read, timeout=30)
        assert answer == camera.wait_for("lpr_response")
        assert answer["status"] == "success" and answer["event_id"] == "e1"
        record = site.record(answer["record_id"])
        assert (record["plate_number"], record["confidence"]) == ("กข 1234", 85.5)
        assert camera.client.call("lpr_data", read, timeout=30)["record_id"] == answer["record_id"]
        assert site.total() == 1

        refused = camera.client.call("lpr_data", {**read, "plate_number": "x" * 60}, timeout=30)
        assert refused["status"] == "error" and refused["field"] == "plate_number"
        assert refused == camera.wait_for("error")
        health = {"type": "health_check", "camera_id": "CAM001", "status": "warning", "message": "hot"}
        assert camera.client.call("health_status", health, timeout=30)["success"] is True
        pong = camera.client.call("ping", {"n": 1}, timeout=30)
        assert pong["n"] == 1 and pong["timestamp"].endswith("Z")
    wait_until(lambda: camera_status(site, "CAM001") == "disconnected", "the end of the camera")
    wait_until(lambda: sessions(site) == 0, "the end of the session")


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_a_picture_comes_as_bytes_or_as_base64(site, transports):
    with Camera(site, transports) as camera:
        for number, picture in enumerate([png(1), base64.b64encode(png(1)).decode()]):
            read = {"camera_id": "C", "plate_number": f"กข {number}", "image_data": picture}
            answer = camera.client.call("lpr_data", read, timeout=30)
            path = site.record(answer["record_id"])["image_path"]
            assert site.get("/" + path).content == png(1)
        answer = camera.client.call(
            "lpr_data", {"camera_id": "C", "plate_number": "1", "image_data": b"no picture"}, timeout=30
        )
        (warning,) = answer["warnings"]
        assert warning["field"] == "image_data" and warning["code"] == "not_an_image"


def test_a_detection_is_one_record_for_each_plate(site):
    with Camera(site) as camera:
        answer = camera.client.call("detection_result", {
            "type": "detection_result", "camera_id": "C", "ocr_results": ["ABC1234", "กข 99"],
            "vehicles_count": 2, "plates_count": 2, "cropped_plates": [png(1), png(2)],
        }, timeout=30)
        assert answer["status"] == "success" and len(answer["record_ids"]) == 2
    pictures = [site.get("/" + site.record(identity)["image_path"]).content for identity in answer["record_ids"]]
    assert pictures == [png(1), png(2)]


def test_the_dashboard_hears_of_reads_whichever_way_they_come(site):
    site.post("/api/blacklist", {"license_plate_text": "กข 1", "reason": "stolen"})
    with Camera(site) as dashboard, Camera(site, ["polling"]) as guard, Camera(site) as camera:
        dashboard.received.clear()
        dashboard.client.emit("join_dashboard")
        assert dashboard.wait_for("status") == {"message": "Joined dashboard room"}
        guard.client.call("join_health_room", timeout=30)
        by_http = site.read("กข 2", camera_id="HTTP")
        by_socket = camera.client.call("lpr_data", {"camera_id": "S", "plate_number": "กข 1"}, timeout=30)
        wait_until(lambda: sum(n == "new_lpr_record" for n, _ in dashboard.received) == 2, "two records")
        records = [data for name, data in dashboard.received if name == "new_lpr_record"]
        assert [record["id"] for record in records] == [by_http, by_socket["record_id"]]
        assert records[0] == site.record(by_http)
        alert = dashboard.wait_for("blacklist_alert")
        assert alert["lpr_record"]["id"] == by_socket["record_id"]
        assert alert["blacklist_entry"]["reason"] == "stolen"
        assert guard.wait_for("blacklist_alert") == alert
        assert not any(name == "new_lpr_record" for name, _ in guard.received)
        guard.client.call("leave_health_room", timeout=30)
        check = dashboard.client.call("request_health_check", timeout=30)
        assert check["overall_status"] in ("PASS", "WARNING", "FAIL")


def test_the_asynchronous_client_has_many_reads_in_flight(site):
    async def run():
        client = socketio.AsyncClient()
        await client.connect(gateway(site), transports=["websocket"])
        answers = await asyncio.gather(*(
            client.call("lpr_data", {"camera_id": "A", "plate_number": f"กข {n}", "event_id": n}, timeout=30)
            for n in range(200)
        ))
        await client.disconnect()
        return answers

    answers = asyncio.run(run())
    assert [answer["event_id"] for answer in answers] == [str(n) for n in range(200)]
    assert len({answer["record_id"] for answer in answers}) == 200 == site.total()


def test_a_plain_websocket_is_answered_in_order(site):
    shapes = [
        {"camera_id": "W", "plate_number": "กข 1", "event_id": "1"},
        {"event": "lpr_data", "data": {"camera_id": "W", "plate_number": "กข 2", "event_id": "2"}},
        {"camera_id": "W"},
        {"table": "lpr_detection", "data": {
            "license_plate": "1กก 9", "checkpoint_id": "4", "timestamp": "2026-11-01T10:00:00", "hostname": "EDGE",
            "vehicle_type": "car", "vehicle_color": "red", "latitude": "13.75", "longitude": "100.5",
            "image": base64.b64encode(png(3)).decode(),
        }},
        {"event": "camera_register", "data": {"camera_id": "W"}},
        {"event": "no_such_event", "data": {}},
    ]
    for path in ("/", "/ws"):
        with connect(gateway(site, "ws") + path) as link:
            for shape in shapes:
                link.send(json.dumps(shape))
            link.send("no JSON")
            answers = [json.loads(link.recv(30)) for _ in range(7)]
        kinds = [answer["status"] for answer in answers]
        assert kinds == ["success", "success", "error", "success", "success", "error", "error"]
        assert [answers[0]["event_id"], answers[1]["event_id"]] == ["1", "2"]
        assert "plate_number" in answers[2]["message"] and "no_such_event" not in answers[5]["message"]
        record = site.record(answers[3]["record_id"])
        assert (record["camera_id"], record["location_lat"]) == ("EDGE", 13.75)
        assert site.get("/" + record["image_path"]).content == png(3)
    wait_until(lambda: sessions(site) == 0, "the end of the sockets")


@pytest.mark.parametrize("transports", TRANSPORTS.values(), ids=TRANSPORTS.keys())
def test_kill_9_loses_and_doubles_nothing(make_site, transports):
    site = make_site().start()
    acknowledged = {}
    client = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.3)
    client.connect(gateway(site), transports=transports)
    stopped = threading.Event()

    def camera():
        number = 0
        while not stopped.is_set():
            event = f"e{number}"
            try:
                read = {"camera_id": "K", "plate_number": f"กข {number}", "event_id": event}
                answer = client.call("lpr_data", read, timeout=2)
                acknowledged[event] = answer["record_id"]
                number += 1
            except (socketio.exceptions.SocketIOError, KeyError):
                time.sleep(0.05)

    thread = threading.Thread(target=camera)
    thread.start()
    for _ in range(2):
        wanted = len(acknowledged) + 50
        wait_until(lambda: len(acknowledged) >= wanted, "acknowledgements")
        site.kill()
        site.start()
    wanted = len(acknowledged) + 50
    wait_until(lambda: len(acknowledged) >= wanted, "acknowledgements after the second start")
    stopped.set()
    thread.join()
    client.disconnect()
    records = {record["id"]: record for record in site.get("/api/records?per_page=1000").json()["records"]}
    for event, identity in acknowledged.items():
        assert records[identity]["event_id"] == event
    events = [record["event_id"] for record in records.values()]
    assert len(events) == len(set(events))


def test_at_the_stop_clients_hear_1001_and_come_back(make_site):
    site = make_site().start()
    plain = connect(gateway(site, "ws") + "/ws")
    with Camera(site, ["websocket"], reconnection_delay=0.1) as camera:
        site.stop()
        with pytest.raises(Exception) as caught:
            plain.recv(30)
        assert caught.value.rcvd.code == 1001
        camera.received.clear()
        site.start()
        camera.wait_for("status")
        answer = camera.client.call("lpr_data", {"camera_id": "C", "plate_number": "1"}, timeout=30)
        assert answer["status"] == "success"


def test_through_nginx(fronted):
    client = socketio.Client()
    client.connect(fronted.front(""))
    assert client.transport() == "websocket"
    answer = client.call("lpr_data", {"camera_id": "N", "plate_number": "1"}, timeout=30)
    assert answer["status"] == "success"
    client.disconnect()
    with connect(fronted.front("/ws").replace("http", "ws")) as link:
        link.send(json.dumps({"camera_id": "N", "plate_number": "2"}))
        assert json.loads(link.recv(30))["status"] == "success"
