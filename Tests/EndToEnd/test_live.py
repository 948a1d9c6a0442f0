"""Open pages follow the service: after an interruption, in many tabs, on the site's clock, in every part."""

import base64
import contextlib
import os
import pathlib
import shutil
import signal

import pytest
import requests
from playwright.sync_api import expect

from conftest import png, wait_until
from test_browser import PATIENCE_MS, chromium  # noqa: F401 (a fixture)
from test_site import fill

PAGES = ["/", "/dashboard", "/records", "/alerts", "/blacklist", "/cameras", "/cameras/1", "/health", "/archive", "/archive/2026", "/archive/2026/01", "/archive/2026/01/31", "/archive/2026/01/31/1"]


def is_live(page):
    expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=PATIENCE_MS)


SHOWN = "document.querySelector('#main').innerText + document.title.replace(/^\\(\\d+\\) /, '')"


def shown(page):
    """What a reader sees, but for the count of alerts; plates are marked as new for a moment, which has no text."""
    return page.evaluate(SHOWN)


def test_a_page_is_live_again_after_the_service_was_away(fronted, chromium):  # noqa: F811
    fronted.post("/api/blacklist", {"license_plate_text": "ฮฮ 99", "reason": "stolen"})
    page = chromium.new_page()
    answers = []
    page.on("response", lambda answer: "/events" in answer.url and answers.append(answer.status))
    page.goto(fronted.front("/dashboard"))
    is_live(page)
    fronted.kill()
    expect(page.locator("#live")).to_have_attribute("data-state", "off", timeout=PATIENCE_MS)
    expect(page.locator("#live")).to_contain_text("ไม่เรียลไทม์ตั้งแต่")
    wait_until(lambda: page.wait_for_timeout(100) or 503 in answers, "nginx's 503")
    expect(page.locator("#stale")).to_be_visible(timeout=PATIENCE_MS)
    fronted.start()
    # An alert of the time in which the page was not live.
    fronted.read("ฮฮ 99")
    page.click("#retry")
    is_live(page)
    expect(page.locator("#stale")).to_be_hidden()
    expect(page.locator("#alerts", has_text="ฮฮ 99")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("main tr", has_text="ฮฮ 99")).to_be_visible(timeout=PATIENCE_MS)
    fronted.kill()
    expect(page.locator("#live")).to_have_attribute("data-state", "off", timeout=PATIENCE_MS)
    fronted.start()
    # By itself, too.
    is_live(page)


def test_a_service_that_hangs_is_not_live(fronted, chromium):  # noqa: F811
    """A stream that is open and silent says nothing: the page asks whether the service answers."""
    page = chromium.new_page()
    page.goto(fronted.front("/dashboard"))
    is_live(page)
    os.kill(fronted.process.pid, signal.SIGSTOP)
    try:
        expect(page.locator("#live")).to_have_attribute("data-state", "off", timeout=60_000)
    finally:
        os.kill(fronted.process.pid, signal.SIGCONT)
    expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=60_000)


def test_every_page_says_that_reads_are_refused(make_site, chromium):  # noqa: F811
    site = make_site(DISK_FREE_MIN="1024GiB")
    site.is_ready = lambda: site.is_open(site.port)
    site.start().start_nginx()
    wait_until(lambda: (site.public / "records.html").exists(), "the pages")
    page = chromium.new_page()
    for path in ("/dashboard", "/records"):
        page.goto(site.front(path))
        expect(page.locator("#refusing")).to_be_visible(timeout=60_000)


def test_a_selection_holds_its_region_only(fronted, chromium):  # noqa: F811
    fronted.read("กข 1")
    page = chromium.new_page()
    page.goto(fronted.front("/dashboard"))
    is_live(page)
    page.locator("main .plate", has_text="กข 1").dblclick()
    fronted.read("กข 2")
    figure = page.locator(".figures b").nth(1)
    expect(figure).to_have_text("2", timeout=PATIENCE_MS)
    expect(page.locator("[data-live=reads]")).to_have_attribute("data-held", "", timeout=PATIENCE_MS)
    assert page.evaluate("getSelection().toString().length") > 0
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator("main .plate", has_text="กข 2")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-held]")).to_have_count(0)


@pytest.mark.parametrize("address", ["front", "url"])
def test_eight_tabs_are_live_with_one_stream(fronted, chromium, address):  # noqa: F811
    at = getattr(fronted, address)
    fill(fronted)
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    streams = []
    context.on("request", lambda request: "/events" in request.url and streams.append(request.url))
    pages = []
    for _ in range(8):
        pages.append(context.new_page())
        pages[-1].goto(at("/dashboard"))
        is_live(pages[-1])
    assert len(streams) == 1
    fronted.read("ทท 8888")
    for page in pages:
        expect(page.locator("main tr", has_text="ทท 8888")).to_be_visible(timeout=PATIENCE_MS)
    # The tab that had the stream goes; another one takes it over.
    pages.pop(0).close()
    fronted.read("ทท 9999")
    for page in pages:
        expect(page.locator("main tr", has_text="ทท 9999")).to_be_visible(timeout=PATIENCE_MS)
    context.close()


def test_a_hidden_tab_gives_its_stream_up(fronted, chromium):  # noqa: F811
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    first, second = context.new_page(), context.new_page()

    def turn(state):
        first.evaluate("state => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) }", state)

    def listeners():
        services = fronted.post("/health/check").json()["data"]["components"]["services"]["details"]
        return services["events"]["listeners"]

    first.clock.install()
    first.goto(fronted.front("/dashboard"))
    is_live(first)
    turn("hidden")
    first.clock.fast_forward(31_000)
    wait_until(lambda: first.wait_for_timeout(50) or listeners() == 0, "the stream to be closed")
    second.goto(fronted.front("/dashboard"))
    is_live(second)
    assert listeners() == 1
    fronted.read("ทท 7777")
    expect(second.locator("main tr", has_text="ทท 7777")).to_be_visible(timeout=PATIENCE_MS)
    turn("visible")
    first.clock.resume()
    is_live(first)
    expect(first.locator("main tr", has_text="ทท 7777")).to_be_visible(timeout=PATIENCE_MS)
    assert listeners() == 1
    context.close()


def test_a_browser_without_locks_is_live(fronted, chromium):  # noqa: F811
    page = chromium.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined }); delete window.BroadcastChannel")
    page.goto(fronted.front("/dashboard"))
    is_live(page)


def test_a_browser_in_another_zone_shows_the_sites_time(fronted, chromium):  # noqa: F811
    fronted.post("/api/blacklist", {"license_plate_text": "ฮฮ 99", "reason": "stolen"})
    context = chromium.new_context(timezone_id="America/New_York")
    page = context.new_page()
    page.goto(fronted.front("/dashboard"))
    is_live(page)
    expect(page.locator("main")).to_contain_text("Asia/Bangkok (UTC+7)")
    fronted.read("ฮฮ 99", timestamp="2026-01-31T23:30:00Z")
    expect(page.locator("#alerts", has_text="2026-02-01 06:30:00")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("main td.time", has_text="2026-02-01 06:30:00").first).to_be_visible(timeout=PATIENCE_MS)
    fronted.published()
    page.goto(fronted.front("/records?date_from=2026-02-01&date_to=2026-02-01"))
    expect(page.locator("[data-rows] tr")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("[data-rows] td.time")).to_have_text("2026-02-01 06:30:00")
    lines = requests.get(fronted.front("/api/records?format=csv"), timeout=60).content.decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[1:3] == ["timestamp", "local_time"]
    assert lines[1].split(",")[1:3] == ["2026-01-31T23:30:00.000Z", "2026-02-01 06:30:00"]
    context.close()


def test_open_pages_show_what_a_fresh_load_shows(fronted, chromium):  # noqa: F811
    fill(fronted)
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    pages = {}
    for path in PAGES:
        pages[path] = context.new_page()
        pages[path].goto(fronted.front(path))
        is_live(pages[path])
    before = {path: shown(page) for path, page in pages.items()}
    # Something for every page: reads of today and of January, an alert, entries, a new camera, a report, a check.
    fronted.read("มม 1", camera_id="CAM0", image_data=base64.b64encode(png(2)).decode())
    fronted.read("กข 1234", camera_id="NEW")
    for number in range(3):
        fronted.read(f"ยย {number}", camera_id="CAM1", timestamp="2026-01-31T09:15:00+07:00")
    fronted.post("/api/blacklist", {"license_plate_text": "ขข 77", "reason": "test", "expiry_date": "2099-01-01"})
    fronted.post("/api/health", {"type": "health_check", "camera_id": "CAM1", "component": "lens", "status": "warning", "message": "dirty"})
    fronted.post("/health/check")
    requests.delete(fronted.url("/api/records/3"), timeout=60)
    fronted.published()
    fresh = context.new_page()
    for path, page in pages.items():
        fresh.goto(fronted.front(path))
        is_live(fresh)
        expected = shown(fresh)
        assert expected != before[path], f"nothing happened on {path}"
        try:
            page.wait_for_function(f"text => {SHOWN} === text", arg=expected, timeout=20_000)
        except Exception:
            assert shown(page) == expected, path
    context.close()


def test_a_page_that_is_not_there_has_its_styles_and_links(fronted, chromium):  # noqa: F811
    page = chromium.new_page()
    failed = []
    page.on("response", lambda answer: answer.status >= 400 and failed.append(answer.url))
    for at in (fronted.front, fronted.url):
        page.goto(at("/nothing/here/at/all"))
        assert failed == [at("/nothing/here/at/all")]
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).position") == "sticky"
        page.click("nav a >> nth=1")
        expect(page.locator("#filters")).to_be_visible()
        failed.clear()


def test_nothing_is_behind_at_rest(fronted):
    fill(fronted)

    def publisher():
        check = fronted.post("/health/check").json()["data"]
        return check["components"]["services"]["details"]["publisher"]

    wait_until(lambda: publisher()["events_behind"] == 0 or None, "the pages to be up to date")


def test_the_blacklist_has_one_length(fronted):
    for number in range(3):
        fronted.post("/api/blacklist", {"license_plate_text": f"ขข {number}", "reason": "test"})
    listed = fronted.get("/api/blacklist").json()["blacklist"]
    requests.delete(fronted.url(f"/api/blacklist/{listed[0]['id']}"), timeout=60)
    check = fronted.post("/health/check").json()["data"]["components"]["database"]["details"]
    statistics = fronted.get("/api/blacklist/statistics").json()
    fronted.published()
    page = requests.get(fronted.front("/blacklist"), timeout=60).text
    assert check["blacklist_entries"] == statistics["total_blacklist_entries"] == 2
    assert fronted.get("/health/database/stats").json()["data"]["blacklist_entries"] == 2
    assert "<small>2</small>" in page


def test_a_full_disk_is_told_at_once(make_site):
    site = make_site(DISK_FREE_MIN="1024GiB")
    site.is_ready = lambda: site.is_open(site.port)
    site.start()
    try:
        ready = site.get("/readyz")
        assert ready.status_code == 503 and ready.json()["code"] == "disk_full"
        disk = site.get("/health/status").json()["components"]["disk_space"]
        assert disk["status"] == "FAIL" and "refused" in disk["message"]
    finally:
        site.stop()


def test_a_full_disk_of_the_database_refuses_reads(make_site):
    """Pictures may lie on another file system than the database."""
    folder = pathlib.Path("/dev/shm") / f"lprserver-{os.getpid()}"
    with contextlib.suppress(OSError):
        folder.mkdir()
    if not os.access(folder, os.W_OK):
        pytest.skip("this machine has no second file system")
    try:
        site = make_site(DATABASE_URL=f"sqlite:///{folder}/test.db")
        free = [shutil.disk_usage(path).free for path in (folder, site.folder)]
        if free[0] >= free[1]:
            pytest.skip("the second file system is not the fuller one")
        site.settings["DISK_FREE_MIN"] = str(sum(free) // 2)
        site.is_ready = lambda: site.is_open(site.port)
        site.start()
        answer = site.post("/api/records", {"camera_id": "CAM001", "plate_number": "กข 1"})
        assert answer.status_code == 503 and answer.json()["code"] == "disk_full"
        assert site.get("/readyz").status_code == 503
        site.stop()
    finally:
        shutil.rmtree(folder)


def test_what_a_person_does_outlives_a_refresh(fronted, chromium):  # noqa: F811
    fronted.post("/api/blacklist", {"license_plate_text": "ขข 1", "reason": "test"})
    fronted.published()
    page = chromium.new_page()
    page.goto(fronted.front("/blacklist"))
    is_live(page)
    page.focus("[data-remove]")
    page.fill("[name=reason]", "half a ")
    page.focus("[data-remove='1']")
    fronted.post("/api/blacklist", {"license_plate_text": "ขข 2", "reason": "test"})
    expect(page.locator("main tr", has_text="ขข 2")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("document.activeElement.dataset.remove") == "1"
    assert page.input_value("[name=reason]") == "half a "
    requests.delete(fronted.url("/api/blacklist/2"), timeout=60)
    expect(page.locator("main tr", has_text="ขข 2")).to_have_count(0, timeout=PATIENCE_MS)
    assert page.evaluate("document.activeElement.dataset.remove") == "1"
    # A text that is selected stays; what came meanwhile is shown when the selection ends.
    page.evaluate("getSelection().selectAllChildren(document.querySelector('main .plate'))")
    chosen = page.evaluate("getSelection().toString()")
    fronted.post("/api/blacklist", {"license_plate_text": "ขข 3", "reason": "test"})
    # The page knows that it is behind, and says so.
    expect(page.locator("[data-held]")).to_have_count(1, timeout=PATIENCE_MS)
    assert page.evaluate("getSelection().toString()") == chosen
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator("main tr", has_text="ขข 3")).to_be_visible(timeout=PATIENCE_MS)
