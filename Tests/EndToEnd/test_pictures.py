"""Several pictures of a read, and pictures that arrive later: kept like the read itself, told to those who follow."""

import base64
import json
import threading

import pytest
import requests

from conftest import png, wait_until

READ = {"camera_id": "CAM001", "plate_number": "กข 1234"}


def put(site, identity, kind, picture, **rest):
    return requests.put(site.url(f"/api/records/{identity}/pictures/{kind}"), data=picture, timeout=30, **rest)


def pictures(site, identity):
    record = site.record(identity)
    return {picture["kind"]: site.get("/" + picture["image_path"]).content for picture in record.get("pictures", [])}


def files(site):
    return sorted(path.read_bytes() for path in site.images.glob("2*/**/*.png"))


def test_all_pictures_of_a_read_are_kept_and_go_with_it(site):
    body = {**READ, "event_id": "1", "image_data": base64.b64encode(png(1)).decode(), "plate_image": base64.b64encode(png(2)).decode()}
    first = site.post("/api/records", body).json()
    assert first["message"] == "Record created successfully" and "warnings" not in first
    form = site.post("/api/records", None, data={**READ, "event_id": "2"}, files={
        "image": ("a.png", png(3)), "plate_image": ("b.png", png(4)), "vehicle_image": ("c.png", png(5)),
    }).json()
    assert "warnings" not in form
    assert pictures(site, first["id"]) == {"image": png(1), "plate": png(2)}
    assert pictures(site, form["id"]) == {"image": png(3), "plate": png(4), "vehicle": png(5)}
    assert site.get("/" + site.record(form["id"])["image_path"]).content == png(3)
    assert site.post("/api/records", body).json()["duplicate"] is True
    for identity in (first["id"], form["id"]):
        assert requests.delete(site.url(f"/api/records/{identity}"), timeout=30).status_code == 200
    wait_until(lambda: files(site) == [], "the pictures are removed")


def test_pictures_over_a_socket(site):
    from test_gateway import Camera

    with Camera(site) as camera:
        told = camera.client.call("lpr_data", {**READ, "image_data": png(1), "plate_image": png(2)}, timeout=30)
    assert told["status"] == "success" and pictures(site, told["record_id"]) == {"image": png(1), "plate": png(2)}


def test_a_detections_first_read_has_the_scene_too(site):
    def coded(seed):
        return base64.b64encode(png(seed)).decode()

    told = site.post("/api/detection", {
        "type": "detection_result", "camera_id": "C", "ocr_results": ["1กก 1", "2กก 2"],
        "cropped_plates": [coded(1), coded(2)], "annotated_image": coded(3),
    }).json()
    first, second = told["record_ids"]
    assert pictures(site, first) == {"plate": png(1), "scene": png(3)} and pictures(site, second) == {}
    assert [site.get("/" + site.record(record)["image_path"]).content for record in (first, second)] == [png(1), png(2)]


def test_a_picture_may_arrive_later(site):
    identity = site.read(event_id="e/1 ก")
    answer = put(site, identity, "image", png(1), headers={"Content-Type": "image/png"})
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"id": identity, "kind": "image", "message": "Picture stored"}
    again = put(site, identity, "image", png(1))
    assert again.status_code == 200 and again.json()["duplicate"] is True
    other = put(site, identity, "image", png(2))
    assert other.status_code == 409 and other.json()["code"] == "picture_exists"
    assert site.get("/" + site.record(identity)["image_path"]).content == png(1)
    assert "pictures" not in site.record(identity)

    query = {"camera_id": "CAM001", "event_id": "e/1 ก", "kind": "plate"}
    later = requests.post(site.url("/api/pictures"), params=query, data=png(3), timeout=30)
    assert later.status_code == 201 and later.json()["id"] == identity, later.text
    assert pictures(site, identity) == {"image": png(1), "plate": png(3)}
    assert files(site) == sorted([png(1), png(3)])


@pytest.mark.parametrize("path, body, status, code", [
    ("/api/records/99/pictures/plate", png(1), 404, "not_found"), ("/api/records/x/pictures/plate", png(1), 404, "not_found"),
    ("/api/records/1/pictures/nose", png(1), 400, "unknown_choice"), ("/api/records/1/pictures/plate", b"", 400, "required"),
    ("/api/records/1/pictures/plate", b"no picture", 400, "not_an_image"),
    ("/api/records/1/pictures/plate", bytes(2048), 413, "too_large"),
])
def test_what_is_no_later_picture_is_refused(make_site, path, body, status, code):
    site = make_site(MAX_IMAGE_SIZE="1KiB").start()
    assert site.read() == 1
    answer = requests.put(site.url(path), data=body, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert files(site) == []


def test_a_picture_of_no_known_event_is_refused(site):
    for query in ({}, {"camera_id": "CAM001"}, {"camera_id": "CAM001", "event_id": "none"}, {"camera_id": "X", "event_id": "1"}):
        answer = requests.post(site.url("/api/pictures"), params=query, data=png(1), timeout=30)
        assert answer.status_code in (400, 404), answer.text


def test_pages_and_followers_show_it(site):
    identity = site.read(timestamp="2026-01-31T08:15:00Z")
    site.published()
    page = site.public / "records.html"
    assert "images/" not in page.read_text()
    with requests.get(site.url("/events?types=stats"), stream=True, timeout=30) as stream:
        assert put(site, identity, "plate", png(1)).status_code == 201
        data = next(line for line in stream.iter_lines(chunk_size=1) if line.startswith(b"data: ") and b"picture_added" in line)
    told = json.loads(data.removeprefix(b"data: "))
    path = site.record(identity)["image_path"]
    assert told == {
        "reason": "picture_added", "days": ["2026-01-31"], "record_ids": [identity], "camera_ids": ["CAM001"], "plate_ids": [1],
        "kind": "plate", "image_path": path, "is_main": True,
    }
    wait_until(lambda: path in page.read_text(), "the list shows the picture")
    wait_until(lambda: any(path in file.read_text() for file in site.public.glob("archive/**/1.html")), "the archive shows it")


def test_later_pictures_survive_kill_9(make_site):
    """What was acknowledged is there; sent again, everything is there once and no file without a record."""
    site = make_site().start()
    ids = [site.read(f"กข {number}", event_id=str(number)) for number in range(40)]
    sent = [(identity, kind, png(identity * 10 + place)) for identity in ids for place, kind in enumerate(("image", "plate", "scene"))]
    acknowledged = []
    stopped = threading.Event()

    def send(part):
        for one in part:
            if stopped.is_set():
                return
            try:
                if put(site, *one).status_code == 201:
                    acknowledged.append(one)
            except requests.RequestException:
                return

    threads = [threading.Thread(target=send, args=(sent[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(acknowledged) >= 30, "thirty pictures are acknowledged")
    site.kill()
    stopped.set()
    for thread in threads:
        thread.join()
    site.start()
    for identity, kind, picture in acknowledged:
        record = site.record(identity)
        path = record["image_path"] if kind == "image" or "pictures" not in record else \
            next(one["image_path"] for one in record["pictures"] if one["kind"] == kind)
        assert site.get("/" + path).content == picture
    for one in sent:
        assert put(site, *one).status_code in ((200,) if one in acknowledged else (200, 201))
        assert put(site, *one).status_code == 200
    assert files(site) == sorted(picture for _, _, picture in sent)
