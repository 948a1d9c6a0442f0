"""The rows of the table: our measurement, its baseline, and the bar of DESIGN.md."""

from .ingest import CONNECTIONS, LINE_CONNECTIONS
from .listeners import FANOUT

SMALL, PICTURES = "ingest.small.64.lprserver", "ingest.pictures.lprserver"
ALONE = (None, "")

# Kinds of queries at ten million records, each with its bar: times the bare SQL of the same run (harness/yardstick.py).
#
# They are what DESIGN.md asks for in milliseconds (10, 50 for what must look through all plates or skip pages, 100 for
# fuzzy ones) on the machine for which it does: there the bare SQL takes as long as these quotients say.
QUERIES = {
    "first page": 16, "page 100,000 of 100": 0.1, "keyset, half-way": 16, "exact plate": 0.5,
    "prefix": 0.5, "substring of 3": 0.75, "substring of 1": 50, "wildcard": 0.75, "fuzzy": 0.75,
    "camera": 16, "camera, page 1,000": 12, "dates": 16, "dates, page 1,000": 40, "confidence": 16,
    "blacklisted": 16, "not blacklisted, page 1,000": 4, "camera and dates": 16,
    "camera, dates and confidence": 16, "camera and blacklisted": 12, "exact plate and camera": 12,
    "exact plate and dates": 16, "prefix, camera and dates": 12, "statistics": 20, "cameras": 12,
}

# Kinds of overload by their key in overload.KINDS, with their descriptions.
OVERLOADS = {"small": "small JSON", "polite": "small JSON, Retry-After heeded", "lines": "NDJSON",
             "pictures": "30 KB pictures", "slow.small": "small JSON, slow disk",
             "slow.pictures": "30 KB pictures, slow disk"}


def overload_rows(name, what):
    """The rows of ten times the sustainable load, for one kind."""
    key, what = f"overload.{name}", f"overload, {what}"
    return [
        (f"{what}: reads offered", f"{key}.offered", f"{key}.full", "full load", "–"),
        (f"{what}: reads accepted", f"{key}.accepted", f"{key}.full", "full load", "–"),
        (f"{what}: answered 503", f"{key}.refused", *ALONE, "> 0 % of the answers"),
        (f"{what}: 503 without Retry-After", f"{key}.without_retry_after", *ALONE, "≤ 0 answers"),
        (f"{what}: broken or unanswered", f"{key}.broken", *ALONE, "≤ 0 connections"),
        (f"{what}: p99 of accepted reads", f"{key}.p99", f"{key}.full.p99", "full load", "≤ 2"),
        (f"{what}: p99 of a well-behaved client", f"{key}.bystander", *ALONE, "–"),
        (f"{what}: peak RSS", f"{key}.memory", *ALONE, "≤ 150 MiB"),
        (f"{what}: recovery time", f"{key}.recovery", *ALONE, "≤ 1000 ms"),
    ]


# A full build, and an update by one read.
BUILD = [
    ("full build, 100,000 reads", "build.100000.lprserver", "build.100000.hugo", "Hugo", "≥ 4"),
    ("full build, 100,000 reads, peak RSS", "build.100000.memory", "build.100000.hugo_memory",
     "Hugo", "≤ 200 MiB"),
    ("full build, 1,000,000 reads", "build.1000000.lprserver", "build.100000.hugo",
     "Hugo, 100,000 reads", "≥ 4"),
    ("full build, 1,000,000 reads, peak RSS", "build.1000000.memory", *ALONE, "≤ 200 MiB"),
    ("one more read at 1,000,000, CPU time", "onemore.1000000.cpu", "onemore.10000.cpu",
     "at 10,000", "≤ 1.2"),
    ("one more read at 1,000,000, latency to the page", "onemore.1000000.wall",
     "onemore.10000.wall", "at 10,000", "≤ 1.2"),
    ("Hugo rebuilds 100,000 reads", "onemore.hugo", *ALONE, "–"),
    ("Hugo's rebuild, ten times that of 100,000, for one more read of ours", "onemore.times", *ALONE,
     "≥ 100 times"),
]

# (name, our measurement, the baseline's, the baseline, bar of DESIGN.md)
ROWS = [
    *((f"small JSON, {count} connections", f"ingest.small.{count}.lprserver",
       f"ingest.small.{count}.peer", "C peer", "≥ 0.9") for count in CONNECTIONS),
    ("small JSON with a token, 64 connections", "ingest.token.token", "ingest.token.none",
     "without a token", "≥ 0.95"),
    ("small JSON, 64 connections", SMALL, "ingest.small.64.flask", "Flask", "≥ 25"),
    ("small JSON, 64 connections", SMALL, "limit.rows.seen", "bare SQLite, same batch", "–"),
    ("small JSON, 64 connections", SMALL, "ingest.small.64.echo", "bare HTTP echo", "–"),
    ("small JSON, 256 connections", "ingest.small.256.lprserver", "ingest.small.256.echo",
     "bare HTTP echo", "–"),
    *((f"CPU time per read, {count} connections", f"ingest.small.{count}.cpu",
       f"ingest.small.{count}.peer_cpu", "C peer", "–") for count in (64, 256)),
    *((f"NDJSON, 100 reads per body, {count} connection{'s' if count > 1 else ''}",
       f"ingest.lines.{count}.lprserver", f"limit.rows.lines.{count}", "bare SQLite, same batch", "–")
      for count in LINE_CONNECTIONS),
    *((f"reads per commit, NDJSON, {count} connection{'s' if count > 1 else ''}",
       f"ingest.lines.{count}.batch", *ALONE, "–") for count in LINE_CONNECTIONS),
    ("30 KB pictures, 64 connections", PICTURES, "limit.files.rows", "bare files and rows", "≥ 0.8"),
    ("30 KB pictures, 64 connections", PICTURES, "ingest.pictures.flask", "Flask", "≥ 4"),
    ("30 KB pictures, 64 connections", PICTURES, "ingest.pictures.peer", "C peer", "–"),
    ("30 KB pictures, 64 connections", PICTURES, "limit.files.together", "bare files", "–"),
    ("30 KB pictures, 64 connections", PICTURES, "ingest.pictures.echo", "bare HTTP echo", "–"),
    ("reads per commit, small, 64 connections", "ingest.small.64.batch", *ALONE, "–"),
    ("reads per commit, small, 256 connections", "ingest.small.256.batch", *ALONE, "–"),
    ("reads per commit, pictures, 64 connections", "ingest.pictures.batch", *ALONE, "–"),
    *((f"bare SQLite, batches of {batch}", f"limit.rows.{batch}", *ALONE, "limit")
      for batch in (1, 64, 256, 1000)),
    ("bare files, each synced", "limit.files.each", *ALONE, "limit"),
    ("POST → acknowledgement, idle, p50", "alert.idle.acknowledged", *ALONE, "–"),
    ("POST → alert at a client, idle, p50", "alert.idle.p50", *ALONE, "–"),
    ("POST → alert at a client, idle, p99", "alert.idle.p99", *ALONE, "–"),
    ("POST → acknowledgement, half load, p50", "alert.half.acknowledged", *ALONE, "–"),
    ("POST → alert at a client, half load, p50", "alert.half.p50", "alert.peer.p50", "C peer's acknowledgement", "≤ 5"),
    ("POST → alert at a client, half load, p99", "alert.half.p99", "alert.peer.p99", "C peer's acknowledgement", "≤ 5"),
    ("look-up of a plate, 1000 reads/s, p99", "lookup.audited.p99", "lookup.bare.p99",
     "a question that is not audited", "–"),
    ("what the audit adds to a look-up, 1000 reads/s, p99", "lookup.cost.p99", *ALONE, "≤ 5 ms"),
    ("acknowledged → page on disk, 1 read/s, p50", "page.1.p50", *ALONE, "–"),
    ("acknowledged → page on disk, 100 reads/s, p50", "page.100.p50", *ALONE, "–"),
    ("acknowledged → page on disk, 100 reads/s, longest", "page.100.max", *ALONE, "–"),
    ("acknowledged → page on disk, 1000 reads/s, p50", "page.1000.p50", *ALONE, "–"),
    ("acknowledged → page on disk, 1000 reads/s, longest", "page.1000.max", "onemore.hugo", "Hugo's rebuild", "≤ 0.6"),
    ("server's CPU, 1 read/s", "cpu.1", *ALONE, "–"),
    ("server's CPU, 100 reads/s", "cpu.100", *ALONE, "–"),
    ("server's CPU, 1000 reads/s", "cpu.1000", "cpu.1000.without_pages",
     "publisher off", "difference ≤ 25 %"),
    ("bytes written, 1000 reads/s", "written.1000", "written.1000.without_pages",
     "publisher off", "–"),
    ("bytes written by the publisher, 1000 reads/s", "written.generator", *ALONE, "–"),
    ("Socket.IO, 50 busy cameras", "sockets.small.lprserver", "sockets.small.flask", "Flask-SocketIO", "≥ 15"),
    ("Socket.IO, 50 busy cameras, 30 KB pictures", "sockets.pictures.lprserver",
     "sockets.pictures.flask", "Flask-SocketIO", "≥ 5"),
    ("plain WebSocket, 50 busy cameras", "sockets.plain.lprserver", "sockets.small.lprserver",
     "ours, Socket.IO", "–"),
    ("5,000 idle cameras, RSS", "sockets.idle.memory", *ALONE, "≤ 150 MiB"),
    ("5,000 idle cameras, CPU", "sockets.idle.cpu", *ALONE, "≤ 5 %"),
    ("1,000 idle event streams, CPU", "listeners.cpu", *ALONE, "–"),
    ("1,000 idle event streams, additional RSS", "listeners.memory", *ALONE, "–"),
    *((f"one read to {count:,} event streams", f"fanout.{count}.lprserver", f"fanout.{count}.bare",
       "bare epoll writer", "≥ 0.6" if count == 5000 else "–") for count in FANOUT),
    ("RSS at start", "memory.idle", *ALONE, "≤ 64 MiB"),
    ("peak RSS, small JSON", "memory.small", *ALONE, "≤ 150 MiB"),
    ("peak RSS, pictures", "memory.pictures", *ALONE, "≤ 150 MiB"),
    *(row for name, what in OVERLOADS.items() for row in overload_rows(name, what)),
    *BUILD,
    ("RSS before a day's traffic", "day.memory.before", *ALONE, "≤ 64 MiB"),
    ("200,000 reads, 20 event streams, pages: peak RSS", "day.memory.most", *ALONE, "≤ 150 MiB"),
    ("200,000 reads, 20 event streams, pages: RSS afterwards", "day.memory.after",
     "day.memory.before", "before them", "–"),
    ("ten million records: ingest, 64 connections", "large.ingest", "large.ingest.empty",
     "empty database", "≥ 0.8"),
    ("ten million records: ingest, the same plates again", "large.ingest.again",
     "large.ingest.empty.again", "empty database", "–"),
    ("ten million records: ingest, random event ids", "large.ingest.random",
     "large.ingest.empty.random", "empty database", "≥ 0.8"),
    ("ten million records: full build", "large.build", *ALONE, "–"),
    ("ten million records: full build, peak RSS", "large.build.memory", *ALONE, "≤ 200 MiB"),
    ("ten million records: start to the first response", "large.start", "start.flask", "Python imports Flask", "≤ 5"),
    ("ten million records: RSS at rest", "large.memory.idle", *ALONE, "≤ 64 MiB"),
    ("ten million records: peak RSS", "large.memory.load", *ALONE, "≤ 150 MiB"),
    ("ten million records: database, per record", "large.bytes", *ALONE, "≤ 150 bytes"),
    ("ten million records: filling them", "large.fill", *ALONE, "–"),
    ("ten million records: reindex", "large.reindex", "large.fill", "bare insert of them", "≥ 0.33"),
    *((f"ten million records: {name}, p99", f"large.{name}.p99", f"large.{name}.bare.p99", "bare SQL", f"≤ {bar}")
      for name, bar in QUERIES.items()),
    *((f"ten million records, during 1,000 reads/s: {name}, p99", f"large.busy.{name}.p99",
       f"large.{name}.bare.p99", "bare SQL", f"≤ {bar}") for name, bar in QUERIES.items()),
    *((f"ten million records, cold cache: {name}, once", f"large.cold.{name}", *ALONE, "–")
      for name in QUERIES),
    ("start to listening, empty database", "start.empty", "start.flask", "Python imports Flask", "≤ 5"),
]
