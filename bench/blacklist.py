"""What a long blacklist costs: python3 bench/blacklist.py change|import|start [--entries N] (after script/build).

change  an addition and a removal at 10 entries and at N, in turn, and a read meanwhile; with --pages until it is on the page
start   how long the service needs from its start to its first answer, and its memory
import  N lines in requests of 10,000: lines/s, and the time of reads with and without it, phase by phase in turn
"""

import argparse
import http.client
import json
import multiprocessing
import os
import pathlib
import signal
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = os.environ.get("LPRSERVER_BIN", str(ROOT / ".build/release/lprserver"))
LINES = 10_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """The service in a temporary folder, with so many entries."""

    def __init__(self, folder, entries=0):
        self.folder, self.port, gateway = folder, free_port(), free_port()
        self.environment = {
            **os.environ, "DATABASE_URL": f"sqlite:///{folder}/bench.db", "IMAGE_STORAGE_PATH": f"{folder}/images",
            "PUBLIC_PATH": f"{folder}/public", "TEMPLATES_PATH": str(ROOT / "site-templates"),
            "DEFAULT_HTTP_PORT": str(self.port), "WEBSOCKET_PORT": str(gateway), "LOG_LEVEL": "warning",
        }
        if entries:
            self.start()
            self.stop()
            self.fill(entries)
        self.seconds = self.start()

    def fill(self, entries):
        now = int(time.time() * 1000)
        with sqlite3.connect(f"{self.folder}/bench.db") as database:
            database.executemany(
                "INSERT INTO blacklist (text, number, province, reason, added_by, active, created, updated)"
                " VALUES (?, ?, 0, 'stolen', 'import', 1, ?, ?)",
                ((f"BM {i}", f"BM{i}", now, now) for i in range(entries)))

    def start(self):
        begin = time.monotonic()
        self.process = subprocess.Popen([BINARY, "serve"], env=self.environment, cwd=self.folder)
        while True:
            try:
                if self.call(self.connect(), "GET", "/readyz")[0] == 200:
                    return time.monotonic() - begin
            except OSError:
                time.sleep(0.005)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    @staticmethod
    def call(connection, method, path, body=None, kind="application/json"):
        connection.request(method, path, body, {"Content-Type": kind} if body is not None else {})
        answer = connection.getresponse()
        return answer.status, answer.read()


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def change(arguments):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        services = {10: Service(one, 10), arguments.entries: Service(two, arguments.entries)}
        took = {size: {"add": [], "remove": [], "refuse": [], "read": []} for size in services}
        for service in services.values():
            wait_for_pages(service)
        connections = {size: service.connect() for size, service in services.items()}
        for number in range(arguments.rounds):
            for size, connection in connections.items():
                def timed(name, method, path, body, connection=connection, size=size):
                    begin = time.perf_counter()
                    status, answer = Service.call(connection, method, path, body and json.dumps(body))
                    took[size][name].append((time.perf_counter() - begin) * 1000)
                    return status, json.loads(answer)
                entry = {"license_plate_text": f"NW {number}", "reason": "stolen"}
                _, added = timed("add", "POST", "/api/blacklist", entry)
                timed("refuse", "POST", "/api/blacklist", entry)
                timed("read", "POST", "/api/records", {"camera_id": "M", "plate_number": f"M {number}"})
                timed("remove", "DELETE", f"/api/blacklist/{added['blacklist_id']}", None)
        for name in ("add", "remove", "refuse", "read"):
            small, large = (statistics.median(took[size][name]) for size in services)
            worst = max(took[arguments.entries][name])
            print(f"{name}: {small:.2f} ms at 10, {large:.2f} ms at {arguments.entries:,} (at worst {worst:.1f}):"
                  f" {large / small:.2f} times")
        if arguments.pages:
            for size, service in services.items():
                seconds = []
                for number in range(5):
                    wait_for_pages(service)
                    begin = time.perf_counter()
                    Service.call(connections[size], "POST", "/api/blacklist",
                                 json.dumps({"license_plate_text": f"PG {number}", "reason": "x"}))
                    wait_for_pages(service)
                    seconds.append(time.perf_counter() - begin)
                print(f"on the page at {size:,}: after {statistics.median(seconds):.2f} s")
        for service in services.values():
            service.stop()


def wait_for_pages(service):
    while True:
        with sqlite3.connect(f"file:{service.folder}/bench.db?mode=ro", uri=True) as database:
            newest = database.execute("SELECT MAX(id) FROM events WHERE kind <> 7").fetchone()[0] or 0
        state = pathlib.Path(service.folder, "public/data/site.json")
        if state.exists() and json.loads(state.read_text())["event_id"] >= newest:
            return
        time.sleep(0.02)


def start(arguments):
    for entries in (10, arguments.entries):
        with tempfile.TemporaryDirectory() as folder:
            service = Service(folder, entries)
            before = service.memory()
            service.stop()
            seconds = [service.seconds]
            for _ in range(2):
                seconds.append(service.start())
                service.stop()
            print(f"start with {entries:,} entries: {min(seconds):.2f} s; {before:.0f} MiB")


def reader(service, going, phase, results):
    """Reads one after the other with a pause, as a camera sends them."""
    connection, number = service.connect(), 0
    while going.value:
        number += 1
        which = phase.value
        body = json.dumps({"camera_id": "M", "plate_number": f"M {number % 5000}", "confidence": 0.9})
        begin = time.perf_counter()
        status, _ = Service.call(connection, "POST", "/api/records", body)
        assert status == 201, status
        if which == phase.value:
            results.put((which, (time.perf_counter() - begin) * 1000))
        time.sleep(0.003)
    results.put(None)


def importer(service, bodies, phase, seconds, done):
    """In phases with an odd number sends body after body; adds up their time."""
    connection, sent = service.connect(), 0
    while sent < len(bodies):
        if phase.value % 2 == 0:
            time.sleep(0.005)
            continue
        begin = time.perf_counter()
        status, answer = Service.call(connection, "POST", "/api/blacklist", bodies[sent], "text/csv")
        seconds.value += time.perf_counter() - begin
        assert status == 201, answer[:300]
        sent += 1
    done.value = 1


def bulk(arguments):
    header = "license_plate_text,reason,added_by,expiry_date,notes\r\n"
    bodies = [
        (header + "".join(f"BK {first + i},stolen,import,2099-12-31,list of the day\r\n" for i in range(LINES))).encode()
        for first in range(0, arguments.entries, LINES)
    ]
    with tempfile.TemporaryDirectory() as folder:
        service = Service(folder)
        going, phase, done = (multiprocessing.Value("i", value) for value in (1, 0, 0))
        seconds, results = multiprocessing.Value("d", 0), multiprocessing.Queue()
        workers = [multiprocessing.Process(target=reader, args=(service, going, phase, results)),
                   multiprocessing.Process(target=importer, args=(service, bodies, phase, seconds, done))]
        for worker in workers:
            worker.start()
        begin = time.monotonic()
        while not done.value:
            time.sleep(arguments.phase)
            phase.value += 1
        wall = time.monotonic() - begin
        going.value = 0
        times = {0: [], 1: []}
        while (result := results.get()) is not None:
            times[result[0] % 2].append(result[1])
        for worker in workers:
            worker.join()
        lines = len(bodies) * LINES
        print(f"{lines:,} lines: {lines / seconds.value:,.0f} lines/s, {seconds.value:.1f} s of import in {wall:.0f} s;"
              f" {service.memory():.0f} MiB")
        for part, name in ((0.5, "median"), (0.99, "p99"), (0.999, "p99.9")):
            alone, beside = (percentile(times[which], part) for which in (0, 1))
            print(f"reads {name}: {alone:.2f} ms alone, {beside:.2f} ms beside the import: {beside / alone:.2f} times"
                  f" ({len(times[0])} and {len(times[1])} reads)")
        begin = time.monotonic()
        wait_for_pages(service)
        print(f"all on the pages {time.monotonic() - begin:.1f} s later")
        service.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["change", "import", "start"])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--phase", type=float, default=3)
    parser.add_argument("--pages", action="store_true")
    arguments = parser.parse_args()
    {"change": change, "import": bulk, "start": start}[arguments.what](arguments)


if __name__ == "__main__":
    main()
