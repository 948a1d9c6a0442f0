"""What the database and the disk give by themselves."""

from . import programs
from .ingest import LINES, LINE_CONNECTIONS, PICTURE_BYTES

SECONDS = 1.2
# One batch is written while the other is synced; together they hold as many pictures as 64 cameras have
# under way. One thread gave 8,000 files/s, these two 12,000; four of 16 gave no more, four of 64 15,000,
# but so many are never under way.
FILE_THREADS = 2
FILE_BATCH = 64 // FILE_THREADS


def rows(bench):
    """Bare SQLite at fixed batch sizes, and at the one that lprserver was seen to make."""
    batches = {"1": 1, "64": 64, "256": 256, "1000": 1000, "seen": bench.batches.get("small", 64)}
    for count in LINE_CONNECTIONS:
        batches[f"lines.{count}"] = bench.batches.get(f"lines.{count}", LINES)
    for name, batch in batches.items():
        with bench.folder() as folder:
            result = programs.run_json(
                "rows", "--db", folder / "rows.db", "--schema", bench.schema, "--batch", batch,
                "--seconds", SECONDS,
            )
        bench.measurements.add(f"limit.rows.{name}", result["rate"], "rows/s", **result)


def files(bench):
    """Bare files: synced one by one, synced together, and together with their rows."""
    for name in ("each", "together", "rows"):
        threads = 1 if name == "each" else FILE_THREADS
        with bench.folder() as folder:
            arguments = ["--folder", folder / "pictures", "--batch", FILE_BATCH, "--bytes", PICTURE_BYTES,
                         "--threads", threads, "--seconds", SECONDS]
            if name == "each":
                arguments += ["--each", 1]
            if name == "rows":
                arguments += ["--db", folder / "files.db", "--schema", bench.schema]
            result = programs.run_json("files", *arguments)
        bench.measurements.add(f"limit.files.{name}", result["rate"], "files/s", **result)
