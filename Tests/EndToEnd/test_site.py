"""The site through real nginx: pages, pictures, events, and what is left when the service is gone."""

import base64
import subprocess
import urllib.parse

import html5lib
import requests

from conftest import BINARY, png

PAGES = ["/", "/dashboard", "/records", "/alerts", "/blacklist", "/cameras", "/health", "/archive"]


def fill(site):
    site.post("/api/blacklist", {"license_plate_text": "กข 1234", "reason": "stolen <b>"})
    for number in range(130):
        site.read(f"คง {number}", camera_id=f"CAM{number % 3}", timestamp="2026-01-31T08:15:00+07:00")
    site.read("กข-๑๒๓๔", image_data=base64.b64encode(png(1)).decode())
    site.published()


def test_pages_are_whole_and_links_lead_somewhere(fronted):
    fill(fronted)
    seen = set()
    waiting = [fronted.front(path) for path in PAGES]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        answer = requests.get(url, timeout=60)
        assert answer.status_code == 200, url
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
        tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
        for element in tree.iter():
            link = element.get("href") or element.get("src")
            if not link or link.startswith(("#", "data:")):
                continue
            target = urllib.parse.urldefrag(urllib.parse.urljoin(answer.url, link))[0]
            assert target.startswith(fronted.front("/")), f"{url} asks another host: {link}"
            waiting.append(target)
    assert any("/archive/2026/01/31/2" in url for url in seen)


def test_headers_of_pages_and_pictures(fronted):
    fill(fronted)
    page = requests.get(fronted.front("/records"), timeout=60)
    assert page.headers["Cache-Control"] == "no-cache" and page.headers["Content-Encoding"] == "gzip"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    again = requests.get(fronted.front("/records"), headers={"If-None-Match": page.headers["ETag"]}, timeout=60)
    assert again.status_code == 304
    path = fronted.get("/api/blacklist/detections").json()["detections"][0]["image_path"]
    for url in (fronted.front("/" + path), fronted.url("/" + path)):
        picture = requests.get(url, timeout=60)
        assert picture.content == png(1) and picture.headers["Content-Type"] == "image/png"
        assert "immutable" in picture.headers["Cache-Control"]
        part = requests.get(url, headers={"Range": "bytes=1-3"}, timeout=60)
        assert part.status_code == 206 and part.content == b"PNG"
    slash = requests.get(fronted.front("/records/"), allow_redirects=False, timeout=60)
    assert slash.status_code == 308 and slash.headers["Location"].endswith("/records")
    for hidden in ("/.lock", "/README.md", "/data/.site.json.new"):
        assert requests.get(fronted.front(hidden), timeout=60).status_code == 404


def test_pages_outlive_the_service(fronted):
    fill(fronted)
    fronted.kill()
    for path in PAGES + ["/data/records.json"]:
        assert requests.get(fronted.front(path), timeout=60).status_code == 200
    away = requests.get(fronted.front("/api/records"), timeout=60)
    assert away.status_code == 503 and "script/server" in away.json()["error"]


def test_incremental_equals_full(fronted):
    fill(fronted)
    fronted.read("คง 7", timestamp="2026-01-31T07:00:00+07:00")
    requests.delete(fronted.url("/api/records/5"), timeout=60)
    fronted.published()
    fronted.stop()
    out = fronted.folder / "full"
    for _ in range(2):
        subprocess.run([BINARY, "generate", "--full", "--out", out], env=fronted.environment, check=True, timeout=120)
    # What was published step by step is brought to the same event, then compared byte for byte.
    subprocess.run([BINARY, "generate"], env=fronted.environment, check=True, timeout=120)

    def files(folder):
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}

    left, right = files(fronted.public), files(out)
    assert left.keys() == right.keys()
    assert [name for name in left if left[name] != right[name]] == []


def events(url, count, **rest):
    """The first events of a stream, as (id, type, data)."""
    import json

    found, current = [], {}
    with requests.get(url, stream=True, timeout=60, **rest) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        for line in answer.iter_lines(chunk_size=1, decode_unicode=False):
            text = line.decode()
            if text == "" and "data" in current:
                found.append((int(current["id"]), current["event"], json.loads(current["data"])))
                current = {}
                if len(found) == count:
                    return found
            elif ": " in text and not text.startswith(":"):
                name, value = text.split(": ", 1)
                current[name] = value
    return found


def test_events_resume_and_filter_through_nginx(fronted):
    fronted.post("/api/blacklist", {"license_plate_text": "กข 1234", "reason": "stolen"})
    identity = fronted.read("กข 1234")
    fronted.read("คง 1", camera_id="CAM002")
    for url in (fronted.url, fronted.front):
        reads = events(url("/events?types=read&last_event_id=0"), 2)
        assert [data["plate_number"] for _, _, data in reads] == ["กข 1234", "คง 1"]
        alert = events(url("/events?types=alert&last_event_id=0"), 1)[0]
        assert alert[2]["lpr_record"]["id"] == identity and alert[2]["blacklist_entry"]["reason"] == "stolen"
        rest = events(url("/events?types=read"), 1, headers={"Last-Event-ID": str(reads[0][0])})
        assert rest[0][0] == reads[1][0]
        mine = events(url("/events?types=read&camera_id=CAM002&last_event_id=0"), 1)
        assert mine[0][2]["camera_id"] == "CAM002"
    assert requests.get(fronted.url("/events?types=nothing"), timeout=60).status_code == 400


def test_a_read_is_told_to_who_listens(fronted):
    import threading

    for url in (fronted.url, fronted.front):
        received = []
        begun = threading.Event()

        def listen():
            with requests.get(url("/events?types=read"), stream=True, timeout=60) as answer:
                begun.set()
                for line in answer.iter_lines(chunk_size=1):
                    if line.startswith(b"data"):
                        received.append(line.decode())
                        return

        thread = threading.Thread(target=listen)
        thread.start()
        begun.wait(60)
        fronted.read("ฮฮ 99")
        thread.join(60)
        assert "ฮฮ 99" in received[0]


def test_only_this_machine_is_admitted(fronted):
    fill(fronted)
    for path in ("/api/records", "/records", "/images/x.png", "/events", "/healthz", "/api/openapi.json"):
        for headers in ({"X-Real-IP": "10.0.0.5"}, {"X-Forwarded-For": "127.0.0.1, 10.0.0.5"}, {"X-Real-IP": "nonsense"}):
            answer = fronted.get(path, headers=headers)
            assert answer.status_code == 401 and answer.json()["error"], path
    for url in (fronted.url("/records"), fronted.front("/records"), fronted.front("/api/records")):
        rebound = requests.get(url, headers={"Host": "evil.example"}, timeout=60)
        assert rebound.status_code == 421 and rebound.json()["error"]
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        for url in (fronted.url, fronted.front):
            answer = requests.post(url("/api/blacklist"), json={"license_plate_text": "A1", "reason": "x"}, headers=headers, timeout=60)
            assert answer.status_code == 403, answer.text
    own = requests.post(fronted.front("/api/blacklist"), json={"license_plate_text": "A1", "reason": "x"}, headers={"Origin": fronted.front("")}, timeout=60)
    assert own.status_code == 201


def test_listening_beyond_loopback_is_refused(make_site):
    site = make_site(LISTEN_ADDRESS="0.0.0.0")
    refused = subprocess.run([BINARY, "serve"], env=site.environment, capture_output=True, text=True, timeout=60)
    assert refused.returncode != 0 and "127.0.0.1" in refused.stderr
    assert not (site.folder / "test.db").exists()


def test_the_blacklist_holds_on_the_very_next_read(site):
    spellings = ["กข 1234", "กข-1234", "กข๑๒๓๔", "กข1234 กรุงเทพมหานคร"]
    entry = site.post("/api/blacklist", {"license_plate_text": "กข1234", "reason": "stolen"}).json()["blacklist_id"]
    assert all(site.record(site.read(plate))["is_blacklisted"] for plate in spellings)
    requests.delete(site.url(f"/api/blacklist/{entry}?removed_by=malee"), timeout=60)
    assert not any(site.record(site.read(plate))["is_blacklisted"] for plate in spellings)
    site.post("/api/blacklist", {"license_plate_text": "กข1234 เชียงใหม่", "reason": "wanted"})
    assert site.record(site.read("กข 1234 เชียงใหม่"))["blacklist_match"] == "certain"
    assert site.record(site.read("กข 1234"))["blacklist_match"] == "possible"
    assert site.record(site.read("กข 1234 ตาก"))["blacklist_match"] is None
    site.post("/api/blacklist", {"license_plate_text": "AB1", "reason": "x", "expiry_date": "2020-01-01"})
    assert not site.record(site.read("AB 1"))["is_blacklisted"]
