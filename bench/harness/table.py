"""The table: our figure beside the limit's or the peer's of the same run."""

from .ingest import CONNECTIONS
from .listeners import FANOUT

SMALL, PICTURES = "ingest.small.64.lprserver", "ingest.pictures.lprserver"
ALONE = (None, "")

# Kinds of questions at ten million records, each with its bar in ms.
QUESTIONS = {
    "first page": 10, "page 100,000 of 100": 50, "keyset, half-way": 10, "exact plate": 10,
    "prefix": 10, "substring of 3": 50, "substring of 1": 50, "wildcard": 50, "fuzzy": 100,
    "camera": 10, "camera, page 1,000": 50, "dates": 10, "dates, page 1,000": 50, "confidence": 10,
    "blacklisted": 10, "not blacklisted, page 1,000": 50, "camera and dates": 10,
    "camera, dates and confidence": 10, "camera and blacklisted": 10, "exact plate and camera": 10,
    "exact plate and dates": 10, "prefix, camera and dates": 10, "statistics": 10, "cameras": 10,
}

# (what, our figure, their figure, whose it is, bar of DESIGN.md)
ROWS = [
    *((f"small JSON, {count} connections", f"ingest.small.{count}.lprserver",
       f"ingest.small.{count}.peer", "C peer", "≥ 0.9") for count in CONNECTIONS),
    ("small JSON, 64 connections", SMALL, "ingest.small.64.flask", "Flask", "≥ 25"),
    ("small JSON, 64 connections", SMALL, "limit.rows.seen", "bare SQLite, same batch", "–"),
    ("small JSON, 64 connections", SMALL, "ingest.small.64.echo", "bare HTTP echo", "–"),
    ("small JSON, 256 connections", "ingest.small.256.lprserver", "ingest.small.256.echo",
     "bare HTTP echo", "–"),
    *((f"processor time for each read, {count} connections", f"ingest.small.{count}.cpu",
       f"ingest.small.{count}.peer_cpu", "C peer", "–") for count in (64, 256)),
    ("30 KB pictures, 64 connections", PICTURES, "limit.files.rows", "bare files and rows", "≥ 0.8"),
    ("30 KB pictures, 64 connections", PICTURES, "ingest.pictures.flask", "Flask", "≥ 4"),
    ("30 KB pictures, 64 connections", PICTURES, "ingest.pictures.peer", "C peer", "–"),
    ("30 KB pictures, 64 connections", PICTURES, "limit.files.together", "bare files", "–"),
    ("30 KB pictures, 64 connections", PICTURES, "ingest.pictures.echo", "bare HTTP echo", "–"),
    ("reads in one commit, small, 64 connections", "ingest.small.64.batch", *ALONE, "–"),
    ("reads in one commit, small, 256 connections", "ingest.small.256.batch", *ALONE, "–"),
    ("reads in one commit, pictures, 64 connections", "ingest.pictures.batch", *ALONE, "–"),
    *((f"bare SQLite, batches of {batch}", f"limit.rows.{batch}", *ALONE, "limit")
      for batch in (1, 64, 256, 1000)),
    ("bare files, each synced", "limit.files.each", *ALONE, "limit"),
    ("POST → acknowledgement, idle, p50", "alert.idle.acknowledged", *ALONE, "–"),
    ("POST → alert at a listener, idle, p50", "alert.idle.p50", *ALONE, "–"),
    ("POST → alert at a listener, idle, p99", "alert.idle.p99", *ALONE, "–"),
    ("POST → acknowledgement, half load, p50", "alert.half.acknowledged", *ALONE, "–"),
    ("POST → alert at a listener, half load, p50", "alert.half.p50", *ALONE, "≤ 5 ms"),
    ("POST → alert at a listener, half load, p99", "alert.half.p99", *ALONE, "≤ 15 ms"),
    ("acknowledged → page on disk, 1 read/s, p50", "page.1.p50", *ALONE, "–"),
    ("acknowledged → page on disk, 100 reads/s, p50", "page.100.p50", *ALONE, "–"),
    ("acknowledged → page on disk, 100 reads/s, longest", "page.100.max", *ALONE, "–"),
    ("acknowledged → page on disk, 1000 reads/s, p50", "page.1000.p50", *ALONE, "–"),
    ("acknowledged → page on disk, 1000 reads/s, longest", "page.1000.max", *ALONE, "≤ 1000 ms"),
    ("server's processor share, 1 read/s", "cpu.1", *ALONE, "–"),
    ("server's processor share, 100 reads/s", "cpu.100", *ALONE, "–"),
    ("server's processor share, 1000 reads/s", "cpu.1000", "cpu.1000.without_pages",
     "generator at rest", "difference ≤ 25 %"),
    ("Socket.IO, 50 busy cameras", "sockets.small.lprserver", "sockets.small.flask", "Flask-SocketIO", "≥ 15"),
    ("Socket.IO, 50 busy cameras, 30 KB pictures", "sockets.pictures.lprserver",
     "sockets.pictures.flask", "Flask-SocketIO", "≥ 5"),
    ("5,000 idle cameras, memory of the service", "sockets.idle.memory", *ALONE, "≤ 150 MiB"),
    ("5,000 idle cameras, processor share", "sockets.idle.cpu", *ALONE, "≤ 5 %"),
    ("1,000 idle listeners, processor share", "listeners.cpu", *ALONE, "–"),
    ("1,000 idle listeners, additional memory", "listeners.memory", *ALONE, "–"),
    *((f"one read to {count:,} listeners", f"fanout.{count}.lprserver", f"fanout.{count}.bare",
       "bare epoll writer", "≥ 0.6" if count == 5000 else "–") for count in FANOUT),
    ("memory at start", "memory.idle", *ALONE, "≤ 64 MiB"),
    ("memory at most, small JSON", "memory.small", *ALONE, "≤ 150 MiB"),
    ("memory at most, pictures", "memory.pictures", *ALONE, "≤ 150 MiB"),
    ("ten million records: ingest, 64 connections", "large.ingest", "large.ingest.empty",
     "empty database", "≥ 0.8"),
    ("ten million records: start to the first answer", "large.start", *ALONE, "≤ 1000 ms"),
    ("ten million records: memory at rest", "large.memory.idle", *ALONE, "≤ 64 MiB"),
    ("ten million records: memory at most", "large.memory.load", *ALONE, "≤ 150 MiB"),
    ("ten million records: database, for each record", "large.bytes", *ALONE, "≤ 150 bytes"),
    ("ten million records: filling them", "large.fill", *ALONE, "–"),
    *((f"ten million records: {name}, p99", f"large.{name}.p99", *ALONE, f"≤ {bar} ms")
      for name, bar in QUESTIONS.items()),
    *((f"ten million records, 1,000 reads/s beside: {name}, p99", f"large.busy.{name}.p99", *ALONE,
       f"≤ {bar} ms") for name, bar in QUESTIONS.items()),
    *((f"ten million records, nothing in memory: {name}, once", f"large.cold.{name}", *ALONE, "–")
      for name in QUESTIONS),
    ("start to listening, empty database", "start.empty", *ALONE, "≤ 1000 ms"),
]

HEADS = ["what", "ours", "spread", "p50 / p99 ms", "beside it", "theirs", "ratio", "bar"]


def make(figures):
    """The rows that were measured, as dictionaries."""
    rows = []
    for what, ours, theirs, whose, bar in ROWS:
        if ours not in figures.kept or (theirs and theirs not in figures.kept):
            continue
        rows.append({
            "what": what, "ours": figures.median(ours), "unit": figures.kept[ours]["unit"],
            "samples": len(figures.kept[ours]["samples"]), "spread": figures.spread(ours),
            "p50_ms": figures.detail(ours, "p50_ms"), "p99_ms": figures.detail(ours, "p99_ms"),
            "whose": whose, "theirs": figures.median(theirs) if theirs else None,
            "ratio": figures.ratio(ours, theirs) if theirs else None, "bar": bar,
        })
    return rows


def number(value):
    """Three digits that count."""
    if value is None:
        return ""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def cells(row):
    """A row as it is printed."""
    latency = ""
    if row["p50_ms"] is not None:
        latency = f"{number(row['p50_ms'])} / {number(row['p99_ms'])}"
    return [
        row["what"], f"{number(row['ours'])} {row['unit']}", f"±{50 * row['spread']:.0f} %", latency,
        row["whose"], number(row["theirs"]), number(row["ratio"]), row["bar"],
    ]


def text(rows):
    """The table for a terminal."""
    lines = [HEADS] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines
    )


def markdown(rows):
    """The table for a page."""
    lines = [HEADS, ["---"] * len(HEADS)] + [cells(row) for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
