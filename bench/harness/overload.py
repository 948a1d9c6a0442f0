"""Ten times the sustainable load: what is refused, how, and how soon all is well again.

Each kind of load is first driven to full load by as many connections as cameras that wait for their
answer, then offered by senders that never pause: a refused sender sends again at once, whatever
Retry-After says, except for the polite ones. What they offer is bounded by how fast they are answered,
so that a server that refuses nothing is offered no more than it keeps. Beside it one well-behaved camera sends a read now and then.
"""

import statistics
import threading
import time

from . import background
from .alerts import percentile
from .ingest import PICTURE_BYTES, TIMES
from .programs import BENCH
from .wire import Client

SECONDS = 1.6
# As many as MAX_CONNECTIONS allows, less some for the probe and the health check.
CROWD = 4000
# name: (options at full load, options of the overload). Bodies of 100 lines wait with 100 reads each.
KINDS = {
    "small": ({"connections": 256}, {"connections": CROWD}),
    "polite": ({"connections": 256}, {"connections": CROWD, "polite": 1}),
    "lines": ({"connections": 8, "lines": 100}, {"connections": 256, "lines": 100}),
    "pictures": ({"connections": 64, "picture_bytes": PICTURE_BYTES},
                 {"connections": CROWD, "picture_bytes": PICTURE_BYTES}),
}
# On a disk whose syncs take longer by so many ms (limits/slow_disk.c): a cheap card, a network's disk, a worn one.
SLOW_DISK_MS = 20
SLOW_KINDS = {"slow.small": KINDS["small"], "slow.pictures": KINDS["pictures"]}
RECOVERY_SECONDS_MAX = 10


class Probe:
    """One camera that sends a read, waits for its answer, pauses, and repeats until it is stopped."""

    def __init__(self, port, pause):
        self.client, self.pause = Client(port), pause
        self.answers = []             # (sent at, ms, status)
        self.must_stop = threading.Event()
        self.thread = None

    def once(self):
        """Sends one read; (sent at, ms, status)."""
        sent = time.monotonic()
        status, _ = self.client.call("POST", "/api/records", {
            "camera_id": "BYSTANDER", "plate_number": "ทด 1", "event_id": str(time.monotonic_ns()),
        })
        answer = (sent, (time.monotonic() - sent) * 1000, status)
        self.answers.append(answer)
        return answer

    def idle(self, count=60):
        """The median latency without other load."""
        return statistics.median(self._paused()[1] for _ in range(count))

    def _paused(self):
        time.sleep(self.pause)
        return self.once()

    def start(self):
        """Starts sending, for the duration of the load."""
        self.answers = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.must_stop.is_set():
            self._paused()

    def recovered(self, ended_at, limit_ms):
        """ms from the end of the load to the first answer within the limit; waits for it."""
        end = ended_at + RECOVERY_SECONDS_MAX
        while time.monotonic() < end:
            for sent, passed, status in list(self.answers):
                if sent + passed / 1000 >= ended_at and status == 201 and passed <= limit_ms:
                    return (sent + passed / 1000 - ended_at) * 1000
            time.sleep(0.005)
        return RECOVERY_SECONDS_MAX * 1000

    def stop(self):
        """Ends the camera."""
        self.must_stop.set()
        if self.thread:
            self.thread.join()
        self.client.close()


def measure(bench):
    """Each kind on a server of its own."""
    for name, (full, over) in KINDS.items():
        with bench.lprserver() as server:
            one_kind(bench, server, name, full, over)


def slow_disk(bench):
    """Small reads and pictures on a slow disk."""
    preload = {"LD_PRELOAD": str(BENCH / ".build/slow_disk.so"), "SLOW_DISK_MS": str(SLOW_DISK_MS)}
    for name, (full, over) in SLOW_KINDS.items():
        with bench.lprserver(**preload) as server:
            one_kind(bench, server, name, full, over)


def one_kind(bench, server, name, full, over):
    """Idle, full load, overload, recovery."""
    probe = Probe(server.port, 0.01)
    idle = probe.idle()
    sustained = bench.load(server.port, **TIMES, **full)
    before = server.memory_mib("VmHWM")
    time.sleep(0.5)
    probe.start()
    with background.load(bench, server.port, 0, SECONDS, warmup=0.5, **over) as load:
        pass
    over_load = load.result
    recovered = probe.recovered(over_load["ended_at"], 2 * idle)
    during = [answer for answer in probe.answers if answer[0] < over_load["ended_at"]]
    probe.stop()
    add(bench, f"overload.{name}", sustained, over_load, during)
    bench.measurements.add(f"overload.{name}.recovery", recovered, "ms", idle_ms=idle)
    bench.measurements.add(f"overload.{name}.memory", server.memory_mib("VmHWM"), "MiB", before=before)


def add(bench, name, full, over, during):
    """The measurements of one kind."""
    lines = max(1, round(full["acknowledged"] / max(1, full["statuses"].get("201", 0))))
    statuses = over["statuses"]
    refused = statuses.get("503", 0)
    measurements = bench.measurements
    measurements.add_load(f"{name}.full", full)
    measurements.add_load(f"{name}.accepted", over)
    # Answers of any kind: the senders are as fast as they are answered.
    measurements.add(f"{name}.offered", over["answers"] * lines / SECONDS, "reads/s")
    measurements.add(f"{name}.refused", 100 * refused / max(1, over["answers"]), "% of the answers",
                p50_ms=over["refused_p50_ms"], p99_ms=over["refused_p99_ms"])
    measurements.add(f"{name}.without_retry_after", over["without_retry_after"], "answers")
    measurements.add(f"{name}.broken", over["broken"] + over["unanswered"], "connections")
    measurements.add(f"{name}.p99", over["p99_ms"], "ms")
    measurements.add(f"{name}.full.p99", full["p99_ms"], "ms")
    if during:
        passed = [answer[1] for answer in during]
        measurements.add(f"{name}.bystander", percentile(passed, 0.99), "ms", probes=len(passed),
                    refused=sum(answer[2] == 503 for answer in during))
