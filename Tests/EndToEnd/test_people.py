"""People in a real browser: signing in and out, their account, and the pages of admins."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
import requests
from playwright.sync_api import expect

from conftest import PATIENCE
from test_browser import PATIENCE_MS, Watched, chromium  # noqa: F401 (a fixture)

ADMIN = ("มาลี", "seven quiet herons 41")
VIEWER = ("wichai", "nine loud kettles 62")


@pytest.fixture
def staffed(fronted):
    """A site with an admin and a viewer: the last calls that this machine may make without a credential."""
    for (name, password), role in ((VIEWER, "viewer"), (ADMIN, "admin")):
        answer = fronted.post("/api/users", {"name": name, "password": password, "role": role}, **as_admin(fronted))
        assert answer.status_code == 201, answer.text
    return fronted


def as_admin(site):
    """What admits a script: an admin's token, made by the first call."""
    if not hasattr(site, "token"):
        answer = site.post("/api/tokens", {"name": "tests", "role": "admin"})
        assert answer.status_code == 201, answer.text
        site.token = answer.json()["token"]
    return {"headers": {"Authorization": f"Bearer {site.token}"}}


def code_of(secret, step=None):
    """RFC 6238."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.new(key, struct.pack(">q", step or int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[19] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def fill_in(page, name, password):
    page.fill("#sign-in [name=name]", name)
    page.fill("#sign-in [name=password]", password)
    page.press("#sign-in [name=password]", "Enter")


def sign_in(site, watched, person, to="/dashboard"):
    watched.page.goto(site.front(f"/sign-in?to={to}"))
    fill_in(watched.page, *person)
    watched.page.wait_for_url(f"**{to}")
    expect(watched.page.locator("#who [data-name]")).to_have_text(person[0], timeout=PATIENCE_MS)
    return watched.page


@pytest.fixture
def watched(staffed, chromium):  # noqa: F811
    context = chromium.new_context()
    yield Watched(context, staffed)
    context.close()


def cookies(page):
    return {cookie["name"]: cookie for cookie in page.context.cookies()}


def test_a_person_signs_in_where_they_wanted_to_go_and_out_for_good(staffed, watched):
    page = sign_in(staffed, watched, VIEWER, to="/records?plate_number=12")
    expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=PATIENCE_MS)
    cookie = cookies(page)["lprserver_session"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["path"] == "/"
    old = {cookie["name"]: cookie["value"]}
    assert requests.get(staffed.front("/api/session"), cookies=old, timeout=PATIENCE).json()["name"] == VIEWER[0]
    # Not for the scripts of a page.
    assert page.evaluate("document.cookie") == ""
    page.click("#sign-out button")
    page.wait_for_url("**/sign-in")
    assert cookies(page) == {}
    assert requests.get(staffed.front("/api/session"), cookies=old, timeout=PATIENCE).status_code == 401
    assert requests.get(staffed.front("/api/records"), cookies=old, timeout=PATIENCE).status_code == 401
    assert watched.foreign == []


def test_a_stranger_is_led_to_sign_in_and_back(staffed, chromium):  # noqa: F811
    # By nginx, which leads back to the path alone, and by the service alone.
    for base, back in (
        (staffed.front(""), "/records"),
        (staffed.url("").replace("127.0.0.1", "localhost"), "/records?plate_number=12"),
    ):
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{base}/records?plate_number=12")
        page.wait_for_url(re.compile(r"/sign-in\?to="))
        fill_in(page, *VIEWER)
        page.wait_for_url(base + back)
        expect(page.locator("#who [data-name]")).to_have_text(VIEWER[0], timeout=PATIENCE_MS)
        context.close()


def test_a_wrong_password_is_said_in_both_languages(staffed, watched):
    page = watched.page
    page.goto(staffed.front("/sign-in"))
    fill_in(page, VIEWER[0], "nine loud kettles 63")
    expect(page.locator("#outcome")).to_contain_text("ไม่ถูกต้อง", timeout=PATIENCE_MS)
    page.click("#language")
    expect(page.locator("#outcome")).to_contain_text("wrong")
    # The same for a name that does not exist.
    fill_in(page, "nemo", "nine loud kettles 63")
    expect(page.locator("#outcome")).to_contain_text("wrong", timeout=PATIENCE_MS)
    fill_in(page, *VIEWER)
    page.wait_for_url(staffed.front("/"))


def test_guessing_is_slowed_and_the_page_says_for_how_long(staffed, watched):
    page = watched.page
    page.goto(staffed.front("/sign-in"))
    outcome = page.locator("#outcome")
    for _ in range(20):
        with page.expect_response("**/api/session") as answer:
            fill_in(page, VIEWER[0], "guess")
        if answer.value.status == 429:
            break
    assert answer.value.status == 429 and int(answer.value.headers["retry-after"]) >= 1
    expect(outcome).to_contain_text("วินาที", timeout=PATIENCE_MS)


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/%5cevil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in", "/\t/evil.example"])
def test_signing_in_leads_to_this_site_only(staffed, watched, to):
    watched.page.goto(staffed.front("/sign-in") + "?" + requests.compat.urlencode({"to": to}))
    fill_in(watched.page, *VIEWER)
    expect(watched.page.locator("#who")).to_be_visible(timeout=PATIENCE_MS)
    assert watched.page.url.startswith(staffed.front("/"))
    assert watched.foreign == []


def test_signing_in_and_out_without_javascript(staffed, chromium):  # noqa: F811
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(staffed.front("/sign-in"))
    fill_in(page, VIEWER[0], "nine loud kettles 63")
    expect(page.locator("main, body").first).to_contain_text("ไม่ถูกต้อง", timeout=PATIENCE_MS)
    page.goto(staffed.front("/sign-in"))
    fill_in(page, *VIEWER)
    page.wait_for_url(staffed.front("/"))
    assert "lprserver_session" in cookies(page)
    page.goto(staffed.front("/account"))
    page.click("main form button")
    page.wait_for_url("**/sign-in**")
    assert cookies(page) == {}
    context.close()


def test_a_one_time_password_must_be_changed_first(staffed, watched):
    answer = staffed.post("/api/users", {"name": "somsri", "role": "viewer"}, **as_admin(staffed))
    page = watched.page
    page.goto(staffed.front("/sign-in?to=/cameras"))
    fill_in(page, "somsri", answer.json()["one_time_password"])
    page.wait_for_url(re.compile(r"/account\?to="))
    expect(page.locator("#must")).to_be_visible(timeout=PATIENCE_MS)
    change(page, answer.json()["one_time_password"], "password1234")
    expect(page.locator(".fault")).to_contain_text("เดาง่าย", timeout=PATIENCE_MS)
    change(page, answer.json()["one_time_password"], "six calm pelicans 88")
    page.wait_for_url("**/cameras")
    expect(page.locator("#who [data-name]")).to_have_text("somsri")


def change(page, old, new):
    page.fill("#change-password [name=password]", old)
    page.fill("#change-password [name=new_password]", new)
    page.fill("#change-password [name=again]", new)
    page.press("#change-password [name=again]", "Enter")


def test_the_second_factor_from_the_account_to_the_next_sign_in(staffed, watched):
    page = sign_in(staffed, watched, VIEWER, to="/account")
    page.fill("#factor-begin [name=password]", VIEWER[1])
    page.press("#factor-begin [name=password]", "Enter")
    expect(page.locator("#factor-confirm")).to_be_visible(timeout=PATIENCE_MS)
    secret = page.inner_text("#factor-secret")
    assert page.get_attribute("#factor-link", "href").startswith("otpauth://totp/")
    page.fill("#factor-confirm [name=code]", "000000")
    page.press("#factor-confirm [name=code]", "Enter")
    expect(page.locator("#factor-confirm .fault")).to_be_visible(timeout=PATIENCE_MS)
    used = code_of(secret)
    page.fill("#factor-confirm [name=code]", used)
    page.press("#factor-confirm [name=code]", "Enter")
    expect(page.locator("#once")).to_be_visible(timeout=PATIENCE_MS)
    recovery = page.inner_text("#once .secret").split()
    assert len(recovery) == 10
    page.click("#sign-out button")
    page.wait_for_url("**/sign-in")
    # The code that was used once is not good again; a recovery code is, once.
    for code, is_good in ((used, False), (recovery[0].upper().replace("-", " "), True), (recovery[0], False), (recovery[1], True)):
        page.goto(staffed.front("/sign-in?to=/account"))
        fill_in(page, *VIEWER)
        expect(page.locator("#code")).to_be_visible(timeout=PATIENCE_MS)
        page.fill("[name=code]", code)
        page.press("[name=code]", "Enter")
        if is_good:
            page.wait_for_url("**/account")
            expect(page.locator("#factor-end")).to_be_visible(timeout=PATIENCE_MS)
            page.click("#sign-out button")
            page.wait_for_url("**/sign-in")
        else:
            expect(page.locator("#outcome.bad")).to_be_visible(timeout=PATIENCE_MS)
    # Who has lost phone and codes asks an admin.
    page = sign_in(staffed, watched, ADMIN, to="/people")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(f"tr[data-person='{VIEWER[0]}'] button", has_text="ปิดขั้นที่สอง").click()
    expect(page.locator("#outcome.good")).to_be_visible(timeout=PATIENCE_MS)
    page.click("#sign-out button")
    page.wait_for_url("**/sign-in")
    sign_in(staffed, watched, VIEWER)


def test_an_admin_adds_changes_and_removes_people(staffed, watched, chromium):  # noqa: F811
    page = sign_in(staffed, watched, ADMIN, to="/people")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#add-person [name=name]", "ประตู 1")
    page.select_option("#add-person [name=role]", "operator")
    page.press("#add-person [name=name]", "Enter")
    expect(page.locator("#once")).to_be_visible(timeout=PATIENCE_MS)
    first = page.inner_text("#once .secret")
    row = page.locator("tr[data-person='ประตู 1']")
    expect(row.locator("select")).to_have_value("operator")
    row.locator("select").select_option("viewer")
    expect(page.locator("#outcome.good")).to_be_visible(timeout=PATIENCE_MS)
    assert requests.post(staffed.front("/api/session"), json={"name": "ประตู 1", "password": first}, timeout=PATIENCE).json()["role"] == "viewer"
    row.locator("button", has_text="เครื่อง").click()
    expect(page.locator("#sessions li")).to_have_count(1, timeout=PATIENCE_MS)
    page.click("#end-sessions")
    expect(page.locator("#outcome.good")).to_contain_text("ทุกเครื่อง", timeout=PATIENCE_MS)
    row.locator("button", has_text="ตั้งรหัสผ่านใหม่").click()
    expect(page.locator("#once .secret")).not_to_have_text(first, timeout=PATIENCE_MS)
    row.locator("button", has_text="ระงับ").click()
    expect(row.locator(".badge").first).to_contain_text("ระงับอยู่", timeout=PATIENCE_MS)
    row.locator("button", has_text="ลบ").click()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    # The last admin stays, and the page says why.
    page.locator(f"tr[data-person='{ADMIN[0]}'] button", has_text="ระงับ").click()
    expect(page.locator("#outcome.bad")).to_contain_text("ผู้ดูแลระบบ", timeout=PATIENCE_MS)
    assert watched.foreign == []


def test_an_admin_makes_and_revokes_tokens(staffed, watched):
    page = sign_in(staffed, watched, ADMIN, to="/tokens")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#add-token [name=name]", "gate 1")
    page.fill("#add-token [name=cameras]", "CAM001, CAM002")
    page.press("#add-token [name=name]", "Enter")
    expect(page.locator("#once")).to_be_visible(timeout=PATIENCE_MS)
    token = page.inner_text("#once .secret")
    assert token.startswith("lpr_")

    def send(camera):
        read = {"camera_id": camera, "plate_number": "กข 1"}
        return requests.post(
            staffed.front("/api/records"), json=read, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
        ).status_code

    assert (send("CAM001"), send("CAM003")) == (201, 403)
    row = page.locator("tr[data-token='gate 1']")
    row.locator("button").click()
    expect(row).to_have_count(0, timeout=PATIENCE_MS)
    assert send("CAM001") == 401


def test_a_viewer_sees_nothing_of_admins(staffed, watched):
    page = sign_in(staffed, watched, VIEWER)
    expect(page.locator("nav [data-for]").first).to_be_hidden()
    for path in ("/people", "/tokens"):
        page.goto(staffed.front(path))
        expect(page.locator("#outcome.bad")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("table")).to_be_hidden()


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/people", "/tokens"])
def test_pages_about_people_fit_a_phone_in_both_languages(staffed, chromium, path):  # noqa: F811
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    watched = Watched(context, staffed)
    page = sign_in(staffed, watched, ADMIN, to=path if path != "/sign-in" else "/account")
    page.goto(staffed.front(path))
    for _ in range(2):
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.click("#language")
    context.close()


def test_the_pages_about_people_are_files_without_data(staffed, watched):
    sign_in(staffed, watched, ADMIN, to="/people")
    for name in ("sign-in", "account", "people", "tokens"):
        text = (staffed.public / f"{name}.html").read_text()
        assert not any(secret in text for secret in (ADMIN[0], VIEWER[0], "lpr_"))
