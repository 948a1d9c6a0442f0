"""What is refused leaves a trace: a line in the log with the answer's id, and counters at the camera."""

import gzip
import json
import re

import pytest
import requests
import socketio
from playwright.sync_api import expect

from conftest import wait_until
from echo_server import connect
from test_browser import PATIENCE_MS, chromium  # noqa: F401 (a fixture)
from test_gateway import gateway
from test_live import is_live
from websockets.exceptions import ConnectionClosed

WRONG = {"camera_id": "CAM001", "event_id": "bad"}


def lines(site, **fields):
    """The log's lines about refusals that have these fields."""
    text = (site.folder / "service.log").read_text()
    wanted = [f" {name}={value}" for name, value in fields.items()]
    return [
        line for line in text.splitlines()
        if "lprserver: refused" in line and all(f"{each} " in f"{line} " for each in wanted)
    ]


def line(site, **fields):
    """The one line with these fields, as soon as it is there."""
    (found,) = wait_until(lambda: lines(site, **fields), f"a line with {fields}")
    return found


def camera(site, name="CAM001"):
    cameras = {each["camera_id"]: each for each in site.get("/api/cameras").json()["cameras"]}
    return cameras.get(name)


def test_http(site):
    for body, code in [({"camera_id": "CAM001"}, "required"), ({"camera_id": "CAM001", "plate_number": "A_1"}, "bad_character")]:
        answer = site.post("/api/records", body)
        assert answer.status_code == 400 and answer.json()["code"] == code
        assert answer.headers["X-Request-ID"] == answer.json()["id"]
        found = line(site, id=answer.json()["id"])
        for part in (f"code={code}", "camera=CAM001", "field=plate_number", "client=127.0.0.1", "count=1", "place=/api/records"):
            assert f" {part} " in f"{found} "


@pytest.mark.parametrize(
    "path, body",
    [
        ("/api/detection", {"camera_id": "CAM001", "ocr_results": [1] * 10_001}),
        ("/api/health", {"camera_id": "CAM001", "status": "?"}),
        ("/api/cameras/register", {"camera_id": "CAM001", "checkpoint_id": []}),
        ("/api/records", {"table": "lpr_detection", "data": {"hostname": "CAM001"}}),
    ],
)
def test_whatever_a_camera_sends(site, path, body):
    answer = site.post(path, body)
    assert answer.status_code == 400, answer.text
    assert " camera=CAM001 " in line(site, id=answer.json()["id"])


def test_before_a_body_is_read(site):
    wrong = gzip.compress(json.dumps(WRONG).encode())
    coded = requests.post(site.url("/api/records"), data=wrong, headers={"Content-Encoding": "gzip"}, timeout=30)
    assert coded.status_code == 415
    assert " camera=- " in line(site, id=coded.json()["id"], code="content_encoding")
    large = requests.post(site.url("/api/records"), data=b" " * (33 << 20), timeout=60)
    assert large.status_code == 413
    line(site, id=large.json()["id"], code="too_large")
    foreign = requests.get(site.url("/api/records"), headers={"Host": "evil.example"}, timeout=30)
    assert foreign.status_code == 421
    line(site, id=foreign.json()["id"], code="unknown_host")


def test_a_batch_is_told_by_camera_and_code(site):
    reads = [{"camera_id": "CAM001"}] * 3 + [{"camera_id": "CAM002"}] + [{"camera_id": "CAM001", "plate_number": "A 1"}]
    answer = site.post("/api/records", reads)
    assert answer.status_code == 207
    identity = answer.headers["X-Request-ID"]
    assert " count=3 " in line(site, id=identity, camera="CAM001")
    assert " count=1 " in line(site, id=identity, camera="CAM002")


def test_repetitions_are_counted_and_a_made_up_name_forges_nothing(site):
    name = 'CAM001 code=fine "x"'
    for _ in range(20):
        site.post("/api/records", {"camera_id": name, "plate_number": "A_1"})
    site.stop()
    first, rest = lines(site, code="bad_character")
    assert " count=1 " in first and " count=19 " in rest
    assert r'camera="CAM001 code=fine \"x\""' in first
    assert len(re.findall(r" code=", first)) == 2


def test_no_plate_and_no_value_of_a_query_stands_in_the_log(site):
    entry = {"license_plate_text": "กข 1234", "reason": "stolen"}
    assert site.post("/api/blacklist", entry).status_code == 201
    refused = [
        site.post("/api/blacklist", entry),
        site.get("/กข1234"),
        site.get("/api/records/กข1234"),
        site.get("/api/records?กข1234=1"),
        site.get("/api/records?match=กข1234"),
        site.get("/api/records?page=1&plate_number=กข1234&format=กข1234"),
        site.post("/api/records", {"camera_id": "CAM001", "plate_number": "กข1234_"}),
    ]
    assert all(400 <= each.status_code < 500 for each in refused)
    line(site, id=refused[-1].json()["id"], camera="CAM001")
    text = (site.folder / "service.log").read_text()
    assert "กข" not in text and "%E0%B8%81" not in text


def test_a_plain_websocket(site):
    with connect(gateway(site, "ws") + "/ws") as link:
        link.send(json.dumps(WRONG))
        answer = json.loads(link.recv(30))
        assert answer["status"] == "error" and answer["code"] == "required"
        assert " camera=CAM001 " in line(site, id=answer["id"], code="required")
        link.send("{")
        line(site, id=json.loads(link.recv(30))["id"], code="invalid_json")
        link.send(b"1")
        line(site, id=json.loads(link.recv(30))["id"], code="invalid")


def test_socketio(site):
    client = socketio.Client()
    client.connect(gateway(site))
    answer = client.call("lpr_data", WRONG, timeout=30)
    assert answer["code"] == "required" and answer["event_id"] == "bad"
    assert " camera=CAM001 " in line(site, id=answer["id"], code="required")
    client.disconnect()


def test_a_socket_that_is_closed_for_its_size_or_against_the_protocol(make_site):
    site = make_site(SOCKET_MAX_PAYLOAD="1MiB", MAX_IMAGE_SIZE="512KiB").start()
    read = {"camera_id": "CAM001", "plate_number": "A 1"}
    with connect(gateway(site, "ws") + "/ws") as link:
        link.send(json.dumps(read))
        assert json.loads(link.recv(30))["status"] == "success"
        link.send("x" * (2 << 20))
        with pytest.raises(ConnectionClosed):
            link.recv(30)
    assert " client=127.0.0.1 " in line(site, camera="CAM001", code="too_large", place="socket")
    with connect(gateway(site, "ws") + "/socket.io/?EIO=4&transport=websocket") as link:
        link.recv(30)
        link.send("40")
        link.recv(30)
        link.send('42["lpr_data",' + json.dumps({**read, "camera_id": "CAM002"}) + "]")
        while "lpr_response" not in link.recv(30):
            pass
        link.send("4?")
        with pytest.raises(ConnectionClosed):
            link.recv(30)
    line(site, camera="CAM002", code="protocol_error", place="socket")
    polling = gateway(site) + "/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(polling, timeout=30).text[1:])["sid"]
    with connect(gateway(site, "ws") + f"/socket.io/?EIO=4&transport=websocket&sid={sid}") as link:
        link.send("x" * (2 << 20))
        with pytest.raises(ConnectionClosed):
            link.recv(30)
    line(site, camera="-", code="too_large", place="socket")
    refused = requests.get(gateway(site) + "/socket.io/?EIO=3&transport=polling", timeout=30)
    assert refused.status_code == 400
    line(site, id=refused.headers["X-Request-ID"], code="unsupported_version")


def test_counters_at_the_camera(site):
    assert camera(site) is None
    site.post("/api/records", WRONG)
    assert camera(site) is None
    site.read()
    assert camera(site)["refused_today"] == 0 and camera(site)["last_refusal"] is None
    for _ in range(3):
        site.post("/api/records", WRONG)
    last = wait_until(lambda: camera(site)["refused_today"] == 3 and camera(site)["last_refusal"], "the counters")
    assert (last["code"], last["field"], last["count"]) == ("required", "plate_number", 3)
    assert last["at"].endswith("Z") and last["message"]
    site.post("/api/records", WRONG)
    site.stop()
    site.start()
    assert camera(site)["refused_today"] == 4


def test_the_page_says_so_and_follows(fronted, chromium):  # noqa: F811
    fronted.read()
    fronted.published()
    page = chromium.new_page()
    page.goto(fronted.front("/cameras/1"))
    is_live(page)
    figure = page.locator("[data-live-region=figures] div", has_text="ถูกปฏิเสธวันนี้").locator("b")
    note = page.locator("[data-live-region=refusal]")
    expect(figure).to_have_text("0")
    expect(note).to_be_empty()
    fronted.post("/api/records", WRONG)
    expect(figure).to_have_text("1", timeout=PATIENCE_MS)
    expect(note).to_contain_text("ขาดข้อมูลที่ต้องมี (plate_number)", use_inner_text=True)
    page.click("#language")
    expect(note).to_contain_text("Last refusal: missing (plate_number)", use_inner_text=True)
    page.goto(fronted.front("/cameras"))
    expect(page.locator("main .card")).to_contain_text("refused today")
    page.close()
