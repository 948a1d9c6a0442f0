"""Writes docs/PERFORMANCE.md from the last run's results.json."""

import json
import sys

import bench
from harness import table
from harness.programs import BENCH, ROOT

HEAD = """# Performance

Made by `script/bench --report` from the results of `script/bench`; not written by hand.

Each figure stands beside a limit or a peer that was measured in the same run, on the same machine, with the load
generator on the same cores. *C peer*: libmicrohttpd and SQLite with group commit, about 700 lines of C, with the same
tables, indexes, counters and durability, and nothing else: no access rules, no blacklist, no pages, no listeners. It
keeps all indexes with each record, as SQLite does; lprserver enters those by plate, by camera and by event id in batches.
*Bare* programs do one thing only: answer, insert rows, or write files. *Flask*: Flask and SQLite under gunicorn.
*Bare files* has as many pictures under way as there are cameras, in two batches: one is written while the other is
synced. *Bare files and rows* also inserts what belongs to them. *Hugo*: Debian's, building the same list pages with the
same markup.
The column *n* says how many samples a figure has; *met* compares it with the bar of the design. What they are is in
`bench/`: `limits/`, `peers/`, `load/` in C, `harness/` in Python.
"""


def main():
    """Writes the page."""
    path = BENCH / "results.json"
    if not path.exists():
        sys.exit("bench: there are no results; run script/bench first")
    results = json.loads(path.read_text(encoding="utf-8"))
    machine = results["machine"]
    lines = [
        HEAD,
        f"Measured {results['made_at']} on {machine['processor']}, {machine['cores']} cores,"
        f" {machine['memory_gib']} GiB, Linux {machine['kernel']}.",
        "", bench.remarks(results), "", table.markdown(results["rows"]), "",
    ]
    page = ROOT / "docs/PERFORMANCE.md"
    page.write_text("\n".join(lines), encoding="utf-8")
    print(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
