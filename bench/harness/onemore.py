"""One more read, at 10,000 and at 1,000,000 records: what it costs until its pages are on disk."""

import contextlib
import random
import statistics
import time

from . import fullbuild
from .filled import SETTINGS, filled
from .pages import Probe

SIZES = {10_000: 3, 1_000_000: fullbuild.SIZES[1_000_000]}
# A sample is so many reads at each size, one right after the other: the machine's speed changes from second to second.
SAMPLES = 7
READS = 6
# Longer than the publisher's own rhythm and never twice the same, so that no read meets it in step.
PAUSES = random.Random(1)
REST_SECONDS = 5


def measure(bench):
    """Both sizes at the same time, each with a server of its own, sample by sample in turn."""
    with contextlib.ExitStack() as stack:
        services = {size: Service(bench, stack, size, days) for size, days in SIZES.items()}
        time.sleep(2)
        for service in services.values():
            service.rest()
        for number in range(SAMPLES):
            # Who comes second finds the caches of the processor full of the other's data.
            for service in sorted(services.values(), key=lambda each: each.size, reverse=number % 2 == 1):
                service.sample()
    hugo = bench.measurements.median("onemore.hugo")
    if hugo:
        scale = 1_000_000 / fullbuild.PEER_SIZE
        cpu = bench.measurements.detail("onemore.hugo", "cpu_ms")
        ours = bench.measurements.median("onemore.1000000.cpu")
        bench.measurements.add("onemore.times", cpu * scale / ours, "times", hugo_cpu_ms=cpu * scale)


class Service:
    """A server with so many records and all of their pages."""

    def __init__(self, bench, stack, size, days):
        self.measurements, self.size = bench.measurements, size
        folder = filled(bench, size, days)
        if not (folder / "public/index.html").exists():
            fullbuild.generate(bench, folder, folder / "public")
        self.server = stack.enter_context(bench.lprserver(folder=folder, **SETTINGS))
        self.probe = Probe(self.server)
        stack.callback(self.probe.close)
        for _ in range(3):
            self.once()
        self.at_rest = 0.0

    def once(self):
        """One read; milliseconds until it is on its pages."""
        return self.probe.once(f"onemore-{self.size}-{time.monotonic_ns()}")

    def rest(self):
        """What it uses with nothing to do, in cores."""
        cpu, begun = self.server.cpu_nanoseconds(), time.monotonic()
        time.sleep(REST_SECONDS)
        self.at_rest = (self.server.cpu_nanoseconds() - cpu) / 1e9 / (time.monotonic() - begun)

    def sample(self):
        """Single reads with pauses: processor time above that at rest, and until the page is there."""
        cpu, written, begun = (self.server.cpu_nanoseconds(), self.server.bytes_written(),
                               time.monotonic())
        delays = []
        for _ in range(READS):
            delays.append(self.once())
            time.sleep(PAUSES.uniform(0.4, 0.8))
        used = (self.server.cpu_nanoseconds() - cpu) / 1e9 - self.at_rest * (time.monotonic() - begun)
        written = self.server.bytes_written() - written
        self.measurements.add(f"onemore.{self.size}.cpu", 1000 * used / READS, "ms", at_rest=self.at_rest,
                         written_kb=written / READS / 1000)
        self.measurements.add(f"onemore.{self.size}.wall", statistics.median(delays), "ms", reads=READS)
