"""Every snippet of docs/CAMERAS.md is run as it stands; only the server's port is another."""

import json
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest
import requests
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from conftest import BINARY, PATIENCE, ROOT, png, wait_until
from test_browser import PATIENCE_MS, chromium  # noqa: F401

TEXT = (ROOT / "docs/CAMERAS.md").read_text()
PYTHON = ["Python: HTTP", "Python: WebSocket", "Python: Socket.IO"]


def snippet(heading, language, index=0):
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, re.S | re.M).group(1)
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.S | re.M)[index]


def among_good_ones(script, read):
    """The snippet, with one more read among its own."""
    line = re.search(r"^(?:const )?reads = .*\n", script, re.M)
    added = f"reads.splice(1, 0, {read});\n" if "const" in line[0] else f"reads.insert(1, {read})\n"
    return script[:line.end()] + added + script[line.end():]


@pytest.fixture
def field(site, tmp_path):
    """The folder in which a snippet runs, with a picture."""
    (tmp_path / "plate.jpg").write_bytes(png(5))
    return tmp_path


def here(site, text):
    assert "127.0.0.1:8765" in text
    return text.replace("127.0.0.1:8765", f"127.0.0.1:{site.gateway}")


def records(site):
    return site.get("/api/records").json()["records"]


def test_curl(site, field):
    script = here(site, snippet("curl", "sh"))
    for _ in range(2):
        # Twice: the event_ids keep it from being kept twice.
        ended = subprocess.run(["bash", "-euc", script], cwd=field, capture_output=True, text=True, timeout=PATIENCE)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count("Record created successfully") == 2 and "health_id" in ended.stdout
    with_picture, without = sorted(records(site), key=lambda each: each["event_id"])
    assert with_picture["plate_number"] == without["plate_number"] == "กข 1234"
    assert site.get("/" + with_picture["image_path"]).content == png(5) and not without["image_path"]


@pytest.mark.parametrize("heading", PYTHON)
def test_python(site, field, heading):
    (field / "camera.py").write_text(here(site, snippet(heading, "python")))
    ended = subprocess.run(
        [sys.executable, "camera.py"], cwd=field, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
    kept = records(site)
    assert len(kept) == 3
    assert all(str(each["id"]) in ended.stdout for each in kept)
    assert all(site.get("/" + each["image_path"]).content == png(5) for each in kept)


@pytest.mark.parametrize("heading", PYTHON)
def test_python_gives_up_a_read_that_can_never_be_accepted(site, field, heading):
    bad = {"camera_id": "CAM001", "event_id": "bad"}
    (field / "camera.py").write_text(among_good_ones(here(site, snippet(heading, "python")), bad))
    ended = subprocess.run(
        [sys.executable, "camera.py"], cwd=field, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
    assert len(records(site)) == 3
    (aside,) = [json.loads(line) for line in (field / "refused.ndjson").read_text().splitlines()]
    assert aside["read"] == bad and "plate_number" in json.dumps(aside["answer"])


def test_a_message_that_ends_the_connection_is_given_up(make_site, tmp_path):
    site = make_site(SOCKET_MAX_PAYLOAD="1MiB", MAX_IMAGE_SIZE="512KiB").start()
    (tmp_path / "plate.jpg").write_bytes(png(5))
    bad = {"camera_id": "CAM001", "plate_number": "A 1", "event_id": "bad", "image_data": "A" * 2 * 1024 * 1024}
    (tmp_path / "camera.py").write_text(among_good_ones(here(site, snippet("Python: WebSocket", "python")), bad))
    ended = subprocess.run(
        [sys.executable, "camera.py"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(each["event_id"] == "bad" for each in records(site)) == [False] * 3
    (aside,) = [json.loads(line) for line in (tmp_path / "refused.ndjson").read_text().splitlines()]
    assert aside["read"]["event_id"] == "bad" and "1009" in aside["answer"]


def test_the_queue_of_files(site, tmp_path):
    queue = tmp_path / "queue"
    queue.mkdir()
    for name in ("1", "3"):
        read = {"camera_id": "CAM001", "plate_number": "A 1", "event_id": name}
        (queue / f"{name}.json").write_text(json.dumps(read))
    (queue / "2.json").write_text('{"camera_id": "CAM001"}')
    script = here(site, snippet("curl", "sh", 1))
    subprocess.run(["bash", "-euc", script], cwd=tmp_path, check=True, timeout=PATIENCE)
    assert {each["event_id"] for each in records(site)} == {"1", "3"} and list(queue.iterdir()) == []
    assert sorted(each.name for each in (tmp_path / "refused").iterdir()) == ["2.json", "2.json.answer"]
    assert json.loads((tmp_path / "refused/2.json.answer").read_text())["field"] == "plate_number"


@pytest.mark.parametrize("heading", PYTHON)
def test_python_waits_for_a_server_that_is_away(make_site, tmp_path, heading):
    site = make_site()
    (tmp_path / "plate.jpg").write_bytes(png(5))
    (tmp_path / "camera.py").write_text(here(site, snippet(heading, "python")))
    camera = subprocess.Popen([sys.executable, "-u", "camera.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    if heading != "Python: Socket.IO":  # whose client says nothing while it tries
        assert "refused" in camera.stdout.readline()
    site.start()
    assert "kept as record" in camera.communicate(timeout=PATIENCE)[0]
    assert camera.returncode == 0 and site.total() >= 1


@pytest.fixture(scope="session")
def official_client():
    """The official JavaScript client, out of a wheel that carries it; fetched once for each environment."""
    folder = pathlib.Path(sys.prefix) / "socket.io-client"
    wheels = lambda: list(folder.glob("nicegui-*.whl"))  # noqa: E731
    if not wheels():
        wanted = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, "nicegui==3.18.0"]
        subprocess.run(wanted, check=True)
    with zipfile.ZipFile(wheels()[0]) as wheel:
        return wheel.read("nicegui/static/socket.io.min.js").decode()


def run_in_browser(browser, port, client, script):
    """Runs a module in a page of the gateway's own origin; what it says on the console is in `#said`."""
    origin = f"http://127.0.0.1:{port}"
    files = {
        "/page": ("text/html", """<meta charset="utf-8"><pre id="said"></pre><script src="/client.js"></script>
            <script>console.log = (...words) => { said.textContent += words.join(" ") + "\\n" }</script>
            <script type="importmap">{"imports": {"socket.io-client": "/module.js"}}</script>
            <script type="module" src="/camera.js"></script>"""),
        "/client.js": ("text/javascript", client),
        "/module.js": ("text/javascript", "export const io = window.io;"),
        "/camera.js": ("text/javascript", script),
    }
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def give(kind, text):
        return lambda route: route.fulfill(content_type=kind, body=text)

    for path, (kind, text) in files.items():
        page.route(origin + path, give(kind, text))
    page.goto(origin + "/page")
    return page, errors


def test_javascript(site, chromium, official_client):  # noqa: F811
    script = here(site, snippet("JavaScript: Socket.IO", "javascript"))
    script = among_good_ones(script, json.dumps({"camera_id": "CAM001", "event_id": "bad"}))
    page, errors = run_in_browser(chromium, site.gateway, official_client, script)
    for said in ("kept as record 1", "refused", '"event_id":"bad"', "kept as record 3"):
        expect(page.locator("#said")).to_contain_text(said, timeout=PATIENCE_MS)
    assert errors == []
    page.close()
    assert [each["plate_number"] for each in records(site)] == ["กข 1234"] * 3


def test_the_versions_are_those_that_are_tested(official_client):
    tested = (ROOT / "Tests/EndToEnd/requirements.txt").read_text()
    for name, version in re.findall(r"pip install \"?([\w-]+)(?:\[client\])?==([\d.]+)", TEXT):
        assert f"{name}=={version}" in tested
    assert f"Socket.IO v{re.search(r'socket.io-client@([0-9.]+)', TEXT)[1]}" in official_client


def test_the_errors_are_those_of_the_table(site):
    url = f"http://127.0.0.1:{site.gateway}/api/records"
    with connect(f"ws://127.0.0.1:{site.gateway}/ws") as socket:
        socket.send(json.dumps({"event": "lpr_data", "data": {"camera_id": "CAM001", "event_id": "e1"}}))
        told = json.loads(socket.recv(timeout=PATIENCE))
        assert set(told) == {"status", "message", "code", "field", "id", "event_id"} and told["status"] == "error"
        read = {"camera_id": "CAM001", "plate_number": "A 1", "event_id": "e2"}
        for _ in range(2):
            socket.send(json.dumps(read))
        first, again = (json.loads(socket.recv(timeout=PATIENCE)) for _ in range(2))
        assert again == {**first, "duplicate": True} and first["status"] == "success" and first["record_id"] == 1
    for path in ("/ws", "/socket.io/?EIO=4&transport=websocket"):
        with pytest.raises(InvalidStatus) as refusal:
            connect(f"ws://127.0.0.1:{site.gateway}{path}", additional_headers={"X-Real-IP": "10.20.0.5"})
        assert refusal.value.response.status_code == 401
    refused = requests.post(url, json={"camera_id": "CAM001"}, timeout=PATIENCE)
    assert refused.status_code == 400 and set(refused.json()) == {"error", "code", "field", "id"}
    stranger = requests.post(url, json={}, headers={"X-Real-IP": "10.20.0.5"}, timeout=PATIENCE)
    assert stranger.status_code == 401
    assert requests.get(url, headers={"Host": "evil.example"}, timeout=PATIENCE).status_code == 421


def test_a_socket_that_ends_is_a_camera_that_is_gone(site):
    def statuses():
        return [each["status"] for each in site.get("/api/cameras").json()["cameras"]]

    with connect(f"ws://127.0.0.1:{site.gateway}/ws") as socket:
        socket.send(json.dumps({"event": "camera_register", "data": {"camera_id": "CAM001"}}))
        assert json.loads(socket.recv(timeout=PATIENCE))["status"] == "success"
        wait_until(lambda: statuses() == ["connected"], "an active camera")
    wait_until(lambda: statuses() == ["disconnected"], "a camera that is gone")


def test_a_server_that_stops_says_so(site):
    with connect(f"ws://127.0.0.1:{site.gateway}/ws") as socket:
        site.process.terminate()
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=PATIENCE)
        assert closed.value.rcvd.code == 1001


def test_the_networks_are_as_the_document_writes_them(make_site):
    settings = dict(re.findall(r"^(CAMERA_\w+)=(\S+)", snippet("Who gets in", "sh"), re.M))
    assert set(settings) == {"CAMERA_LISTEN_ADDRESS", "CAMERA_NETWORKS"}
    site = make_site(**settings).start()
    for client, status in [("10.20.3.4", 201), ("fd00:20::4", 201), ("10.21.3.4", 401)]:
        answer = requests.post(
            f"http://127.0.0.1:{site.gateway}/api/records", headers={"X-Real-IP": client}, timeout=PATIENCE,
            json={"camera_id": "CAM001", "plate_number": "A 1"},
        )
        assert answer.status_code == status


def test_the_ways_to_show_a_token_are_as_the_document_writes_them(make_site):
    site = make_site().start()
    line = re.search(r"^lprserver (token add .*)$", TEXT, re.M)[1]
    printed = subprocess.run(
        [BINARY, *line.split()], env=site.environment, cwd=site.folder, capture_output=True, text=True, timeout=PATIENCE,
    )
    assert printed.returncode == 0, printed.stderr
    script = here(site, re.search(r"^```bash\n(.*?)^```", TEXT, re.S | re.M)[1])
    sent = subprocess.run(
        ["bash", "-euc", script], env={**site.environment, "TOKEN": printed.stdout.strip()}, capture_output=True,
        text=True, timeout=PATIENCE,
    )
    assert sent.returncode == 0 and sent.stdout.count("Record created successfully") == 3, sent.stdout + sent.stderr
    # Without one, or as another camera, nothing is taken.
    for token in ["", "lpr_" + "x" * 43]:
        refused = subprocess.run(
            ["bash", "-uc", script], env={**site.environment, "TOKEN": token}, capture_output=True, text=True,
            timeout=PATIENCE,
        )
        assert "created" not in refused.stdout, refused.stdout
    other = script.replace("CAM001", "CAM002")
    refused = subprocess.run(
        ["bash", "-uc", other], env={**site.environment, "TOKEN": printed.stdout.strip()}, capture_output=True,
        text=True, timeout=PATIENCE,
    )
    assert "created" not in refused.stdout and refused.stdout.count('"foreign_camera"') == 3, refused.stdout
