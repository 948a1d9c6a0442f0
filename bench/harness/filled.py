"""Databases with many records, filled once for all rounds."""

import os
import shutil
import subprocess
import time

from . import programs
from .machine import BenchError

# Bangkok has no summer time: the filler's hours are the server's.
ZONE, UTC_OFFSET_MINUTES = "Asia/Bangkok", 420
SETTINGS = {"TZ": ZONE, "DATA_RETENTION_DAYS": "0"}


def filled(bench, records, days=730, name=None):
    """The folder with a database of so many records in so many days; filled at the first call.

    With a name, what it took and the bytes of a record are among the measurements.
    """
    folder = bench.scratch / f"filled-{records}"
    if folder.exists():
        return folder
    with bench.lprserver(TZ=ZONE) as server:
        made = server.folder
        server.stop()
        shutil.copytree(made, folder)
    shutil.rmtree(folder / "public")
    (folder / "public").mkdir()
    done = programs.run_json(
        "fill", "--db", folder / "lprserver.db", "--records", records, "--days", days,
        "--utc-offset-minutes", UTC_OFFSET_MINUTES, timeout=600,
    )
    begun = time.monotonic()
    reindexed = subprocess.run([bench.binary, "reindex"], env=bench.environment(folder, **SETTINGS),
                               capture_output=True, text=True, timeout=600, check=False)
    if reindexed.returncode != 0:
        raise BenchError(f"lprserver reindex: {reindexed.stderr.strip()}")
    seconds = time.monotonic() - begun
    # Its gigabyte shall not be written to the disk beside what is measured.
    os.sync()
    if name:
        bench.measurements.add(f"{name}.fill", records / done["seconds"], "rows/s", seconds=done["seconds"])
        bench.measurements.add(f"{name}.reindex", records / seconds, "records/s", seconds=seconds)
        size = os.path.getsize(folder / "lprserver.db")
        bench.measurements.add(f"{name}.bytes", size / records, "bytes")
    return folder
