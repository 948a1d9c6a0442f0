"""People and cameras on another machine, through nginx with TLS: who belongs comes in, nobody else."""

import asyncio
import datetime
import json
import os
import shutil
import subprocess

import pytest
import requests
import socketio
import websockets
from playwright.sync_api import expect, sync_playwright

from conftest import PATIENCE, Site, free_ports, png, wait_until
from namespace import elsewhere  # noqa: F401 (a fixture)
from test_nginx import encoded

PATIENCE_MS = PATIENCE * 1_000
PASSWORD = "ม้าลาย 17 ตัวข้ามถนน"
# Paths that exist, and paths that do not: a stranger must not tell them apart.
THERE = ["/", "/dashboard", "/records", "/alerts", "/blacklist", "/cameras", "/health", "/archive", "/records.html", "/data/site.json",
         "/data/records.json"]
MISSING = ["/nothing", "/data/nothing.json", "/images/2026/01/nothing.jpg", "/.git", "/images/orphans/x.jpg", "/README.md"]
CALLS = ["/api/records", "/api/statistics", "/api/nothing", "/events", "/api/openapi.json", "/health/status", "/api/blacklist"]


# What a link to the page to sign in on might name to lead to another site.
ELSEWHERE = ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/.//evil.example",
             "/a/..//evil.example", "/%2e//evil.example", "\\\\evil.example", "", "/sign-in?to=/", "/./\\evil.example"]


class Fleet:
    """A site with people and tokens, seen from another machine."""

    def __init__(self, folder, elsewhere):
        self.folder, self.elsewhere = folder, elsewhere
        self.certificate, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", self.certificate, "-days", "30", "-subj", "/CN=lpr",
                        "-addext", f"subjectAltName=IP:{elsewhere.here}"], check=True, capture_output=True)
        (self.port,) = free_ports(1)
        # The other machine may also be a proxy that signs people in.
        proxies = {"TRUSTED_PROXIES": f"{elsewhere.there},127.0.0.1", "PROXY_USER_HEADER": "Remote-User",
                   "PROXY_ROLE_HEADER": "Remote-Role"}
        self.site = Site(folder, ALLOWED_HOSTS=elsewhere.here, **proxies)
        self.key, self.proxies = key, proxies

    def start(self):
        self.site.start()
        self.admin = self.begin()
        self.camera = self.token("gate 1", "camera", cameras=["CAM001"])
        self.viewer = self.token("screen", "viewer")
        self.picture = self.send_a_picture()
        self.site.published()
        self.site.start_nginx(TLS_CERTIFICATE=str(self.certificate), TLS_KEY=str(self.key), HTTPS_PORT=str(self.port),
                              NAMES=self.elsewhere.here, **self.proxies)
        return self

    def begin(self):
        """The first person is added from this machine, which is open until then."""
        self.add("สมหญิง", "admin", at=self.site.url)
        session = requests.Session()
        self.sign_in(session, "สมหญิง", at=self.site.url)
        self.add_with = session
        for name, role in (("somchai", "operator"), ("viewer", "viewer"), ("leaver", "viewer")):
            self.add(name, role, at=self.site.url, session=session)
        return session

    def add(self, name, role, at, session=requests):
        made = session.post(at("/api/users"), json={"name": name, "role": role, "password": PASSWORD}, timeout=PATIENCE)
        assert made.status_code == 201, made.text

    def sign_in(self, session, name, at=None, password=PASSWORD):
        answer = session.post((at or self.url)("/api/session"), json={"name": name, "password": password}, timeout=PATIENCE)
        assert answer.status_code in (200, 201), answer.text
        return answer

    def token(self, name, role, **more):
        made = self.admin.post(self.site.url("/api/tokens"), json={"name": name, "role": role, **more}, timeout=PATIENCE)
        assert made.status_code == 201, made.text
        return made.json()["token"]

    def send_a_picture(self):
        read = {"camera_id": "CAM001", "plate_number": "กข 1234", "image_data": encoded(png())}
        sent = self.site.post("/api/records", read, headers={"Authorization": f"Bearer {self.camera}"})
        assert sent.status_code == 201, sent.text
        shown = self.admin.get(self.site.url(f"/api/records/{sent.json()['id']}"), timeout=PATIENCE).json()["image_path"]
        return "/" + shown.lstrip("/")

    def url(self, path, scheme="https"):
        return f"{scheme}://{self.elsewhere.here}:{self.port}{path}"

    def session(self, name=None):
        """A program on the other machine with its cookies; signed in if it is given a name."""
        session = requests.Session()
        session.verify = str(self.certificate)
        # Not what the environment says of certificates.
        session.trust_env = False
        if name:
            self.elsewhere.run(self.sign_in, session, name)
        return session

    def ask(self, path, session=None, method="GET", **options):
        session = session or self.session()
        return self.elsewhere.run(session.request, method, self.url(path), timeout=PATIENCE, allow_redirects=False, **options)


@pytest.fixture(scope="module")
def fleet(elsewhere, tmp_path_factory):  # noqa: F811
    fleet = Fleet(tmp_path_factory.mktemp("access"), elsewhere)
    try:
        yield fleet.start()
    finally:
        fleet.site.stop()


@pytest.fixture
def browser(fleet, tmp_path):
    """Chromium on the other machine."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(
            executable_path=fleet.elsewhere.program(tmp_path, chromium), args=["--no-sandbox", "--accept-lang=en"]
        )
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(PATIENCE_MS)
        yield context
        browser.close()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def told(answer):
    """What a stranger learns: all but what differs in any two answers."""
    return answer.status_code, answer.text, {name: value for name, value in answer.headers.items() if name != "Date"}


def test_a_stranger_learns_not_even_the_name_of_a_page(fleet):
    stranger = fleet.session()
    answers = {path: told(fleet.ask(path, stranger)) for path in (*THERE, *MISSING, fleet.picture)}
    kinds = {path: (status, text) for path, (status, text, _) in answers.items()}
    assert len(set(kinds.values())) == 1 and answers["/"][0] == 401, kinds
    for path in CALLS:
        assert fleet.ask(path, stranger, stream=True).status_code == 401, path
    for path in (*THERE, *MISSING):
        page = fleet.ask(path, stranger, headers={"Accept": "text/html"})
        assert page.status_code == 302 and page.headers["Location"].startswith("/sign-in?to=/"), path
    assert fleet.ask("/sign-in", stranger).status_code == 200
    assert fleet.ask("/assets/site.css", stranger).status_code == 200


@pytest.mark.parametrize("path,to", [
    ("/records", "/records"), ("/records?plate_number=1", "/records"), ("//evil.example", "/"), ("/%2Fevil.example", "/"),
    ("/%5Cevil.example", "/"), ("/\\evil.example", "/"), ("/https://evil.example", "/"), ("/a%0d%0aX-Injected:%201", "/"), ("/a%0d%0aX-Injected", "/a%0d%0aX-Injected"),
    ("/a?to=//evil.example", "/a"), ("/archive/2026/11", "/archive/2026/11"), ("/a//evil.example", "/"),
])
def test_after_signing_in_one_is_on_this_site(fleet, path, to):
    import http.client
    import ssl

    def ask():
        link = http.client.HTTPSConnection(fleet.elsewhere.here, fleet.port, timeout=PATIENCE,
                                           context=ssl.create_default_context(cafile=str(fleet.certificate)))
        link.putrequest("GET", path)
        link.putheader("Accept", "text/html")
        link.endheaders()
        answer = link.getresponse()
        return answer.status, answer.getheader("Location"), answer.getheader("X-Injected")

    status, location, injected = fleet.elsewhere.run(ask)
    assert injected is None
    assert (status, location) == (302, f"/sign-in?to={to}") or (status == 308 and location.startswith("/") and location[1] not in "/\\")


def test_a_person_works_in_a_browser_and_is_out_after_signing_out(fleet, browser):
    page = browser.new_page()
    page.goto(fleet.url("/records"))
    assert "/sign-in?to=/records" in page.url
    assert page.evaluate("(texts) => texts.map(ownPath)", ELSEWHERE) == ["/"] * len(ELSEWHERE)
    assert page.evaluate("ownPath('/records?plate_number=1#top')") == "/records?plate_number=1#top"
    page.fill("[name=name]", "somchai")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(fleet.url("/records"))
    cookies = browser.cookies()
    assert [(each["name"], each["secure"], each["httpOnly"], each["sameSite"]) for each in cookies] == [
        ("__Host-lprserver_session", True, True, "Strict")]
    page.goto(fleet.url("/dashboard"))
    expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=PATIENCE_MS)
    # Lists a plate, which the next read hits: both are shown while they happen.
    listing = browser.new_page()
    listing.goto(fleet.url("/blacklist"))
    listing.fill("[name=license_plate_text]", "ฮฮ 99")
    listing.fill("[name=reason]", "stolen")
    listing.press("[name=reason]", "Enter")
    expect(listing.locator("tr", has_text="ฮฮ 99")).to_be_visible(timeout=PATIENCE_MS)
    read = {"camera_id": "CAM001", "plate_number": "ฮฮ 99"}
    assert fleet.ask("/api/records", method="POST", json=read, headers=bearer(fleet.camera)).status_code == 201
    expect(page.locator("#alerts .alert", has_text="ฮฮ 99")).to_be_visible(timeout=PATIENCE_MS)
    # Signs out; whoever has kept the cookie has nothing.
    assert page.evaluate("fetch('/api/session', {method: 'DELETE'}).then((answer) => answer.ok)")
    old = fleet.session()
    for each in cookies:
        old.cookies.set(each["name"], each["value"], domain=fleet.elsewhere.here, secure=True)
    for path in CALLS:
        assert fleet.ask(path, old, stream=True).status_code == 401, path
    wait_until(lambda: fleet.ask("/records", old).status_code == 401, "nginx to notice")
    page.goto(fleet.url("/records"))
    assert "/sign-in" in page.url


def test_a_camera_with_a_token_sends_over_all_transports(fleet):
    def read(plate):
        return {"camera_id": "CAM001", "plate_number": plate}

    assert fleet.ask("/api/records", method="POST", json=read("HT 1"), headers=bearer(fleet.camera)).status_code == 201
    assert fleet.ask("/api/records", method="POST", json=read("HT 2"), auth=("camera", fleet.camera)).status_code == 201
    assert fleet.ask(f"/api/records?token={fleet.camera}", method="POST", json=read("HT 3")).status_code == 201
    assert fleet.ask("/api/records", method="POST", json={**read("HT 4"), "camera_id": "CAM002"}, headers=bearer(fleet.camera)).status_code == 403
    assert fleet.elsewhere.run(over_websocket, fleet, read("WS 1"), bearer(fleet.camera))["status"] == "success"
    assert fleet.elsewhere.run(over_websocket, fleet, read("WS 2"), {}, f"?token={fleet.camera}")["status"] == "success"
    assert fleet.elsewhere.run(over_socketio, fleet, read("SI 1"), {"token": fleet.camera})["status"] == "success"
    listed = fleet.admin.get(fleet.site.url("/api/records?per_page=50"), timeout=PATIENCE).json()["records"]
    assert {"HT 1", "HT 2", "HT 3", "WS 1", "WS 2", "SI 1"} <= {each["plate_number"] for each in listed}
    # It sends, and reads nothing.
    for path in (*THERE, fleet.picture):
        assert fleet.ask(path, headers=bearer(fleet.camera)).status_code == 403, path


def over_websocket(fleet, read, headers, query=""):
    async def send():
        import ssl

        context = ssl.create_default_context(cafile=str(fleet.certificate))
        async with websockets.connect(fleet.url(f"/ws{query}", "wss"), ssl=context, additional_headers=headers) as link:
            await link.send(json.dumps({"event": "lpr_data", "data": read}))
            while True:
                message = json.loads(await asyncio.wait_for(link.recv(), PATIENCE))
                if "success" in json.dumps(message) or "error" in json.dumps(message):
                    return message.get("data", message)

    return asyncio.run(send())


def over_socketio(fleet, read, auth):
    answers = []
    client = socketio.Client(http_session=fleet.session())
    client.on("*", lambda event, data: answers.append((event, data)))
    client.connect(fleet.url(""), auth=auth, transports=["polling"])
    client.emit("lpr_data", read)
    try:
        return wait_until(lambda: next((data for event, data in answers if event == "lpr_response"), None), "the answer")
    finally:
        client.disconnect()


def test_without_a_token_a_camera_gets_nothing(fleet):
    read = {"camera_id": "CAM001", "plate_number": "NO 1"}
    wrong = "lpr_" + "A" * 43
    for headers in ({}, bearer(wrong), bearer("lpr_short"), {"Cookie": f"__Host-lprserver_session=lps_{'A' * 43}"}):
        assert fleet.ask("/api/records", method="POST", json=read, headers=headers).status_code == 401, headers
        with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
            fleet.elsewhere.run(over_websocket, fleet, read, headers)
        assert refused.value.response.status_code == 401
    for auth in (None, {"token": wrong}):
        with pytest.raises(Exception):
            fleet.elsewhere.run(over_socketio, fleet, read, auth)
    assert not fleet.admin.get(fleet.site.url("/api/records?plate_number=NO1"), timeout=PATIENCE).json()["records"]


def test_what_is_revoked_ends_at_nginx_too(fleet):
    token = fleet.token("short", "viewer")
    signed_in = fleet.session("leaver")
    assert fleet.ask("/records", headers=bearer(token)).status_code == 200
    assert fleet.ask("/records", signed_in).status_code == 200
    assert fleet.admin.delete(fleet.site.url("/api/tokens/short"), timeout=PATIENCE).ok
    changed = fleet.admin.patch(fleet.site.url("/api/users/leaver"), json={"enabled": False}, timeout=PATIENCE)
    assert changed.ok, changed.text
    # The service knows at once; nginx asks it again after a second.
    assert fleet.ask("/api/records", headers=bearer(token)).status_code == 401
    assert fleet.ask("/api/records", signed_in).status_code == 401
    wait_until(lambda: fleet.ask("/records", headers=bearer(token)).status_code == 401, "the token's end")
    wait_until(lambda: fleet.ask("/records", signed_in).status_code == 401, "the session's end")


def test_who_must_change_a_password_first_is_led_there(fleet):
    made = fleet.admin.post(fleet.site.url("/api/users"), json={"name": "newcomer", "role": "viewer"}, timeout=PATIENCE)
    session = fleet.session()
    fleet.elsewhere.run(fleet.sign_in, session, "newcomer", password=made.json()["one_time_password"])
    assert fleet.ask("/records", session).status_code == 403
    page = fleet.ask("/records", session, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Location"]) == (302, "/account?to=/records")
    assert fleet.ask("/account", session).status_code == 200


def test_a_role_that_may_not_read_is_told_so(fleet):
    page = fleet.ask("/records", headers={"Accept": "text/html", **bearer(fleet.camera)})
    assert page.status_code == 403 and "Your role does not include this page" in page.text


def test_a_trusted_proxy_names_people_and_nobody_else_does(fleet):
    def told_by_proxy(name, **more):
        return {"Remote-User": name, **more}

    for path in ("/records", "/api/records", fleet.picture):
        assert fleet.ask(path, headers=told_by_proxy("viewer")).status_code == 200, path
        assert fleet.ask(path, headers=told_by_proxy("unknown")).status_code == 401, path
        assert fleet.ask(path, headers=told_by_proxy("unknown", **{"Remote-Role": "viewer"})).status_code == 200, path
        # From this machine's own address, which is not the proxy's.
        forged = requests.get(fleet.url(path), headers=told_by_proxy("viewer"), verify=False, timeout=PATIENCE)
        assert forged.status_code == 401, path
    entry = {"license_plate_text": "PX 9", "reason": "x"}
    assert fleet.ask("/api/blacklist", method="POST", json=entry, headers=told_by_proxy("viewer")).status_code == 403
    assert fleet.ask("/api/blacklist", method="POST", json=entry, headers=told_by_proxy("somchai")).status_code == 201
    both = fleet.ask("/api/records", headers={**told_by_proxy("viewer"), **bearer(fleet.viewer)})
    assert both.status_code == 400 and both.json()["code"] == "two_credentials"


def test_plain_http_leads_people_to_tls_and_refuses_programs(fleet):
    plain = f"http://{fleet.elsewhere.here}:{fleet.site.nginx_port}"
    page = fleet.elsewhere.run(requests.get, f"{plain}/records?a=1", allow_redirects=False, timeout=PATIENCE)
    assert (page.status_code, page.headers["Location"]) == (308, fleet.url("/records?a=1"))
    sent = fleet.elsewhere.run(requests.post, f"{plain}/api/records", json={}, headers=bearer(fleet.camera), timeout=PATIENCE)
    assert sent.status_code == 403 and sent.json()["code"] == "https_only"
    assert fleet.ask("/sign-in").headers["Strict-Transport-Security"] == "max-age=63072000"


def test_a_picture_opened_by_itself_is_never_from_memory(fleet):
    shown = {"Sec-Fetch-Dest": "image", **bearer(fleet.viewer)}
    assert fleet.ask(fleet.picture, headers=shown).status_code == 200
    opened = fleet.ask(fleet.picture, headers=bearer(fleet.viewer))
    assert opened.status_code == 200 and opened.headers["Cross-Origin-Resource-Policy"] == "same-origin"


# The last tests: the service is away, an address has to wait, and what has been logged until then.


def test_while_the_service_is_away_whoever_was_in_reads_and_nobody_else(fleet):
    reader, ended, stranger = fleet.session("viewer"), fleet.session("viewer"), fleet.session()
    cookie = dict(ended.cookies)
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=20)
    ending = fleet.token("ending", "viewer", expires_at=soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    for session in (reader, ended):
        assert fleet.ask("/records", session).status_code == 200
    assert fleet.ask("/records", headers=bearer(ending)).status_code == 200
    assert fleet.ask("/api/session", ended, method="DELETE").ok
    ended.cookies.update(cookie)
    wait_until(lambda: fleet.ask("/records", ended).status_code == 401, "nginx to notice")
    fleet.site.kill()
    try:
        for path in THERE:
            if path in ("/records", "/dashboard", "/data/site.json"):
                assert fleet.ask(path, reader).status_code == 200, path
            for session in (stranger, ended):
                assert fleet.ask(path, session).status_code == 401, path
            page = fleet.ask(path, stranger, headers={"Accept": "text/html"})
            assert page.status_code == 302 and page.headers["Location"].startswith("/sign-in"), path
        assert fleet.ask("/sign-in", stranger).status_code == 200
        # A picture of a page, and one that the service would have to write down.
        assert fleet.ask(fleet.picture, reader, headers={"Sec-Fetch-Dest": "image"}).status_code == 200
        assert fleet.ask(fleet.picture, reader).status_code == 503
        # This machine needs credentials, too.
        assert requests.get(fleet.site.front("/records"), timeout=PATIENCE).status_code == 401
        assert fleet.ask("/api/records", reader).status_code == 503
        # A credential ends when it would have ended.
        wait_until(lambda: fleet.ask("/records", headers=bearer(ending)).status_code == 401, "the token's end")
        assert fleet.ask("/records", reader).status_code == 200
    finally:
        fleet.site.start()
    wait_until(lambda: fleet.ask("/api/records", reader).status_code == 200, "the service")


def test_too_many_attempts_to_sign_in_wait(fleet):
    answers = [fleet.ask("/api/session", method="POST", json={"name": "nobody", "password": "x" * 12}) for _ in range(30)]
    last = answers[-1]
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 0
    # Nobody who is signed in notices.
    assert fleet.ask("/records", headers=bearer(fleet.viewer)).status_code == 200
    assert fleet.ask("/api/records", headers=bearer(fleet.viewer)).status_code == 200


def test_the_logs_say_who_and_no_secret(fleet):
    run = fleet.site.folder / "nginx"
    secrets = [PASSWORD, fleet.camera, fleet.viewer, "lpr_", "lps_"]
    for path in (run / "access.log", run / "error.log", fleet.site.folder / "service.log"):
        text = path.read_text()
        assert not [secret for secret in secrets if secret in text], path
    lines = [json.loads(line) for line in (run / "access.log").read_text().splitlines()]
    names = {line["who"] for line in lines if line["path"] == "/records" and line["status"] == 200}
    assert {"somchai", "viewer", "screen"} <= names, names
    assert all(line["client"] == fleet.elsewhere.there for line in lines if line["who"] == "somchai")
