"""What the database and the disk give by themselves."""

from . import programs
from .ingest import PICTURE_BYTES

SECONDS = 1.2


def rows(bench):
    """Bare SQLite at fixed batch sizes, and at the one that lprserver was seen to make."""
    seen = bench.batches.get("small", 64)
    for name, batch in [("1", 1), ("64", 64), ("256", 256), ("1000", 1000), ("seen", seen)]:
        with bench.folder() as folder:
            result = programs.run_json(
                "rows", "--db", folder / "rows.db", "--schema", bench.schema, "--batch", batch,
                "--seconds", SECONDS,
            )
        bench.figures.add(f"limit.rows.{name}", result["rate"], "rows/s", **result)


def files(bench):
    """Bare files: synced one by one, synced together, and together with their rows."""
    batch = bench.batches.get("pictures", 64)
    common = ["--batch", batch, "--bytes", PICTURE_BYTES, "--seconds", SECONDS]
    for name in ("each", "together", "rows"):
        with bench.folder() as folder:
            arguments = ["--folder", folder / "pictures", *common]
            if name == "each":
                arguments.append("--each")
            if name == "rows":
                arguments += ["--db", folder / "files.db", "--schema", bench.schema]
            result = programs.run_json("files", *arguments)
        bench.figures.add(f"limit.files.{name}", result["rate"], "files/s", **result)
