"""What stands in the table: our figure, whose it stands beside, and the bar of DESIGN.md."""

from .ingest import CONNECTIONS, LINE_CONNECTIONS
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

# Kinds of overload, as overload.KINDS has them, and what each is.
OVERLOADS = {"small": "small JSON", "polite": "small JSON, Retry-After heeded", "lines": "NDJSON",
             "pictures": "30 KB pictures"}


def overload_rows(name, what):
    """What ten times the sustainable load does, for one kind."""
    key, what = f"overload.{name}", f"overload, {what}"
    return [
        (f"{what}: reads offered", f"{key}.offered", f"{key}.full", "full load", "–"),
        (f"{what}: reads accepted", f"{key}.accepted", f"{key}.full", "full load", "–"),
        (f"{what}: answered 503", f"{key}.refused", *ALONE, "> 0 % of the answers"),
        (f"{what}: 503 without Retry-After", f"{key}.without_retry_after", *ALONE, "≤ 0 answers"),
        (f"{what}: broken or never answered", f"{key}.broken", *ALONE, "≤ 0 connections"),
        (f"{what}: p99 of accepted reads", f"{key}.p99", f"{key}.full.p99", "full load", "≤ 2"),
        (f"{what}: p99 of a camera beside it", f"{key}.bystander", *ALONE, "–"),
        (f"{what}: memory at most", f"{key}.memory", *ALONE, "≤ 150 MiB"),
        (f"{what}: until a read is as fast as ever", f"{key}.recovery", *ALONE, "≤ 1000 ms"),
    ]


# The site from scratch, and by one more read.
BUILD = [
    ("full build, 100,000 reads", "build.100000.lprserver", "build.100000.hugo", "Hugo", "≥ 4"),
    ("full build, 100,000 reads, memory at most", "build.100000.memory", "build.100000.hugo_memory",
     "Hugo", "≤ 200 MiB"),
    ("full build, 1,000,000 reads", "build.1000000.lprserver", "build.100000.hugo",
     "Hugo, 100,000 reads", "≥ 4"),
    ("full build, 1,000,000 reads, memory at most", "build.1000000.memory", *ALONE, "≤ 200 MiB"),
    ("one more read at 1,000,000, processor time", "onemore.1000000.cpu", "onemore.10000.cpu",
     "at 10,000", "≤ 1.2"),
    ("one more read at 1,000,000, until it is on the page", "onemore.1000000.wall",
     "onemore.10000.wall", "at 10,000", "≤ 1.2"),
    ("Hugo rebuilds 100,000 reads", "onemore.hugo", *ALONE, "–"),
    ("Hugo's rebuild, ten times that of 100,000, for one more read of ours", "onemore.times", *ALONE,
     "≥ 100 times"),
]

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
    *((f"NDJSON, 100 reads a body, {count} connection{'s' if count > 1 else ''}",
       f"ingest.lines.{count}.lprserver", f"limit.rows.lines.{count}", "bare SQLite, same batch", "–")
      for count in LINE_CONNECTIONS),
    *((f"reads in one commit, NDJSON, {count} connection{'s' if count > 1 else ''}",
       f"ingest.lines.{count}.batch", *ALONE, "–") for count in LINE_CONNECTIONS),
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
    ("bytes for the disk, 1000 reads/s", "written.1000", "written.1000.without_pages",
     "generator at rest", "–"),
    ("bytes for the disk that the generator writes, 1000 reads/s", "written.generator", *ALONE, "–"),
    ("Socket.IO, 50 busy cameras", "sockets.small.lprserver", "sockets.small.flask", "Flask-SocketIO", "≥ 15"),
    ("Socket.IO, 50 busy cameras, 30 KB pictures", "sockets.pictures.lprserver",
     "sockets.pictures.flask", "Flask-SocketIO", "≥ 5"),
    ("plain WebSocket, 50 busy cameras", "sockets.plain.lprserver", "sockets.small.lprserver",
     "ours, Socket.IO", "–"),
    ("5,000 idle cameras, memory of the service", "sockets.idle.memory", *ALONE, "≤ 150 MiB"),
    ("5,000 idle cameras, processor share", "sockets.idle.cpu", *ALONE, "≤ 5 %"),
    ("1,000 idle listeners, processor share", "listeners.cpu", *ALONE, "–"),
    ("1,000 idle listeners, additional memory", "listeners.memory", *ALONE, "–"),
    *((f"one read to {count:,} listeners", f"fanout.{count}.lprserver", f"fanout.{count}.bare",
       "bare epoll writer", "≥ 0.6" if count == 5000 else "–") for count in FANOUT),
    ("memory at start", "memory.idle", *ALONE, "≤ 64 MiB"),
    ("memory at most, small JSON", "memory.small", *ALONE, "≤ 150 MiB"),
    ("memory at most, pictures", "memory.pictures", *ALONE, "≤ 150 MiB"),
    *(row for name, what in OVERLOADS.items() for row in overload_rows(name, what)),
    *BUILD,
    ("memory before a day's traffic", "day.memory.before", *ALONE, "≤ 64 MiB"),
    ("200,000 reads, 20 listeners, pages: memory at most", "day.memory.most", *ALONE, "≤ 150 MiB"),
    ("200,000 reads, 20 listeners, pages: memory afterwards", "day.memory.after",
     "day.memory.before", "before them", "–"),
    ("ten million records: ingest, 64 connections", "large.ingest", "large.ingest.empty",
     "empty database", "≥ 0.8"),
    ("ten million records: ingest, the same plates again", "large.ingest.again",
     "large.ingest.empty.again", "empty database", "–"),
    ("ten million records: ingest, event ids at random", "large.ingest.random",
     "large.ingest.empty.random", "empty database", "≥ 0.8"),
    ("ten million records: full build", "large.build", *ALONE, "–"),
    ("ten million records: full build, memory at most", "large.build.memory", *ALONE, "≤ 200 MiB"),
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
