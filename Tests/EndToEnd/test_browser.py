"""The site in a real browser (Debian's Chromium)."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from test_site import fill

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium",
            # The pages' first language is the browser's.
            args=["--accept-lang=th", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        yield browser
        browser.close()


class Watched:
    """A page, and everything that went wrong in it."""

    def __init__(self, browser, site, **options):
        self.page = browser.new_page(**options)
        self.page.set_default_timeout(PATIENCE_MS)
        self.errors = []
        self.foreign = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: None if request.url.startswith((site.front("/"), "data:")) else self.foreign.append(request.url))


def test_a_read_appears_in_the_open_dashboard(fronted, chromium):
    watched = Watched(chromium, fronted)
    watched.page.goto(fronted.front("/dashboard"))
    expect(watched.page.locator("#live")).to_have_attribute("data-state", "on", timeout=PATIENCE_MS)
    fronted.post("/api/blacklist", {"license_plate_text": "ฮฮ 99", "reason": "stolen"})
    fronted.read("ฮฮ 99")
    expect(watched.page.locator("tr", has_text="ฮฮ 99")).to_be_visible(timeout=PATIENCE_MS)
    expect(watched.page.locator("#alerts .alert", has_text="ฮฮ 99")).to_be_visible(timeout=PATIENCE_MS)
    # The charts, which the generator draws, follow with the next generation of pages.
    expect(watched.page.locator(".chart.rows", has_text="CAM001")).to_be_visible(timeout=PATIENCE_MS)
    assert watched.errors == [] and watched.foreign == []


def test_the_blacklist_is_kept_by_hand(fronted, chromium):
    fill(fronted)
    watched = Watched(chromium, fronted)
    watched.page.on("dialog", lambda dialog: dialog.accept())
    watched.page.goto(fronted.front("/blacklist"))
    watched.page.fill("[name=license_plate_text]", "AB 12")
    watched.page.fill("[name=reason]", "test")
    watched.page.press("[name=reason]", "Enter")
    row = watched.page.locator("tr", has_text="AB 12")
    expect(row).to_be_visible(timeout=PATIENCE_MS)
    row.locator("button").click()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    assert watched.errors == [] and watched.foreign == []


def test_filters_and_pictures(fronted, chromium):
    fill(fronted)
    watched = Watched(chromium, fronted)
    page = watched.page
    page.goto(fronted.front("/records"))
    page.fill("[name=plate_number]", "กข1234")
    page.press("[name=plate_number]", "Enter")
    expect(page.locator("[data-rows] tr")).to_have_count(1, timeout=PATIENCE_MS)
    assert "plate_number" in page.url
    page.reload()
    expect(page.locator("[data-rows] tr")).to_have_count(1, timeout=PATIENCE_MS)
    page.click("a.picture")
    expect(page.locator("#picture")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function("document.querySelector('#picture img').naturalWidth === 16")
    fronted.kill()
    page.goto(fronted.front("/records?plate_number=1234"))
    expect(page.locator("#outcome")).to_contain_text("ไม่ตอบ", timeout=PATIENCE_MS)
    expect(page.locator("[data-rows] tr")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("#live")).to_have_attribute("data-state", "off", timeout=PATIENCE_MS)


@pytest.mark.parametrize("path", ["/", "/dashboard", "/records", "/alerts", "/blacklist", "/cameras", "/cameras/1", "/health", "/archive", "/archive/2026", "/archive/2026/01", "/archive/2026/01/31", "/archive/2026/01/31/1"])
def test_pages_fit_a_phone_in_both_languages(fronted, chromium, path):
    fill(fronted)
    watched = Watched(chromium, fronted, viewport={"width": 360, "height": 740})
    watched.page.goto(fronted.front(path))
    for _ in range(2):
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360
        watched.page.click("#language")
    assert watched.errors == [] and watched.foreign == []


def test_pages_are_read_without_javascript_and_without_a_server(fronted, chromium):
    fill(fronted)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for url in (fronted.front("/records"), (fronted.public / "records.html").as_uri()):
        page.goto(url)
        expect(page.locator("[data-rows] tr").first).to_be_visible()
        expect(page.locator("#filters")).to_be_hidden()
        page.click("nav >> text=คลังข้อมูล")
        page.click("text=2026-01-31")
        page.click("a[href$='2.html'] >> nth=0")
        expect(page.locator("tr", has_text="คง 129")).to_be_visible()
    context.close()


def test_the_keyboard_reaches_the_filters(fronted, chromium):
    watched = Watched(chromium, fronted)
    watched.page.goto(fronted.front("/records"))
    for _ in range(30):
        watched.page.keyboard.press("Tab")
        if watched.page.evaluate("document.activeElement.name") == "plate_number":
            return
    raise AssertionError("the filters cannot be reached by keyboard")
