"""A real service behind a real nginx, in a temporary folder, on free ports."""

import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import time

import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("LPRSERVER_BIN", str(ROOT / ".build/release/lprserver"))
# Long enough for the slowest machine; nothing is asserted on it.
PATIENCE = 60


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


class Site:
    def __init__(self, folder, **settings):
        self.folder = folder
        self.port, self.gateway, self.nginx_port = free_ports(3)
        self.settings = settings
        self.process = None
        self.nginx = None
        self.public = folder / "public"
        self.images = folder / "images"
        for path in (self.public, self.images, folder / "nginx"):
            path.mkdir(exist_ok=True)

    @property
    def environment(self):
        return {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "DATABASE_URL": f"sqlite:///{self.folder}/test.db",
            "IMAGE_STORAGE_PATH": str(self.images),
            "PUBLIC_PATH": str(self.public),
            "TEMPLATES_PATH": str(ROOT / "site-templates"),
            "DEFAULT_HTTP_PORT": str(self.port),
            "WEBSOCKET_PORT": str(self.gateway),
            "TZ": "Asia/Bangkok",
            **self.settings,
        }

    def start(self):
        self.log = open(self.folder / "service.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve"], env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log
        )
        wait_until(self.is_ready, "the service")
        return self

    def is_ready(self):
        assert self.process.poll() is None, (self.folder / "service.log").read_text()
        try:
            return requests.get(self.url("/readyz"), timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def start_nginx(self, **options):
        run = self.folder / "nginx"
        environment = {
            **os.environ, "RUN": str(run), "PORT": str(self.nginx_port), "HTTP": str(self.port),
            "GATEWAY": str(self.gateway), "PUBLIC": str(self.public), "PICTURES": str(self.images),
            "OPEN": f"{self.folder}/test.db.open", "ACCESS_LOG": str(run / "access.log"), **options,
        }
        text = subprocess.check_output([ROOT / "script/nginx-configuration"], env=environment)
        (run / "nginx.conf").write_bytes(text)
        path = f"{os.environ['PATH']}:/usr/sbin"
        self.nginx = subprocess.Popen(
            ["nginx", "-p", run, "-c", run / "nginx.conf", "-e", run / "error.log"],
            env={**os.environ, "PATH": path},
        )
        wait_until(lambda: self.is_open(self.nginx_port), "nginx")
        return self

    def is_open(self, port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        for process in (self.nginx, self.process):
            if process and process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def front(self, path):
        return f"http://localhost:{self.nginx_port}{path}"

    def get(self, path, **rest):
        return requests.get(self.url(path), timeout=PATIENCE, **rest)

    def post(self, path, json=None, **rest):
        return requests.post(self.url(path), json=json, timeout=PATIENCE, **rest)

    def read(self, plate="กข 1234", **fields):
        answer = self.post("/api/records", {"camera_id": "CAM001", "plate_number": plate, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def record(self, identity):
        return self.get(f"/api/records/{identity}").json()

    def total(self):
        return self.get("/api/records").json()["total"]

    def published(self):
        """Waits until the pages show the newest event."""
        newest = self.event_id()
        state = self.public / "data/site.json"
        wait_until(lambda: state.exists() and json.loads(state.read_text())["event_id"] >= newest, "the pages")

    def event_id(self):
        with sqlite3.connect(f"file:{self.folder}/test.db?mode=ro", uri=True) as database:
            return database.execute("SELECT MAX(id) FROM events WHERE kind <> 7").fetchone()[0] or 0


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path).start()
    yield site
    site.stop()


@pytest.fixture
def fronted(tmp_path):
    site = Site(tmp_path).start().start_nginx()
    site.published()
    yield site
    site.stop()


@pytest.fixture
def make_site(tmp_path):
    sites = []

    def make(**settings):
        site = Site(tmp_path, **settings)
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def own_address():
    """An address of this machine that is not loopback: its sender counts as another machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only chooses the way out.
            probe.connect(("198.51.100.1", 9))
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return probe.getsockname()[0]


def png(seed=0):
    """A small picture that differs with its seed."""
    import struct
    import zlib

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes((seed * 7 + x * y) % 256 for x in range(16)) for y in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
