"""Durable ingest over HTTP: lprserver, the C peer, the bare echo and Flask, one after the other."""

import subprocess
import time

from . import programs

CONNECTIONS = (32, 64, 127, 128, 129, 256)
PICTURE_BYTES = 30 * 1024
TIMES = {"seconds": 1.2, "warmup": 0.3}


def small(bench):
    """Small JSON at every count of connections."""
    with bench.lprserver() as server:
        bench.measurements.add("memory.idle", server.memory_mib(), "MiB")
        bench.measurements.add("start.empty", server.seconds_to_listen * 1000, "ms")
        for count in CONNECTIONS:
            small_ours(bench, server, count)
        bench.measurements.add("memory.small", server.memory_mib("VmHWM"), "MiB")
    with bench.lprserver(LOCAL_ACCESS="open") as server:
        small_token(bench, server)
    with bench.peer() as peer:
        for count in CONNECTIONS:
            small_peer(bench, peer, count)
    with bench.echo() as echo:
        for count in (64, 256):
            result = bench.load(echo.port, connections=count, **TIMES)
            bench.measurements.add_load(f"ingest.small.{count}.echo", result)
    if bench.python:
        with bench.flask() as flask:
            result = bench.load(flask.port, connections=64, **TIMES)
            bench.measurements.add_load("ingest.small.64.flask", result)
        begun = time.monotonic()
        subprocess.run([bench.python, "-c", "import flask"], check=True, timeout=60)
        bench.measurements.add("start.flask", (time.monotonic() - begun) * 1000, "ms")


def small_ours(bench, server, count):
    """lprserver at one count: rate, batch, processor time for each read."""
    name = f"ingest.small.{count}"
    commits, reads = programs.recorder_counts(server.port)
    cpu = server.cpu_seconds()
    result = bench.load(server.port, connections=count, **TIMES)
    cpu = server.cpu_seconds() - cpu
    now = programs.recorder_counts(server.port)
    reads = max(1, now[1] - reads)
    batch = reads / max(1, now[0] - commits)
    bench.measurements.add_load(f"{name}.lprserver", result)
    bench.measurements.add(f"{name}.batch", batch, "reads/commit")
    bench.measurements.add(f"{name}.cpu", 1e6 * cpu / reads, "µs")
    if count == 64:
        bench.rates["small"] = result["rate"]
        bench.batches["small"] = max(1, round(batch))


def small_token(bench, server):
    """The same reads with a token of a camera and without, in turns on one server."""
    client = programs.Client(server.port)
    _, answer = client.call("POST", "/api/tokens", {"name": "bench", "role": "camera"})
    client.close()
    paths = {"token": f"/api/records?token={answer['token']}", "none": "/api/records"}
    for name in ("none", "token", "token", "none"):
        result = bench.load(server.port, connections=64, path=paths[name], **TIMES)
        bench.measurements.add_load(f"ingest.token.{name}", result)


def small_peer(bench, peer, count):
    """The C peer at one count."""
    cpu = peer.cpu_seconds()
    result = bench.load(peer.port, connections=count, **TIMES)
    bench.measurements.add_load(f"ingest.small.{count}.peer", result)
    if count == 64:
        bench.rates["peer"] = result["rate"]
    # The warm-up's reads are not among the answers that are counted.
    reads = result["answers"] * (1 + TIMES["warmup"] / TIMES["seconds"])
    bench.measurements.add(
        f"ingest.small.{count}.peer_cpu", 1e6 * (peer.cpu_seconds() - cpu) / max(1, reads), "µs"
    )


LINES = 100
LINE_CONNECTIONS = (1, 8)


def lines(bench):
    """NDJSON of 100 reads a body, which is also the batch size of bare SQLite beside it."""
    with bench.lprserver() as server:
        for count in LINE_CONNECTIONS:
            before = programs.recorder_counts(server.port)
            result = bench.load(server.port, connections=count, lines=LINES, **TIMES)
            after = programs.recorder_counts(server.port)
            batch = (after[1] - before[1]) / max(1, after[0] - before[0])
            bench.batches[f"lines.{count}"] = max(1, round(batch))
            bench.measurements.add_load(f"ingest.lines.{count}.lprserver", result)
            bench.measurements.add(f"ingest.lines.{count}.batch", batch, "reads/commit")


def pictures(bench):
    """The same with a 30 KB picture in base64."""
    options = {"connections": 64, "picture_bytes": PICTURE_BYTES, **TIMES}
    with bench.lprserver() as server:
        before = programs.recorder_counts(server.port)
        result = bench.load(server.port, **options)
        after = programs.recorder_counts(server.port)
        batch = (after[1] - before[1]) / max(1, after[0] - before[0])
        bench.measurements.add_load("ingest.pictures.lprserver", result)
        bench.measurements.add("ingest.pictures.batch", batch, "reads/commit")
        bench.measurements.add("memory.pictures", server.memory_mib("VmHWM"), "MiB")
    with bench.peer() as peer:
        bench.measurements.add_load("ingest.pictures.peer", bench.load(peer.port, **options))
    with bench.echo() as echo:
        bench.measurements.add_load("ingest.pictures.echo", bench.load(echo.port, **options))
    if bench.python:
        with bench.flask() as flask:
            bench.measurements.add_load("ingest.pictures.flask", bench.load(flask.port, **options))
