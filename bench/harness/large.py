"""Ten million records: start, memory, bytes, every kind of question, and ingest beside an empty database."""

import contextlib
import http.client
import json
import os
import sqlite3
import time
import urllib.parse

from . import background, fullbuild, programs
from .alerts import percentile
from .filled import SETTINGS, filled
from .machine import BenchError
from .wire import Client
from .yardstick import Yardstick

RECORDS = 10_000_000
SECONDS_EACH = 0.4


def measure(bench):
    """Everything on the one large database; it is filled once for all rounds."""
    folder = filled(bench, RECORDS, name="large")
    make_pages(bench, folder)
    begun = time.monotonic()
    with bench.lprserver(folder=folder, **SETTINGS) as server:
        client = Questions(server.port)
        client.ask("/api/records?per_page=20")
        bench.measurements.add("large.start", (time.monotonic() - begun) * 1000, "ms")
        time.sleep(2)
        bench.measurements.add("large.memory.idle", server.memory_mib(), "MiB")
        expect_known_events(server, folder)
        cases = questions(client)
        ingest(bench, server)
        with bench.questions(folder / "lprserver.db") as bare:
            compare_all(bench, client, Yardstick(bare.port), cases)
        with background.load(bench, server.port, 1000, 2 + len(cases) * SECONDS_EACH, connections=50):
            ask_all(bench, client, cases, "large.busy")
        cold(bench, client, cases, folder)
        bench.measurements.add("large.memory.load", server.memory_mib("VmHWM"), "MiB")
        client.close()


def expect_known_events(server, folder):
    """The filler inserts rows that no service has seen: after the reindex they must be known when they come again."""
    with contextlib.closing(sqlite3.connect(f"file:{folder}/lprserver.db?mode=ro", uri=True)) as database:
        known = database.execute(
            "SELECT r.id, c.name, hex(r.event_id) FROM records r JOIN cameras c ON c.id = r.camera"
            " WHERE r.id % 997001 = 1 AND typeof(r.event_id) = 'blob'").fetchall()
    client = Client(server.port)
    for record, camera, event in known:
        status, answer = client.call("POST", "/api/records", {
            "camera_id": camera, "plate_number": "ทด 1", "event_id": event.lower(),
        })
        if answer.get("id") != record:
            raise BenchError(f"record {record} came again and was answered {status} {answer}")
    client.close()


def make_pages(bench, folder):
    """Once, as a service with so many records has them: it would make 100,000 pages beside all that follows."""
    if (folder / "public/data/site.json").exists():
        return
    seconds, cpu, memory = fullbuild.generate(bench, folder, folder / "public")
    bench.measurements.add("large.build", RECORDS / seconds, "rows/s", seconds=seconds, cpu_seconds=cpu)
    bench.measurements.add("large.build.memory", memory, "MiB")


def ingest(bench, server):
    """As ingest.small at 64 connections, beside an empty database in the same round.

    The writer has seen none of the plates since its start; then all of them are sent again, and once
    more with event ids at random, as UUIDs are. What is compared is
    measured next to each other: the machine's speed changes within seconds.
    """
    times = {"connections": 64, "seconds": 3, "warmup": 0.4}
    with bench.lprserver() as empty:
        for name, options in {"": {}, ".again": {}, ".random": {"random_ids": 1}}.items():
            options |= times
            bench.measurements.add_load(f"large.ingest{name}", bench.load(server.port, **options))
            bench.measurements.add_load(f"large.ingest.empty{name}", bench.load(empty.port, **options))


class Questions:
    """A client that measures."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path):
        """(ms, JSON) of one question."""
        begun = time.perf_counter()
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        text = answer.read()
        passed = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise programs.BenchError(f"{path} is answered with {answer.status}")
        return passed, json.loads(text)

    def close(self):
        """Hangs up."""
        self.connection.close()


def questions(client):
    """The questions of each kind; plates are those of the newest reads, frequent ones more often."""
    newest = client.ask("/api/records?per_page=100")[1]["records"]
    plates = [record["plate_number"].split()[:2] for record in newest[:40]]
    # (series and number, number alone): "1กข 1234 ตาก" → "1กข1234", "1กข", "1234"
    whole = [urllib.parse.quote("".join(plate)) for plate in plates]
    series = [urllib.parse.quote(plate[0]) for plate in plates]
    digits = [plate[1] for plate in plates if len(plate[1]) > 2]
    middle = client.ask("/api/records?page=50000&per_page=100")[1]["records"][0]["id"]
    base = "/api/records?"
    month = "date_from=2026-03-01&date_to=2026-03-31"
    return {
        "first page": [base],
        "page 100,000 of 100": [base + "per_page=100&page=100000"],
        "keyset, half-way": [f"{base}before_id={middle}"],
        "exact plate": [f"{base}match=exact&plate_number={each}" for each in whole],
        "prefix": [f"{base}match=prefix&plate_number={each}" for each in series],
        "substring of 3": [f"{base}plate_number={each[:3]}" for each in digits],
        "substring of 1": [base + "plate_number=7"],
        "wildcard": [f"{base}match=wildcard&plate_number=*{each[:2]}?{each[3:4]}" for each in digits],
        "fuzzy": [f"{base}match=fuzzy&plate_number={each}" for each in whole],
        "camera": [f"{base}camera_id=CAM{n:03}" for n in range(1, 51)],
        "camera, page 1,000": [f"{base}camera_id=CAM{n:03}&page=1000" for n in range(1, 51)],
        "dates": [base + month],
        "dates, page 1,000": [base + month + "&page=1000"],
        "confidence": [base + "min_confidence=90"],
        "blacklisted": [base + "blacklisted=true"],
        "not blacklisted, page 1,000": [base + "blacklisted=false&page=1000"],
        "camera and dates": [f"{base}camera_id=CAM{n:03}&{month}" for n in range(1, 51)],
        "camera, dates and confidence": [f"{base}camera_id=CAM{n:03}&{month}&min_confidence=90"
                                         for n in range(1, 51)],
        "camera and blacklisted": [f"{base}camera_id=CAM{n:03}&blacklisted=true" for n in range(1, 51)],
        "exact plate and camera": [f"{base}match=exact&plate_number={each}&camera_id=CAM003"
                                   for each in whole],
        "exact plate and dates": [f"{base}match=exact&plate_number={each}&{month}" for each in whole],
        "prefix, camera and dates": [f"{base}match=prefix&plate_number={each}&camera_id=CAM003&{month}"
                                     for each in series],
        "statistics": ["/api/statistics"],
        "cameras": ["/api/cameras"],
    }


def cold(bench, client, cases, folder):
    """Each kind once, with nothing of the file in memory (the page cache is told to forget it)."""
    path = folder / "lprserver.db"
    for name, paths in cases.items():
        with contextlib.closing(FileBytes(path)) as file:
            file.forget()
        bench.measurements.add(f"large.cold.{name}", client.ask(paths[-1])[0], "ms")
    # The next round asks warm again: what was made cold here is not what it measures.
    with contextlib.closing(FileBytes(path)) as file:
        file.remember()


class FileBytes:
    """A file of which the system shall keep nothing in memory, or all."""

    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDONLY)

    def forget(self):
        """Asks for it; pages that others have mapped stay."""
        os.posix_fadvise(self.descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def remember(self):
        """Reads all of it."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        while os.read(self.descriptor, 1 << 20):
            pass

    def close(self):
        """Releases it."""
        os.close(self.descriptor)


def compare_all(bench, client, yardstick, cases):
    """Each kind for a while, ours and the yardstick in turn: both have the same machine."""
    for name, paths in cases.items():
        times, theirs = [], []
        end = time.monotonic() + 1.5 * SECONDS_EACH
        while time.monotonic() < end or len(times) < 3:
            path = paths[len(times) % len(paths)]
            times.append(client.ask(path)[0])
            theirs.append(yardstick.ask(name, path))
        for figure, values in (("", times), (".bare", theirs)):
            bench.measurements.add(f"large.{name}{figure}.p50", percentile(values, 0.5), "ms", asked=len(values))
            bench.measurements.add(f"large.{name}{figure}.p99", percentile(values, 0.99), "ms")
    yardstick.close()


def ask_all(bench, client, cases, prefix):
    """Each kind for a while, one question after the other."""
    for name, paths in cases.items():
        times = []
        end = time.monotonic() + SECONDS_EACH
        while time.monotonic() < end or len(times) < 3:
            times.append(client.ask(paths[len(times) % len(paths)])[0])
        bench.measurements.add(f"{prefix}.{name}.p50", percentile(times, 0.5), "ms", asked=len(times))
        bench.measurements.add(f"{prefix}.{name}.p99", percentile(times, 0.99), "ms")
