"""What the audit costs a look-up of a plate beside cameras that send: with its entry on disk, and a question without one."""

import statistics
import time
import urllib.parse

from . import background
from .alerts import percentile
from .machine import BenchError
from .wire import Client

READS_PER_SECOND = 1_000
SECONDS = 8
PLATE = "ทด 9999"
QUESTIONS = {
    # The same answer, of one record: by its plate, which is audited, and by its camera, which is not.
    "audited": f"/api/records?match=exact&per_page=1&plate_number={urllib.parse.quote(PLATE)}",
    "bare": "/api/records?per_page=1&camera_id=LOOKUP",
}


def latency(bench):
    """The latencies of both questions in turn, while 1,000 reads/s are stored."""
    with bench.lprserver() as server:
        client = Client(server.port)
        client.call("POST", "/api/records", {"camera_id": "LOOKUP", "plate_number": PLATE})
        took = {name: [] for name in QUESTIONS}
        with background.load(bench, server.port, READS_PER_SECOND, SECONDS + 1):
            time.sleep(0.5)
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                for name, question in QUESTIONS.items():
                    begun = time.monotonic()
                    status, _ = client.call("GET", question)
                    took[name].append((time.monotonic() - begun) * 1000)
                    if status != 200:
                        raise BenchError(f"a look-up was answered with {status}")
                time.sleep(0.002)
        client.close()
    for name, values in took.items():
        bench.measurements.add(f"lookup.{name}.p50", statistics.median(values), "ms", lookups=len(values))
        bench.measurements.add(f"lookup.{name}.p99", percentile(values, 0.99), "ms")
    bench.measurements.add(
        "lookup.cost.p99", max(0, percentile(took["audited"], 0.99) - percentile(took["bare"], 0.99)), "ms"
    )
