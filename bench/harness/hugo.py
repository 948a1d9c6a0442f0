"""Hugo building the same list pages from the same data: a content file for each page, rows in its head."""

import http.client
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import time
import zoneinfo
from datetime import datetime

from . import programs
from .filled import SETTINGS, ZONE

PAGE_RECORDS = 100


def is_there():
    """Whether Debian's hugo is installed; its rows are left out of the table otherwise."""
    return shutil.which("hugo") is not None


def records(bench, folder):
    """All records of a database, oldest first, by the service's own export."""
    with bench.lprserver(folder=folder, **SETTINGS) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/api/records?format=ndjson")
        lines = connection.getresponse().read().splitlines()
        connection.close()
    return sorted(map(json.loads, lines), key=lambda record: (record["timestamp"], record["id"]))


def row(record, zone):
    """A record print-ready, with the names of site-templates/partials/row.mustache."""
    seen = datetime.fromisoformat(record["timestamp"].replace("Z", "+00:00")).astimezone(zone)
    return {
        "id": record["id"], "time_utc": record["timestamp"], "time": seen.strftime("%Y-%m-%d %H:%M:%S"),
        "plate": record["plate_number"], "camera": record["camera_id"],
        "confidence": f"{100 * record['confidence']:.1f} %", "location": record["location"] or "",
        "is_hit": record["is_blacklisted"], "reason": record["blacklist_reason"] or "",
    }


def write_site(source, all_records):
    """Hugo's source folder; returns how many pages it has."""
    shutil.copytree(programs.BENCH / "peers/hugo", source)
    zone, days = zoneinfo.ZoneInfo(ZONE), {}
    for record in all_records:
        each = row(record, zone)
        days.setdefault(each["time"][:10], []).append(each)
    count = 0
    for day, rows in days.items():
        folder = source / "content/archive" / day.replace("-", "/")
        folder.mkdir(parents=True)
        pages = -(-len(rows) // PAGE_RECORDS)
        for number in range(1, pages + 1):
            head = {
                "title": f"{day} หน้า {number}", "day": day, "day_href": f"../{day[8:]}.html",
                "number": number, "previous": f"{number - 1}.html", "next": f"{number + 1}.html",
                "has_previous": number > 1, "has_next": number < pages,
                "rows": rows[(number - 1) * PAGE_RECORDS:number * PAGE_RECORDS],
            }
            text = json.dumps(head, ensure_ascii=False, indent=1)
            (folder / f"{number}.md").write_text(text + "\n", encoding="utf-8")
        count += pages
    return count


def write_site_apart(bench, folder, source):
    """The same of a database's records, by a process of its own.

    Linux counts what its parent had as memory of a program that was just started: the process that measures programs must be
    small.
    """
    fork = multiprocessing.get_context("fork")
    receiving, sending = fork.Pipe(duplex=False)
    writer = fork.Process(target=lambda: sending.send(write_site(source, records(bench, folder))))
    writer.start()
    writer.join()
    if writer.exitcode != 0 or not receiving.poll():
        raise programs.BenchError("Hugo's source could not be written")
    return receiving.recv()


def timed(command, **environment):
    """Runs a program; (seconds, seconds of processor time, MiB at most)."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    error = process.stderr.read()
    _, status, use = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise programs.BenchError(f"{command[0]}: {error.decode(errors='replace').strip()[-300:]}")
    return time.monotonic() - begun, use.ru_utime + use.ru_stime, use.ru_maxrss / 1024


def build(source, target):
    """Builds the site; as `timed`."""
    return timed(["hugo", "--quiet", "--source", str(source), "--destination", str(target)])


def touch_last(source):
    """Changes one row of the last page, as one more read would."""
    page = max((source / "content").rglob("*.md"), key=lambda path: path.parts)
    page.write_text(page.read_text(encoding="utf-8").replace('"number"', '"changed": 1,\n "number"', 1),
                    encoding="utf-8")


def pages_of(folder):
    """How many numbered list pages a built site has, and their bytes."""
    pages = list(pathlib.Path(folder).glob("archive/*/*/*/*.html"))
    return len(pages), sum(path.stat().st_size for path in pages)


def version():
    """What `hugo version` says, in short."""
    return subprocess.run(["hugo", "version"], capture_output=True, text=True,
                          check=False).stdout.split()[1]
