"""The records page's filters, the forms' messages, and the reader's language."""

import re

import pytest
import requests
from playwright.sync_api import expect

from test_browser import PATIENCE_MS, Watched, chromium  # noqa: F401 (a fixture)
from test_live import is_live
from test_site import fill

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""

# Resolves when what was changed until now is on the screen.
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_a_filtered_address_never_shows_unfiltered_rows(fronted, chromium):  # noqa: F811
    fill(fronted)
    page = chromium.new_page()
    page.add_init_script(SHIFTS)
    held = []
    page.route("**/api/records*", lambda route: held.append(route))
    page.goto(fronted.front("/records?plate_number=กข1234"))
    page.wait_for_function("() => document.readyState === 'complete'")
    page.evaluate(PAINTED)
    assert len(held) == 1
    assert page.locator("[data-rows] tr").count() > 1
    assert page.locator("[data-rows] tr:visible").count() == 0
    held[0].continue_()
    expect(page.locator("[data-rows] tr:visible")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("#filters")).to_be_visible()
    page.evaluate(PAINTED)
    assert page.evaluate("window.shifts") < 0.05


@pytest.mark.parametrize("path", ["/records", "/blacklist", "/health", "/dashboard"])
def test_pages_do_not_jump_when_their_scripts_run(fronted, chromium, path):  # noqa: F811
    fill(fronted)
    fronted.post("/health/check")
    fronted.published()
    page = chromium.new_page()
    page.add_init_script(SHIFTS)
    page.goto(fronted.front(path))
    is_live(page)
    assert page.evaluate("window.shifts") < 0.05


@pytest.mark.parametrize("query, field, thai, english", [
    ("date_from=2026-02-02&date_to=2026-02-01", "date_to", "วันสิ้นสุดต้องไม่มาก่อนวันเริ่มต้น", "The last day must not be before the first."),
    ("min_confidence=abc", "min_confidence", "ต้องเป็นตัวเลข", "Must be a number."),
    ("plate_number=--", "plate_number", "ต้องมีตัวอักษรหรือตัวเลข", "Needs at least one letter or digit."),
    ("match=like", "match", "ไม่มีตัวเลือกนี้", "There is no such choice."),
    ("camera=CAM001", None, "ไม่รู้จักตัวกรองนี้: camera", "Unknown filter: camera"),
])
def test_an_invalid_filter_empties_the_table_and_says_why(fronted, chromium, query, field, thai, english):  # noqa: F811
    fill(fronted)
    page = chromium.new_page()
    page.goto(fronted.front(f"/records?{query}"))
    where = page.locator("label", has=page.locator(f"[name={field}]")) if field else page.locator("#outcome")
    expect(where).to_contain_text(thai, timeout=PATIENCE_MS)
    expect(page.locator("[data-rows] tr")).to_have_count(0)
    if field:
        expect(page.locator(f"[name={field}]")).to_have_attribute("aria-invalid", "true")
        described = page.locator(f"[name={field}]").get_attribute("aria-describedby")
        expect(page.locator(f"#{described}")).to_be_visible()
    page.click("#language")
    expect(where.locator(":visible", has_text=english).last).to_be_visible()
    # The mark goes with the fault.
    page.evaluate("history.pushState(null, '', '?plate_number=1234'); dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.locator("[data-rows] tr").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[aria-invalid], .fault")).to_have_count(0)


def test_a_filtered_list_says_that_new_reads_may_match(fronted, chromium):  # noqa: F811
    fill(fronted)
    page = chromium.new_page()
    page.goto(fronted.front("/records?plate_number=7788"))
    is_live(page)
    expect(page.locator("#outcome")).to_contain_text("ไม่พบรายการ", timeout=PATIENCE_MS)
    fronted.read("กข 9911")
    fronted.read("กข 7788")
    expect(page.locator("#more")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-rows] tr")).to_have_count(0)
    page.click("#more")
    expect(page.locator("[data-rows] tr", has_text="กข 7788")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#more")).to_have_count(0)


def test_records_go_on_after_the_first_hundred(fronted, chromium):  # noqa: F811
    fronted.post("/api/records", [{"camera_id": "CAM001", "plate_number": f"กข {number}"} for number in range(1, 131)])
    fronted.published()
    page = chromium.new_page()
    page.goto(fronted.front("/records"))
    expect(page.locator("[data-rows] tr")).to_have_count(100)
    page.click("#older a >> nth=0")
    expect(page.locator("[data-rows] tr")).to_have_count(30, timeout=PATIENCE_MS)
    expect(page.locator("#page")).to_have_text("2 / 2")
    page.click('[data-page="previous"]')
    expect(page.locator("[data-rows] tr")).to_have_count(100, timeout=PATIENCE_MS)
    without = chromium.new_context(java_script_enabled=False).new_page()
    without.goto(fronted.front("/records"))
    expect(without.locator("#older a:visible")).to_have_attribute("href", "archive.html")


def test_the_blacklists_messages_are_in_the_readers_language(fronted, chromium):  # noqa: F811
    fronted.post("/api/blacklist", {"license_plate_text": "ขอ 777 นครปฐม", "reason": "test"})
    fronted.published()
    page = chromium.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(fronted.front("/blacklist"))
    for plate, sentence in (("ขอ 777 นครปฐม", "อยู่ในบัญชีดำแล้ว"), ("50%", "มีอักขระที่ไม่มีในป้ายทะเบียน")):
        page.fill("[name=license_plate_text]", plate)
        page.fill("[name=reason]", "test")
        page.press("[name=reason]", "Enter")
        expect(page.locator("label", has=page.locator("[name=license_plate_text]"))).to_contain_text(sentence, timeout=PATIENCE_MS)
    page.click("[data-remove]")
    expect(page.locator("#outcome")).to_contain_text("ลบ ขอ 777 นครปฐม ออกจากบัญชีดำแล้ว", timeout=PATIENCE_MS)
    page.click("#language")
    expect(page.locator("#outcome [lang=en]")).to_have_text("Removed ขอ 777 นครปฐม.")
    expect(page.locator("#outcome [lang=en]")).to_be_visible()


def test_a_page_speaks_the_browsers_language_at_first(fronted, chromium):  # noqa: F811
    def language(context):
        page = context.new_page()
        page.goto(fronted.front("/dashboard"))
        return page, page.evaluate("document.documentElement.lang")

    for locale, expected in (("en-GB", "en"), ("th-TH", "th"), ("de-DE", "th")):
        context = chromium.new_context(locale=locale)
        page, spoken = language(context)
        assert spoken == expected, locale
        # What was chosen is remembered.
        page.click("#language")
        assert language(context)[1] == {"en": "th", "th": "en"}[expected]
        context.close()
    # Without scripts it is the site's own.
    page = chromium.new_context(java_script_enabled=False, locale="en-GB").new_page()
    page.goto(fronted.front("/dashboard"))
    expect(page.locator("h1 [lang=th]")).to_be_visible()
    assert requests.get(fronted.front("/assets/early.js"), timeout=60).status_code == 200


def test_what_is_exported_is_what_the_list_shows(fronted, chromium):  # noqa: F811
    page = chromium.new_page()
    page.goto(fronted.front("/records?camera_id=NOPE&blacklisted=false"))
    link = page.locator("#export")
    for asked in ("camera_id=NOPE", "blacklisted=false", "format=csv"):
        assert asked in link.get_attribute("href")
    page.fill("[name=plate_number]", "4898")
    assert "4898" not in link.get_attribute("href")
    page.press("[name=plate_number]", "Enter")
    expect(page).to_have_url(re.compile("4898"))
    assert "4898" in link.get_attribute("href")
