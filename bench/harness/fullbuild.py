"""The site from scratch, at 100,000 and 1,000,000 reads, beside Hugo at 100,000.

Hugo at 1,000,000 takes too long for this bench and is not asked. Writing its source is not counted.
"""

import os

from . import hugo, programs
from .filled import SETTINGS, filled

# Reads: days that they are spread over. As many a day, so that pages are as full.
SIZES = {100_000: 30, 1_000_000: 300}
PEER_SIZE = 100_000


def generate(bench, folder):
    """`lprserver generate --full` on a folder's database; as hugo.timed.

    It waits for the disk at its end: what others have written must not be waited for.
    """
    os.sync()
    return hugo.timed([bench.binary, "generate", "--full"], LOG_LEVEL="error",
                      **bench.environment(folder, **SETTINGS))


def measure(bench):
    """Ours at both sizes; the folders stay for `onemore`."""
    for size, days in SIZES.items():
        folder = filled(bench, size, days)
        seconds, cpu, memory = generate(bench, folder)
        pages, size_bytes = hugo.pages_of(folder / "public")
        bench.figures.add(f"build.{size}.lprserver", size / seconds, "rows/s", seconds=seconds,
                          cpu_seconds=cpu, pages=pages, megabytes=size_bytes / 1e6)
        bench.figures.add(f"build.{size}.memory", memory, "MiB")
    if hugo.is_there():
        peer(bench, filled(bench, PEER_SIZE, SIZES[PEER_SIZE]))


def peer(bench, folder):
    """Hugo: the whole site, then again with one page changed, which it does by building everything."""
    with bench.folder() as scratch:
        source, target = scratch / "hugo", scratch / "hugo-public"
        wanted = hugo.write_site(source, hugo.records(bench, folder))
        seconds, cpu, memory = hugo.build(source, target)
        pages, size_bytes = hugo.pages_of(target)
        ours = hugo.pages_of(folder / "public")[0]
        if not pages == wanted == ours:
            raise programs.BenchError(f"Hugo made {pages} pages of {wanted}, lprserver {ours}")
        bench.figures.add(f"build.{PEER_SIZE}.hugo", PEER_SIZE / seconds, "rows/s", seconds=seconds,
                          cpu_seconds=cpu, pages=pages, megabytes=size_bytes / 1e6,
                          version=hugo.version())
        bench.figures.add(f"build.{PEER_SIZE}.hugo_memory", memory, "MiB")
        hugo.touch_last(source)
        seconds, cpu, _ = hugo.build(source, target)
        bench.figures.add("onemore.hugo", seconds * 1000, "ms", cpu_ms=cpu * 1000)
