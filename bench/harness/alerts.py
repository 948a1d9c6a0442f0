"""How soon a browser learns of a listed plate: POST → event at a listener."""

import select
import statistics
import time

from . import background
from .machine import BenchError
from .wire import Client, Listener

PLATE = "ทด 9999"


def percentile(values, share):
    """The value that a share stays at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def alert_once(client, listener, number):
    """One alert: milliseconds to the acknowledgement and to the event."""
    begun = time.monotonic()
    client.send("POST", "/api/records", {
        "camera_id": "ALERT", "plate_number": PLATE, "event_id": f"alert-{number}",
    })
    acknowledged = told = None
    while told is None or acknowledged is None:
        sockets = [s for s, due in ((client.socket, acknowledged), (listener.socket, told))
                   if due is None]
        ready = select.select(sockets, [], [], 10)[0]
        if not ready:
            raise BenchError("an alert did not arrive within 10 s")
        if client.socket in ready:
            status, _ = client.receive()
            acknowledged = time.monotonic()
            if status != 201:
                raise BenchError(f"a listed plate was answered with {status}")
        if listener.socket in ready and any(kind == "alert" for kind, *_ in listener.read()):
            told = time.monotonic()
    return (acknowledged - begun) * 1000, (told - begun) * 1000


def series(bench, name, client, listener, seconds, pause):
    """Alerts one after the other for some seconds."""
    acknowledged, told = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        bench.series += 1
        first, second = alert_once(client, listener, bench.series)
        acknowledged.append(first)
        told.append(second)
        time.sleep(pause)
    details = {"alerts": len(told), "max_ms": max(told),
               "acknowledged_p50_ms": statistics.median(acknowledged)}
    bench.measurements.add(f"alert.{name}.acknowledged", statistics.median(acknowledged), "ms")
    bench.measurements.add(f"alert.{name}.p50", percentile(told, 0.5), "ms", **details)
    bench.measurements.add(f"alert.{name}.p99", percentile(told, 0.99), "ms")


def yardstick(bench):
    """How soon the C peer acknowledges a read at half of its own load; it has no listeners."""
    with bench.peer() as peer:
        client, passed = Client(peer.port), []
        rate = max(200, bench.rates.get("peer", 2000) / 2)
        with background.load(bench, peer.port, rate, 2.2):
            time.sleep(0.5)
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                bench.series += 1
                begun = time.monotonic()
                status, _ = client.call("POST", "/api/records", {
                    "camera_id": "ALERT", "plate_number": PLATE, "event_id": f"alert-{bench.series}",
                })
                passed.append((time.monotonic() - begun) * 1000)
                if status != 201:
                    raise BenchError(f"the C peer answers a read with {status}")
                time.sleep(0.012)
        client.close()
    bench.measurements.add("alert.peer.p50", percentile(passed, 0.5), "ms", reads=len(passed))
    bench.measurements.add("alert.peer.p99", percentile(passed, 0.99), "ms")


def latency(bench):
    """Idle, and while the server takes half of the reads that it can take; beside it the C peer."""
    yardstick(bench)
    with bench.lprserver() as server:
        client = Client(server.port)
        status, _ = client.call(
            "POST", "/api/blacklist", {"license_plate_text": PLATE, "reason": "bench"}
        )
        if status != 201:
            raise BenchError(f"listing a plate was answered with {status}")
        listener = Listener(server.port, "?types=alert")
        series(bench, "idle", client, listener, 2, 0.008)
        rate = max(200, bench.rates.get("small", 2000) / 2)
        with background.load(bench, server.port, rate, 4) as half:
            time.sleep(0.5)
            series(bench, "half", client, listener, 3, 0.012)
        bench.measurements.add_load("alert.half.load", half.result)
        client.close()
        listener.close()
