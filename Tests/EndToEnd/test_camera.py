"""`lprserver camera`: a simulated camera whose reads survive both ends of the line, and are kept once."""

import contextlib
import json
import subprocess
import time

import pytest

from conftest import BINARY, PATIENCE, png, wait_until

TRANSPORTS = ["http", "websocket", "socketio"]


class Camera:
    def __init__(self, folder, address, *arguments, transport="http"):
        self.folder = folder
        self.queue = folder / "queue"
        self.log = folder / "camera.log"
        self.command = [
            BINARY, "camera", "--server", address, "--transport", transport, "--queue", self.queue,
            "--camera-id", "CAM007", *map(str, arguments),
        ]

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        return self

    def run(self):
        return subprocess.run(self.command, capture_output=True, text=True, timeout=PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ended(self):
        assert self.process.wait(PATIENCE) == 0, self.log.read_text()

    def waiting(self):
        """The event ids in its queue; one that it removes meanwhile is not in it any more."""
        ids = []
        for path in sorted(self.queue.glob("*.json")):
            with contextlib.suppress(FileNotFoundError):
                ids.append(json.loads(path.read_text())["event_id"])
        return ids


def gateway(site):
    return f"http://127.0.0.1:{site.gateway}"


def kept(site):
    lines = site.get("/api/records?format=ndjson").text.splitlines()
    return [json.loads(line) for line in lines]


def assert_nothing_is_missing(event_ids):
    """Each start's reads are numbered from 1: what was made before the last that is known was kept too."""
    assert len(set(event_ids)) == len(event_ids), "a read is kept twice"
    runs = {}
    for event in event_ids:
        run, number = event.rsplit("-", 1)
        runs.setdefault(run, []).append(int(number))
    for numbers in runs.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), "a read is lost"
    return runs


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_reads_arrive_with_the_picture(site, tmp_path, transport):
    picture = tmp_path / "car.png"
    picture.write_bytes(png(7))
    camera = Camera(tmp_path, gateway(site), "--count", 5, "--rate", 200, "--plate", "กข 1234", "--picture", picture,
                    transport=transport)
    ended = camera.run()
    assert ended.returncode == 0 and "acknowledged 5" in ended.stderr, ended.stderr
    records = kept(site)
    assert {(each["camera_id"], each["plate_number"]) for each in records} == {("CAM007", "กข 1234")}
    assert all(site.get("/" + each["image_path"]).content == png(7) for each in records)
    assert_nothing_is_missing([each["event_id"] for each in records])
    assert len(records) == 5 and camera.waiting() == []
    cameras = site.get("/api/cameras").json()["cameras"]
    assert [each["camera_id"] for each in cameras] == ["CAM007"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_kill_9_of_the_server_loses_and_doubles_nothing(make_site, tmp_path, transport):
    site = make_site().start()
    camera = Camera(tmp_path, gateway(site), "--count", 400, "--rate", 200, transport=transport).start()
    for wanted in (60, 180):
        wait_until(lambda: site.total() >= wanted, "reads")
        site.kill()
        wait_until(lambda: len(camera.waiting()) >= 20, "reads that wait")
        site.start()
    camera.ended()
    assert len(assert_nothing_is_missing([each["event_id"] for each in kept(site)])) == 1
    assert site.total() == 400 and camera.waiting() == []


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_kill_9_of_the_camera_keeps_its_queue(make_site, tmp_path, transport):
    site = make_site().start()
    camera = Camera(tmp_path, gateway(site), "--rate", 200, "--no-picture", transport=transport)
    seen = set()
    for wanted in (50, 150):
        camera.start()
        wait_until(lambda: site.total() >= wanted, "reads")
        site.kill()
        wait_until(lambda: len(camera.waiting()) >= 20, "reads that wait")
        camera.kill()
        waiting = camera.waiting()
        assert len(waiting) >= 20
        site.start()
        seen |= set(waiting) | {each["event_id"] for each in kept(site)}
    ended = Camera(tmp_path, gateway(site), "--count", 0, transport=transport).run()
    assert ended.returncode == 0, ended.stderr
    events = [each["event_id"] for each in kept(site)]
    assert set(events) == seen and camera.waiting() == []
    assert len(assert_nothing_is_missing(events)) == 2


def test_reads_wait_for_a_server_that_is_not_there_yet(make_site, tmp_path):
    site = make_site()
    camera = Camera(tmp_path, gateway(site), "--count", 30, "--rate", 500).start()
    wait_until(lambda: len(camera.waiting()) == 30, "a full queue")
    first = min(path.stat().st_mtime for path in camera.queue.glob("*.json"))
    site.start()
    camera.ended()
    assert "next try in" in camera.log.read_text()
    assert site.total() == 30
    # They say when they were made, not when they arrived.
    assert all(each["timestamp"] < site.record(each["id"])["created_at"] for each in kept(site))
    assert first <= time.time()


def test_a_read_that_is_never_taken_is_put_aside(site, tmp_path):
    camera = Camera(tmp_path, gateway(site), "--count", 3, "--rate", 100, "--plate", "<script>")
    ended = camera.run()
    assert ended.returncode != 0 and "plate_number" in ended.stderr and "refused" in ended.stderr
    assert len(list((camera.queue / "refused").glob("*.json"))) == 3
    assert camera.waiting() == [] and site.total() == 0


def test_a_camera_that_is_not_admitted_keeps_its_reads(make_site, tmp_path, own_address):
    site = make_site(CAMERA_LISTEN_ADDRESS="0.0.0.0", CAMERA_NETWORKS="10.99.0.0/16").start()
    outside = f"http://{own_address}:{site.gateway}"
    camera = Camera(tmp_path, outside, "--count", 2, "--rate", 100, "--no-picture").start()
    wait_until(lambda: "CAMERA_NETWORKS" in camera.log.read_text(), "the reason")
    wait_until(lambda: len(camera.waiting()) == 2, "reads that wait")
    camera.kill()
    assert site.total() == 0
    site.stop()
    site.settings["CAMERA_NETWORKS"] = f"{own_address}"
    site.start()
    ended = Camera(tmp_path, outside, "--count", 0).run()
    assert ended.returncode == 0 and site.total() == 2


def test_two_cameras_do_not_share_a_queue(make_site, tmp_path):
    first = Camera(tmp_path, gateway(make_site()), "--no-picture").start()
    wait_until(lambda: first.waiting(), "a read that waits")
    second = first.run()
    first.kill()
    assert second.returncode != 0 and "another camera" in second.stderr


@pytest.mark.parametrize("arguments, words", [
    (["--server", "https://example.net"], "TLS"),
    (["--server", "localhost:8765"], "--server"),
    (["--rate", "0"], "--rate"),
    (["--camera-id", "C" * 51], "camera_id"),
    (["--picture", "/nonexistent.jpg"], "/nonexistent.jpg"),
    (["--picture", __file__], "image"),
    (["--transport", "carrier-pigeon"], "carrier-pigeon"),
])
def test_a_wrong_argument_is_said(tmp_path, arguments, words):
    ended = subprocess.run([BINARY, "camera", "--queue", tmp_path / "q", "--count", "1", *arguments],
                           capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode != 0 and words in ended.stderr, ended.stderr
