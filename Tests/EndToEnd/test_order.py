"""Written, then synced, then acknowledged: the calls themselves, as a kill -9 loses nothing that only the disk's sync
keeps."""

import base64
import json

import pytest
from websockets.sync.client import connect

from conftest import Site, png
from faults import Faults, build


@pytest.fixture
def traced(tmp_path):
    faults = Faults(build(tmp_path), tmp_path)
    site = Site(tmp_path, **faults.settings).start()
    site.published()
    yield site, faults
    site.stop()


def expect_order(entries, event, picture, is_answer):
    """The last of a read's bytes before its answer are synced before it."""
    answer = next(place for place, entry in enumerate(entries) if entry.word == "send" and is_answer(entry.data))
    before = entries[:answer]

    def last(wanted, what):
        places = [place for place, entry in enumerate(before) if wanted(entry)]
        assert places, f"{what} of {event} is not before its answer"
        return places[-1]

    def synced(after, is_file, words, what):
        begins = [p for p in range(after, answer) if before[p].word in [f"{w}-begins" for w in words] and is_file(before[p])]
        ends = [p for p in range(after, answer) if before[p].word in words and is_file(before[p])]
        assert begins and ends and ends[-1] > begins[0], f"{what} of {event} is not synced before its answer"
        return next(place for place in ends if place > begins[0])

    row = last(lambda e: e.word == "write" and e.path.endswith("-wal") and event.encode() in e.data, "the WAL")
    synced(row, lambda e: e.path.endswith("-wal"), ["fdatasync", "fsync"], "the WAL")
    if picture:
        whole = last(lambda e: e.word == "write" and "/images/" in e.path and e.data == picture, "the picture")
        path = before[whole].path
        done = synced(
            whole, lambda e: e.path == path or (e.word.startswith("syncfs") and e.path.endswith("/images")),
            ["fsync", "syncfs"], "the picture",
        )
        if before[done].word == "fsync":
            folder = path.rsplit("/", 1)[0]
            done = synced(whole, lambda e: e.path == folder, ["fsync"], "the picture's folder")
        assert done < row, f"the row of {event} is written before its picture is on disk"


def body_of(number, protocol, with_picture):
    event = f"{protocol} read no. {number:04}"
    picture = png(number) if with_picture else None
    body = {"camera_id": "CAM1", "plate_number": f"กข {number}", "event_id": event}
    if picture:
        body["image_data"] = base64.b64encode(picture).decode()
    return event, picture, body


@pytest.mark.parametrize("with_picture", [False, True])
def test_http_answers_after_the_sync(traced, with_picture):
    site, faults = traced
    reads = []
    with faults.traced():
        for number in range(12):
            event, picture, body = body_of(number, "HTTP", with_picture)
            reads.append((event, picture, site.read(**{**body, "plate": body.pop("plate_number")})))
    entries = faults.entries()
    for event, picture, identity in reads:
        expect_order(entries, event, picture, lambda data: b" 201 " in data and f'"id":{identity},'.encode() in data)


@pytest.mark.parametrize("with_picture", [False, True])
def test_a_socket_answers_after_the_sync(traced, with_picture):
    site, faults = traced
    reads = []
    with faults.traced(), connect(f"ws://127.0.0.1:{site.gateway}/ws") as socket:
        for number in range(12):
            event, picture, body = body_of(number, "WebSocket", with_picture)
            socket.send(json.dumps({"event": "lpr_data", "data": body}))
            answer = json.loads(socket.recv(timeout=30))
            assert event in json.dumps(answer), answer
            reads.append((event, picture))
    entries = faults.entries()
    for event, picture in reads:
        expect_order(entries, event, picture, lambda data: event.encode() in data and b"record_id" in data)
