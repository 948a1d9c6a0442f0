"""The n-th call fails, for n = 1, 2, 3 … until none does: nothing acknowledged is lost, nothing false is said."""

import base64
import errno
import os
import shutil
import subprocess

import pytest
import requests

from conftest import BINARY, Site, png, wait_until
from faults import Faults, build


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    return build(tmp_path_factory.mktemp("faults"))


class Run:
    """A service whose calls can fail, with what it was sent and what it acknowledged."""

    def __init__(self, folder, library, **settings):
        self.faults = Faults(library, folder)
        self.site = Site(folder, **self.faults.settings, **settings)
        self.sent = {}
        self.acknowledged = {}
        self.lists = []
        self.refused = 0

    @property
    def log(self):
        return (self.site.folder / "service.log").read_text()

    def post(self, path, body):
        try:
            return requests.post(self.site.url(path), json=body, timeout=30)
        except requests.RequestException:
            return None

    def send(self, count):
        """Reads, every second one with a picture, and a change of the blacklist."""
        for _ in range(count):
            number = len(self.sent)
            event = f"read no. {number}"
            picture = png(number) if number % 2 else None
            body = {"camera_id": "CAM1", "plate_number": f"กข {number}", "event_id": event}
            if picture:
                body["image_data"] = base64.b64encode(picture).decode()
            self.sent[event] = (body, picture)
            answer = self.post("/api/records", body)
            if answer is not None and answer.status_code == 201:
                self.acknowledged[event] = answer.json()["id"]
            else:
                # It says so: 503, never anything else, and never silence.
                assert answer is not None and answer.status_code == 503, answer and answer.text
                self.refused += 1
        plate = f"ฮฮ {len(self.lists)}"
        answer = self.post("/api/blacklist", {"license_plate_text": plate, "reason": "test"})
        assert answer is not None and answer.status_code in (201, 503)
        self.lists.append((plate, answer.status_code == 201))

    def check(self):
        """Every acknowledged read is there, with its picture, and every listed plate."""
        for event, identity in self.acknowledged.items():
            body, picture = self.sent[event]
            record = self.site.record(identity)
            assert record.get("event_id") == event and record["plate_number"] == body["plate_number"]
            if picture:
                assert self.site.get("/" + record["image_path"]).content == picture
        for plate, is_listed in self.lists:
            if is_listed:
                again = self.post("/api/blacklist", {"license_plate_text": plate, "reason": "test"})
                assert again.status_code in (400, 409) and "already" in again.text, again.text

    def check_whole(self):
        """Sent again, everything is there once, and no picture lies about without a record."""
        for event, (body, _) in self.sent.items():
            answer = self.post("/api/records", body)
            assert answer.status_code == 201, answer.text
            identity = answer.json()["id"]
            assert identity == self.acknowledged.setdefault(event, identity)
        assert self.site.total() == len(self.sent)
        self.check()
        self.site.stop()
        self.site.start()
        files = {path.name for path in self.site.images.glob("2*/**/*.png")}
        assert len(files) == sum(1 for _, picture in self.sent.values() if picture)

    def close(self):
        self.faults.disarm()
        self.site.stop()


@pytest.fixture
def make_run(tmp_path, library):
    runs = []

    def make(**settings):
        runs.append(Run(tmp_path, library, **settings))
        return runs[-1]

    yield make
    for run in runs:
        run.close()


# How SQLite or the system names the cause, in the log.
CAUSES = {
    "EIO": ("I/O error", "Input/output error"),
    "ENOSPC": ("I/O error", "full", "No space left"),
    # SQLite opens a file for reading that it cannot open for writing.
    "EMFILE": ("unable to open", "Too many open files", "readonly database"),
}
# More calls than that none of the workloads makes; a loop that comes there does not end.
N_MAX = 400


@pytest.mark.parametrize(
    "files, calls, code",
    [
        ("wal", "write", "EIO"), ("wal", "write", "ENOSPC"), ("wal", "sync", "EIO"),
        ("pictures", "open", "EMFILE"), ("pictures", "write", "ENOSPC"), ("pictures", "write", "EIO"),
        ("pictures", "sync", "EIO"),
    ],
)
def test_the_nth_call_fails_while_reads_come_in(make_run, files, calls, code):
    run = make_run()
    run.site.start()
    failures = 0
    for n in range(1, N_MAX):
        refused = run.refused + sum(not is_listed for _, is_listed in run.lists)
        with run.faults.armed(files, calls, n, code):
            run.send(4)
        if not run.faults.failed:
            break
        failures += 1
        if run.refused + sum(not is_listed for _, is_listed in run.lists) > refused:
            assert any(text in run.log for text in CAUSES[code])
        # The service continues without a restart.
        run.send(2)
        assert list(run.sent)[-1] in run.acknowledged
        run.site.kill()
        run.site.start()
        run.check()
    assert failures and n < N_MAX - 1
    run.check_whole()


@pytest.mark.parametrize("code", ["EIO", "ENOSPC", "EMFILE"])
def test_the_nth_call_fails_while_the_database_is_opened_and_closed(make_run, code):
    """At a start it says why it cannot begin, or begins; at its end it checkpoints the WAL."""
    run = make_run()
    run.site.start()
    run.send(4)
    run.site.stop()
    calls = "open" if code == "EMFILE" else "write sync truncate rename"
    failures = 0
    for n in range(1, N_MAX):
        told = len(run.log)
        with run.faults.armed("database wal pictures", calls, n, code):
            try:
                run.site.start()
                run.send(2)
                run.site.stop()
            except AssertionError:
                assert run.site.process.wait(30) != 0
                assert any(text in run.log[told:] for text in CAUSES[code]), run.log[told:]
        if not run.faults.failed:
            break
        failures += 1
        if n % 4 == 0:
            run.site.start()
            run.check()
            run.site.kill()
    assert failures and n < N_MAX - 1
    run.site.start()
    run.check_whole()


@pytest.mark.parametrize(
    "calls, code",
    [("open", "EMFILE"), ("write", "ENOSPC"), ("rename", "EIO")],
)
def test_the_nth_call_fails_while_pages_are_made(make_run, tmp_path, calls, code):
    """No page is half, the failure is told, and what is made in the end equals a full build."""
    run = make_run()
    run.site.start()
    run.send(6)
    run.site.stop()
    pages = run.site.public

    def generate(*arguments):
        return subprocess.run(
            [BINARY, "generate", *arguments], env=run.site.environment, cwd=tmp_path,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
        )

    full = tmp_path / "full"
    assert generate("--full", "--out", str(full)).returncode == 0
    failures = 0
    for n in range(1, N_MAX):
        shutil.rmtree(pages)
        pages.mkdir()
        with run.faults.armed("pages", calls, n, code):
            made = generate()
        for page in pages.rglob("*.html"):
            assert page.read_text().rstrip().endswith("</html>"), page
        if not run.faults.failed:
            break
        failures += 1
        assert made.returncode == 0 or os.strerror(getattr(errno, code)) in made.stdout, made.stdout
        assert generate().returncode == 0 and content(pages) == content(full)
    assert failures and n < N_MAX - 1
    assert made.returncode == 0 and content(pages) == content(full)


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("site.json", ".lock", "state.json")
    }


def test_publishing_recovers_from_a_failing_page(make_run):
    run = make_run()
    run.site.start()
    run.site.published()
    with run.faults.armed("pages", "write", 2, "ENOSPC"):
        run.send(2)
        wait_until(lambda: run.faults.failed, "a page that cannot be written")
    assert run.refused == 0
    wait_until(lambda: os.strerror(errno.ENOSPC) in run.log, "the log's line")
    run.site.published()
    run.check()
