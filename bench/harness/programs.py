"""What is measured: each program is started with a database and folders of its own."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

from . import machine, yardstick
from .machine import BenchError
from .wire import Client

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent


# What lprserver enters late and in order (DeferredIndexes), the others keep as SQLite does, with each record.
INDEXES = """\
CREATE INDEX records_by_plate ON records (plate, seen, camera);
CREATE INDEX records_by_camera ON records (camera, seen, plate, percent);
"""


def tables(database):
    """The CREATE statements of a database that lprserver has made, for those who are measured beside it."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            " ORDER BY type = 'index', rowid"
        )
        return "".join(f"{sql};\n" for sql, in rows) + INDEXES


def run_json(name, *arguments, timeout=120):
    """Runs one of the C programs and returns what it prints."""
    command = [str(BENCH / ".build" / name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise BenchError(f"{name}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Bench:
    """The scratch folder, the programs, and the measurements so far."""

    def __init__(self, measurements, scratch, binary, python):
        self.measurements = measurements
        self.scratch = pathlib.Path(scratch)
        self.binary = binary
        self.python = python          # of the virtual environment with Flask, or None
        self.series = 0
        self.rates = {}               # lprserver's rate this round, by name
        self.batches = {}             # reads a commit that lprserver was seen to make
        self.schema = self.scratch / "schema.sql"
        with self.lprserver() as server:
            self.schema.write_text(tables(server.folder / "lprserver.db"), encoding="utf-8")

    def load(self, port, program="load", **options):
        """Runs a load generator; series make event ids unique."""
        self.series += 1
        arguments = ["--port", port, "--series", self.series]
        for name, value in options.items():
            arguments += [f"--{name.replace('_', '-')}", value]
        result = run_json(program, *arguments)
        if result["broken"] or result["unanswered"]:
            print(f"  note: broken {result['broken']}, unanswered {result['unanswered']}",
                  file=sys.stderr)
        return result

    @contextlib.contextmanager
    def folder(self):
        """A new folder with room for pictures and pages.

        It stays until the end of the run: ext4 does not reuse a deleted file's inode for some minutes
        and searches past it for each new file, so that the next program would be the slower one.
        """
        path = self.scratch / f"run{time.monotonic_ns()}"
        (path / "pictures").mkdir(parents=True)
        (path / "public").mkdir()
        yield path

    @contextlib.contextmanager
    def _started(self, folder, port, command, **environment):
        begun = time.monotonic()
        process = machine.Process(command, self.scratch / "log", **environment)
        try:
            machine.wait_for_port(port, process.popen)
            process.port, process.folder = port, folder
            process.seconds_to_listen = time.monotonic() - begun
            yield process
        finally:
            process.stop()

    @contextlib.contextmanager
    def echo(self):
        """The bare libmicrohttpd."""
        port = machine.free_port()
        with self._started(None, port, [str(BENCH / ".build/echo"), "--port", str(port)]) as process:
            yield process

    @contextlib.contextmanager
    def broadcast(self):
        """The bare epoll writer."""
        port = machine.free_port()
        command = [str(BENCH / ".build/broadcast"), "--port", str(port)]
        with self._started(None, port, command) as process:
            yield process

    @contextlib.contextmanager
    def questions(self, database):
        """The yardstick of queries on a database, read-only."""
        port, statements = machine.free_port(), self.scratch / "statements"
        yardstick.write_statements(statements)
        command = [str(BENCH / ".build/questions"), "--port", str(port), "--db", str(database),
                   "--statements", str(statements)]
        with self._started(None, port, command) as process:
            yield process

    @contextlib.contextmanager
    def peer(self):
        """libmicrohttpd and SQLite in C, with group commit."""
        port = machine.free_port()
        with self.folder() as folder:
            command = [
                str(BENCH / ".build/groupcommit"), "--port", str(port), "--db", f"{folder}/peer.db",
                "--schema", str(self.schema), "--folder", f"{folder}/pictures",
            ]
            with self._started(folder, port, command) as process:
                yield process

    @contextlib.contextmanager
    def flask(self, module="flask_peer", workers=2, threads=16):
        """Flask and SQLite under gunicorn."""
        port = machine.free_port()
        with self.folder() as folder:
            environment = {
                "DATABASE": f"{folder}/flask.db", "SCHEMA": str(self.schema),
                "FOLDER": f"{folder}/pictures", "PYTHONDONTWRITEBYTECODE": "1",
            }
            peers = BENCH / "peers"
            subprocess.run([self.python, peers / "flask_peer.py"], check=True, timeout=30,
                           env={**os.environ, **environment})
            command = [
                str(self.python), "-m", "gunicorn", "--chdir", str(peers), "-b", f"127.0.0.1:{port}",
                "-k", "gthread", "-w", str(workers), "--threads", str(threads), "--keep-alive", "75",
                "--log-level", "error", f"{module}:app",
            ]
            with self._started(folder, port, command, **environment) as process:
                time.sleep(1)
                yield process

    def environment(self, folder, **settings):
        """The settings of an lprserver whose everything is in a folder."""
        return {
            "DATABASE_URL": f"sqlite:///{folder}/lprserver.db",
            "IMAGE_STORAGE_PATH": f"{folder}/pictures", "PUBLIC_PATH": f"{folder}/public",
            "TEMPLATES_PATH": str(ROOT / "site-templates"), "DISK_FREE_MIN": "1048576", **settings,
        }

    @contextlib.contextmanager
    def lprserver(self, folder=None, **settings):
        """Our server, on an empty database, or on that of a folder which is kept."""
        port = machine.free_port()
        with contextlib.nullcontext(folder) if folder else self.folder() as folder:
            environment = {
                **self.environment(folder), "DEFAULT_HTTP_PORT": str(port), "WEBSOCKET_PORT": "0",
                **settings,
            }
            command = [self.binary, "serve"]
            with self._started(folder, port, command, **environment) as process:
                wait_until_ready(port)
                yield process


def wait_until_ready(port):
    """Waits for /readyz, 20 s at most."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        client = Client(port)
        status, _ = client.call("GET", "/readyz")
        client.close()
        if status == 200:
            return
        time.sleep(0.02)
    raise BenchError("lprserver is not ready after 20 s")


def recorder_counts(port):
    """Commits and reads of lprserver since its start, by a new health check."""
    client = Client(port)
    _, answer = client.call("POST", "/health/check", {})
    client.close()
    details = answer["data"]["components"]["services"]["details"]["recorder"]
    return details["commits"], details["reads"]
