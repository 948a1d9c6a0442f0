"""Alerts say how sure they are and where, and stay on the screen until they are dismissed."""

import base64
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import expect

from conftest import png
from test_browser import PATIENCE_MS, Watched, chromium  # noqa: F401 (a fixture)
from test_gateway import Camera
from test_live import is_live


def list_plate(site, plate, reason="stolen"):
    answer = site.post("/api/blacklist", {"license_plate_text": plate, "reason": reason})
    assert answer.status_code == 201, answer.text


def test_events_say_how_sure_they_are_and_where(site):
    list_plate(site, "บม 4521 เชียงใหม่")
    with Camera(site) as watcher:
        watcher.client.call("join_dashboard", timeout=30)
        site.read("กข 1", camera_id="CAM001", location="ประตู 1")
        site.read("บม 4521", camera_id="CAM001")
        alert = watcher.wait_for("blacklist_alert")
    assert (alert["match"], alert["place"]) == ("possible", "ประตู 1")
    assert alert["lpr_record"]["plate_number"] == "บม 4521"
    assert alert["blacklist_entry"]["license_plate_text"] == alert["lpr_record"]["blacklist_plate"] == "บม 4521 เชียงใหม่"
    site.read("บม 4521 เชียงใหม่", camera_id="CAM002", location="ประตู 2")
    records = site.get("/api/records").json()["records"]
    assert [(record["blacklist_match"], record["blacklist_plate"]) for record in records[:2]] == [
        ("certain", "บม 4521 เชียงใหม่"), ("possible", "บม 4521 เชียงใหม่")]


@pytest.fixture
def console(fronted, chromium):  # noqa: F811
    for plate in ["ฮฮ 1", "ฮฮ 2", "ฮฮ 3", "ฮฮ 4", "บม 4521 เชียงใหม่"]:
        list_plate(fronted, plate)
    watched = Watched(chromium, fronted)
    watched.page.goto(fronted.front("/dashboard"))
    is_live(watched.page)
    yield watched
    assert watched.errors == [] and watched.foreign == []


def cards(page):
    return page.locator("#alerts .alert")


def test_alerts_outlast_a_fourth_one_and_navigation(fronted, console):
    page = console.page
    expect(page.locator("#alerts")).to_be_hidden()
    for plate in ["ฮฮ 1", "ฮฮ 2", "ฮฮ 3", "ฮฮ 4", "ฮฮ 2"]:
        fronted.read(plate, location="ประตู 1")
    expect(cards(page)).to_have_count(4, timeout=PATIENCE_MS)
    expect(page.locator("nav .count")).to_have_text("5", timeout=PATIENCE_MS)
    # The car that passed twice is one entry, and the newest.
    expect(cards(page).first).to_contain_text("ฮฮ 2 ")
    expect(cards(page).first).to_contain_text("× 2")
    expect(cards(page).first).to_contain_text("ตรงกับบัญชีดำ")
    expect(cards(page).first).to_contain_text("ประตู 1 · CAM001")
    assert page.title().startswith("(5) ")
    page.click("nav a[href$='records.html']")
    expect(cards(page)).to_have_count(4)
    is_live(page)
    expect(page.locator("nav .count")).to_have_text("5")
    page.locator("#alerts li button").nth(1).click()
    expect(cards(page)).to_have_count(3)
    # The focus moves to the next one, not to the start of the page.
    assert page.evaluate("document.activeElement.closest('#alerts li') !== null")
    page.reload()
    expect(cards(page)).to_have_count(3)
    page.click("#fold")
    expect(cards(page).first).to_be_hidden()
    # A car that is new opens the tray again.
    fronted.read("บม 4521", location="ประตู 2")
    expect(cards(page).first).to_be_visible(timeout=PATIENCE_MS)
    page.click("#clear")
    expect(page.locator("#alerts")).to_be_hidden()
    assert not page.title().startswith("(")


def test_a_possible_match_and_a_late_one_are_told_as_such(fronted, console):
    page = console.page
    fronted.read("บม 4521", location="ประตู 2", image_data=base64.b64encode(png(5)).decode())
    seen = (datetime.now(timezone.utc) - timedelta(hours=3)).isoformat()
    fronted.read("ฮฮ 1", timestamp=seen)
    expect(cards(page)).to_have_count(2, timeout=PATIENCE_MS)
    late, possible = cards(page).nth(0), cards(page).nth(1)
    expect(late).to_contain_text("มาช้า")
    expect(possible).to_contain_text("อาจตรงกับ บม 4521 เชียงใหม่", use_inner_text=True)
    expect(possible.locator(".plate").first).to_have_text("บม 4521")
    assert "มาช้า" not in possible.inner_text() and "อาจ" not in late.inner_text()
    possible.locator("a.picture").click()
    expect(page.locator("#picture img")).to_be_visible()
    page.keyboard.press("Escape")
    # Pages that the generator made say the same.
    page.goto(fronted.front("/alerts"))
    row = page.locator("main tr", has_text="ฮฮ 1")
    expect(row).to_contain_text("มาช้า", timeout=PATIENCE_MS)
    expect(page.locator("main tr", has_text="บม 4521")).to_contain_text("อาจตรงกับ บม 4521 เชียงใหม่", use_inner_text=True)
    page.click("#language")
    expect(cards(page).nth(1)).to_contain_text("Possible match with บม 4521 เชียงใหม่", use_inner_text=True)


def test_neither_a_possible_match_nor_a_late_read_hides_a_certain_one(fronted, console):
    page = console.page
    fronted.read("บม 4521 เชียงใหม่", camera_id="CAM001")
    fronted.read("บม 4521", camera_id="CAM002")
    expect(cards(page)).to_have_count(2, timeout=PATIENCE_MS)
    certain = page.locator("#alerts .certain.alert")
    expect(certain).to_contain_text("CAM001")
    seen = (datetime.now(timezone.utc) - timedelta(hours=3)).isoformat()
    fronted.read("บม 4521 เชียงใหม่", camera_id="CAM009", timestamp=seen)
    expect(certain).to_contain_text("× 2", timeout=PATIENCE_MS)
    expect(certain).to_contain_text("CAM001")


def test_a_damaged_picture_is_marked(fronted, console):
    broken = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(20)
    page = console.page
    fronted.read("กข 77", image_data=base64.b64encode(broken).decode())
    row = page.locator("main tr", has_text="กข 77")
    expect(row).to_contain_text("ภาพไม่สมบูรณ์", timeout=PATIENCE_MS)
    page.goto(fronted.front("/records"))
    expect(row).to_contain_text("ภาพไม่สมบูรณ์", timeout=PATIENCE_MS)
