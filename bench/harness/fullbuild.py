"""The site from scratch, at 100,000 and 1,000,000 reads, beside Hugo at 100,000.

Hugo at 1,000,000 takes too long for this bench and is not asked. Writing its source is not counted.
"""

import os
import time

from . import hugo, programs
from .filled import SETTINGS, filled

# Reads: days that they are spread over. As many a day, so that pages are as full.
SIZES = {100_000: 30, 1_000_000: 300}
PEER_SIZE = 100_000
# Builds of each, ours and Hugo's in turn, each into a new folder: the machine's speed changes from second to second.
SAMPLES = 3


def generate(bench, folder, public):
    """`lprserver generate --full` of a folder's database into another one; as hugo.timed.

    It waits for the disk at its end: what others have written must not be waited for.
    """
    os.sync()
    settings = bench.environment(folder, **SETTINGS) | {"PUBLIC_PATH": str(public)}
    return hugo.timed([bench.binary, "generate", "--full"], LOG_LEVEL="error", **settings)


def measure(bench):
    """Ours at both sizes beside Hugo at the smaller one."""
    with bench.folder() as scratch:
        source = scratch / "hugo"
        has_peer = hugo.is_there()
        if has_peer:
            folder = filled(bench, PEER_SIZE, SIZES[PEER_SIZE])
            wanted = hugo.write_site_apart(bench, folder, source)
        for _ in range(SAMPLES):
            pages = {size: ours(bench, size, days) for size, days in SIZES.items()}
            if not has_peer:
                continue
            made = peer(bench, source, scratch / f"hugo-public-{time.monotonic_ns()}")
            if not made == wanted == pages[PEER_SIZE]:
                raise programs.BenchError(
                    f"Hugo made {made} pages of {wanted}, lprserver {pages[PEER_SIZE]}")


def ours(bench, size, days):
    """One build; returns how many list pages it made."""
    with bench.folder() as scratch:
        public = scratch / "public"
        seconds, cpu, memory = generate(bench, filled(bench, size, days), public)
        pages, size_bytes = hugo.pages_of(public)
        bench.measurements.add(f"build.{size}.lprserver", size / seconds, "rows/s", seconds=seconds,
                          cpu_seconds=cpu, pages=pages, megabytes=size_bytes / 1e6)
        bench.measurements.add(f"build.{size}.memory", memory, "MiB")
        return pages


def peer(bench, source, target):
    """Hugo: the whole site, then again with one page changed, which it does by building everything."""
    seconds, cpu, memory = hugo.build(source, target)
    pages, size_bytes = hugo.pages_of(target)
    bench.measurements.add(f"build.{PEER_SIZE}.hugo", PEER_SIZE / seconds, "rows/s", seconds=seconds,
                      cpu_seconds=cpu, pages=pages, megabytes=size_bytes / 1e6,
                      version=hugo.version())
    bench.measurements.add(f"build.{PEER_SIZE}.hugo_memory", memory, "MiB")
    hugo.touch_last(source)
    seconds, cpu, _ = hugo.build(source, target)
    bench.measurements.add("onemore.hugo", seconds * 1000, "ms", cpu_ms=cpu * 1000)
    return pages
