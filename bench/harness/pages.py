"""How soon an acknowledged read is on the page on disk, and what the generator costs."""

import time

from . import background
from .alerts import percentile
from .machine import BenchError
from .wire import Client, Listener

CAMERA = "PROBE"


class Probe:
    """Sends reads of its own and waits until a published generation of pages holds them."""

    def __init__(self, server):
        self.server = server
        self.client = Client(server.port)
        self.reads = Listener(server.port, f"?types=read&camera_id={CAMERA}")
        self.sites = Listener(server.port, "?types=site")
        self.shown = 0

    def once(self, number):
        """Milliseconds from the acknowledgement to the `site` event that covers the read."""
        status, answer = self.client.call("POST", "/api/records", {
            "camera_id": CAMERA, "plate_number": "ทด 1", "event_id": f"probe-{number}",
        })
        acknowledged = time.monotonic()
        if status != 201:
            raise BenchError(f"a probe was answered with {status}")
        read = self.reads.wait(lambda event: event[1]["id"] == answer["id"], 15)
        if read is None:
            raise BenchError("the event of a read did not come within 15 s")
        site = self.sites.wait(lambda event: event[1]["event_id"] >= read[3], 30)
        if site is None:
            raise BenchError("no page with a read came out within 30 s")
        snapshot = self.server.folder / "public/data/records.json"
        self.shown += f'"id":{answer["id"]},' in snapshot.read_text(encoding="utf-8")
        return (site[2] - acknowledged) * 1000

    def series(self, bench, name, seconds, pause):
        """Probes one after the other for some seconds."""
        delays = []
        self.shown = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end or not delays:
            bench.series += 1
            delays.append(self.once(bench.series))
            time.sleep(pause)
        details = {"probes": len(delays), "in_snapshot": self.shown}
        bench.measurements.add(f"page.{name}.p50", percentile(delays, 0.5), "ms", **details)
        bench.measurements.add(f"page.{name}.max", max(delays), "ms")

    def close(self):
        """Hangs up."""
        for end in (self.client, self.reads, self.sites):
            end.close()


def delay(bench):
    """At 1, 100 and 1,000 reads/s."""
    with bench.lprserver() as server:
        probe = Probe(server)
        probe.once("first")
        begun, cpu = time.monotonic(), server.cpu_seconds()
        probe.series(bench, "1", 3, 0.7)
        share = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
        bench.measurements.add("cpu.1", 100 * share, "% of a core")
        for rate in (100, 1000):
            begun, cpu, written = time.monotonic(), server.cpu_seconds(), server.bytes_written()
            with background.load(bench, server.port, rate, 4, connections=50) as load:
                time.sleep(0.3)
                probe.series(bench, str(rate), 3.2, 0.05)
            share = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
            bench.measurements.add(f"cpu.{rate}", 100 * share, "% of a core")
            add_written(bench, f"written.{rate}", server.bytes_written() - written, load.result)
            bench.measurements.add_load(f"page.{rate}.load", load.result)
        probe.close()
    without_pages(bench)


def without_pages(bench):
    """The same 1,000 reads/s with the generator at rest: the difference is its share."""
    with bench.lprserver(PUBLISH_DELAY_MS="60000", PUBLISH_DELAY_MAX_MS="60000") as server:
        # The probe's two listeners cost what they cost while pages are made.
        listeners = [Listener(server.port, f"?types=read&camera_id={CAMERA}"),
                     Listener(server.port, "?types=site")]
        time.sleep(1)
        begun, cpu, written = time.monotonic(), server.cpu_seconds(), server.bytes_written()
        with background.load(bench, server.port, 1000, 3, connections=50) as load:
            pass
        for listener in listeners:
            listener.close()
        share = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
        bench.measurements.add("cpu.1000.without_pages", 100 * share, "% of a core")
        add_written(bench, "written.1000.without_pages", server.bytes_written() - written, load.result)
        on, rest = (bench.measurements.kept[f"written.1000{name}"]["samples"][-1]
                    for name in ("", ".without_pages"))
        bench.measurements.add("written.generator", on - rest, "kB a read")


def add_written(bench, name, count, result):
    """Bytes for the disk by each read of a load."""
    bench.measurements.add(name, count / 1000 / max(1, result["acknowledged"]), "kB a read")
