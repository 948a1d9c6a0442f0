"""kill -9 in the middle of load: every acknowledged read and picture is there, the site is whole."""

import base64
import random
import re
import shutil
import sqlite3
import subprocess
import threading

import pytest
import requests

from conftest import BINARY, png, wait_until


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_acknowledged_survives_kill_9(make_site, seed):
    site = make_site().start()
    generator = random.Random(seed)
    acknowledged = {}
    sent = {}
    stopped = threading.Event()

    def camera(number):
        session = requests.Session()
        for count in range(10_000):
            if stopped.is_set():
                return
            event = f"{number}-{count}"
            picture = png(count) if count % 3 == 0 else None
            body = {"camera_id": f"CAM{number}", "plate_number": f"กข {count}", "event_id": event}
            if picture:
                body["image_data"] = base64.b64encode(picture).decode()
            sent[event] = (body, picture)
            try:
                answer = session.post(site.url("/api/records"), json=body, timeout=30)
            except requests.RequestException:
                return
            if answer.status_code == 201:
                acknowledged[event] = answer.json()["id"]

    threads = [threading.Thread(target=camera, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    wanted = generator.randint(200, 800)
    while len(acknowledged) < wanted:
        stopped.wait(0.005)
    site.kill()
    stopped.set()
    for thread in threads:
        thread.join()
    assert len(acknowledged) >= wanted

    site.start()
    for event, identity in acknowledged.items():
        record = site.record(identity)
        body, picture = sent[event]
        assert record["event_id"] == event and record["plate_number"] == body["plate_number"]
        if picture:
            assert site.get("/" + record["image_path"]).content == picture
    # Sent again, nothing is doubled, and what was not acknowledged is kept now.
    for event, (body, _) in sent.items():
        again = site.post("/api/records", body)
        assert again.status_code == 201
        assert again.json()["id"] == acknowledged.get(event, again.json()["id"])
    assert site.total() == len(sent)
    kept = {line["image_path"].removeprefix("images/") for line in lines(site) if line["image_path"]}

    def files():
        return {str(path.relative_to(site.images)) for path in site.images.glob("2*/**/*.png")}

    # The pictures of reads that were sent again are removed after the answer.
    wait_until(lambda: files() <= kept, "the removal of pictures that came again")
    assert files() == kept
    site.published()
    assert (site.public / "dashboard.html").read_text().rstrip().endswith("</html>")


def lines(site):
    import json

    return [json.loads(line) for line in site.get("/api/records?format=ndjson").text.splitlines()]


def test_a_stop_keeps_what_was_accepted(make_site):
    site = make_site().start()
    ids = [site.read(f"A {n}") for n in range(20)]
    site.stop()
    assert site.process.returncode == 0
    site.start()
    assert site.total() == len(ids)


def test_a_second_service_on_the_same_database_is_refused(site):
    import subprocess

    from conftest import BINARY, free_ports

    ports = free_ports(2)
    environment = {**site.environment, "DEFAULT_HTTP_PORT": str(ports[0]), "WEBSOCKET_PORT": str(ports[1])}
    second = subprocess.run([BINARY, "serve"], env=environment, capture_output=True, text=True, timeout=60)
    assert second.returncode != 0 and "another lprserver" in second.stderr


def test_the_version_of_sqlite_is_told(site):
    """By the command, by the log at the start, and by the health check: older ones have bugs that matter."""
    told = subprocess.run([BINARY, "--version"], capture_output=True, text=True, timeout=60).stdout
    version = re.fullmatch(r"0\.1\.0 \(SQLite (3\.[0-9.]+)\)\n", told).group(1)
    assert f"sqlite={version}" in (site.folder / "service.log").read_text()
    check = site.post("/health/check").json()["data"]
    assert check["components"]["database"]["details"]["sqlite_version"] == version
    assert site.get("/health/database/stats").json()["data"]["sqlite_version"] == version


def test_generate_beside_the_service_and_without_it(site, tmp_path):
    """Beside it, the database is opened for reading only."""
    import subprocess

    from conftest import BINARY

    site.read("1กก 1")
    out = str(tmp_path / "out")
    subprocess.run([BINARY, "generate", "--full", "--out", out], env=site.environment, check=True, timeout=120)
    site.read("1กก 2")
    site.stop()
    subprocess.run([BINARY, "generate", "--out", out], env=site.environment, check=True, timeout=120)
    assert site.start().total() == 2


def back_up(site, target):
    with sqlite3.connect(site.folder / "test.db") as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()


def refusal(site):
    """What a service says that does not start."""
    ended = subprocess.run(
        [BINARY, "serve"], env=site.environment, cwd=site.folder, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    return ended.stderr


@pytest.mark.parametrize("bodies", [1, 60])
def test_a_backup_beside_a_left_over_log_is_not_mixed_with_it(make_site, tmp_path, bodies):
    """With few reads later the log is the same as at the backup; with many it was reset since."""
    site = make_site().start()
    for number in range(20):
        site.read(f"OLD {number}")
    back_up(site, tmp_path / "backup.db")
    for body in range(bodies):
        reads = [{"camera_id": "CAM001", "plate_number": f"NEW {body} {number}"} for number in range(2_000)]
        assert site.post("/api/records", reads).status_code == 201
    site.kill()
    wal = site.folder / "test.db-wal"
    log = wal.read_bytes()
    crashed = (site.folder / "test.db").read_bytes()
    shutil.copy(tmp_path / "backup.db", site.folder / "test.db")
    said = refusal(site)
    assert "test.db-wal" in said and "move" in said and "Restore" in said
    assert wal.read_bytes() == log and (site.folder / "test.db").read_bytes() == (tmp_path / "backup.db").read_bytes()

    # What the sentence says to do.
    wal.rename(tmp_path / "moved-wal")
    (site.folder / "test.db-shm").unlink()
    assert site.start().total() == 20
    site.stop()

    # The database and its own log, put back together, are whole.
    for path in site.folder.glob("test.db*"):
        path.unlink()
    assert "is missing, but its WAL" in (shutil.copy(tmp_path / "moved-wal", wal), refusal(site))[1]
    (site.folder / "test.db").write_bytes(crashed)
    assert site.start().total() == 20 + 2_000 * bodies


@pytest.mark.parametrize("tuning, buffer", [("on", "on"), ("off", "switched off (SQLITE_TUNING)")])
def test_whether_commits_are_written_together_is_told(make_site, tuning, buffer):
    site = make_site(SQLITE_TUNING=tuning).start()
    site.read()
    details = site.post("/health/check").json()["data"]["components"]["database"]["details"]
    assert details["wal_buffer"] == buffer
    told = "WAL writes are not batched" in (site.folder / "service.log").read_text()
    assert told == (tuning == "off")
    site.kill()
    assert site.start().total() == 1


def test_the_change_list_agrees_with_the_records_after_kill_9(make_site):
    """Each id that was ever given is that of a record or stands in the list of changes, never both."""
    site = make_site().start()
    given, deleted, stopped = [], [], threading.Event()

    def camera(number):
        session = requests.Session()
        for count in range(10_000):
            if stopped.is_set():
                return
            body = {"camera_id": f"CAM{number}", "plate_number": f"กข {count}", "event_id": f"{number}-{count}"}
            try:
                answer = session.post(site.url("/api/records"), json=body, timeout=30)
            except requests.RequestException:
                return
            if answer.status_code == 201:
                given.append(answer.json()["id"])

    def operator(seed):
        generator = random.Random(seed)
        session = requests.Session()
        while not stopped.is_set():
            if not given:
                stopped.wait(0.01)
                continue
            identity = given[generator.randrange(len(given))]
            try:
                answer = session.delete(site.url(f"/api/records/{identity}"), timeout=30)
            except requests.RequestException:
                return
            if answer.status_code == 200:
                deleted.append(identity)

    threads = [threading.Thread(target=camera, args=(number,)) for number in range(4)]
    threads += [threading.Thread(target=operator, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    while len(deleted) < 60:
        stopped.wait(0.005)
    site.kill()
    stopped.set()
    for thread in threads:
        thread.join()

    site.start()
    site.stop()
    with sqlite3.connect(site.folder / "test.db") as database:
        kept = {row[0] for row in database.execute("SELECT id FROM records")}
        gone = set()
        for first, last in database.execute("SELECT first, last FROM changes WHERE kind = 1"):
            gone.update(range(first, last + 1))
        latest = int(database.execute("SELECT value FROM meta WHERE key = 'latest_record'").fetchone()[0])
    assert set(deleted) <= gone and set(given) <= kept | gone
    assert kept | gone == set(range(1, latest + 1)) and not kept & gone
