"""One more read, at 10,000 and at 1,000,000 records: what it costs until its pages are on disk."""

import random
import statistics
import time

from . import fullbuild
from .filled import SETTINGS, filled
from .pages import Probe

SIZES = {10_000: 3, 1_000_000: fullbuild.SIZES[1_000_000]}
READS = 20
# Longer than the publisher's own rhythm and never twice the same, so that no read meets it in step.
PAUSES = random.Random(1)


def measure(bench):
    """Both sizes; the large one is that of the full build, if that was measured."""
    for size, days in SIZES.items():
        folder = filled(bench, size, days)
        if not (folder / "public/index.html").exists():
            fullbuild.generate(bench, folder)
        one_size(bench, folder, size)
    hugo = bench.figures.median("onemore.hugo")
    if hugo:
        scale = 1_000_000 / fullbuild.PEER_SIZE
        cpu = bench.figures.detail("onemore.hugo", "cpu_ms")
        ours = bench.figures.median("onemore.1000000.cpu")
        bench.figures.add("onemore.times", cpu * scale / ours, "times", hugo_cpu_ms=cpu * scale)


def one_size(bench, folder, size):
    """Single reads with pauses: processor time above that at rest, and until the page is there."""
    with bench.lprserver(folder=folder, **SETTINGS) as server:
        probe = Probe(server)
        for number in range(3):
            probe.once(f"onemore-{size}-{time.monotonic_ns()}-{number}")
        time.sleep(2)
        cpu, begun = server.cpu_seconds(), time.monotonic()
        time.sleep(3)
        rest = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
        cpu, written, begun = server.cpu_seconds(), server.bytes_written(), time.monotonic()
        delays = []
        for _ in range(READS):
            delays.append(probe.once(f"onemore-{size}-{time.monotonic_ns()}"))
            time.sleep(PAUSES.uniform(0.4, 0.8))
        used = server.cpu_seconds() - cpu - rest * (time.monotonic() - begun)
        written = server.bytes_written() - written
        probe.close()
    bench.figures.add(f"onemore.{size}.cpu", 1000 * used / READS, "ms", at_rest=rest,
                      written_kb=written / READS / 1000)
    bench.figures.add(f"onemore.{size}.wall", statistics.median(delays), "ms", reads=READS)
