"""Memory after a day's traffic: 200,000 reads as fast as they go, with people watching."""

import http.client
import selectors
import threading
import time

from . import programs
from .listeners import connect

READS = 200_000
LISTENERS = 20
PAGES = ("/", "/dashboard", "/records", "/alerts", "/cameras", "/health", "/archive",
         "/api/statistics", "/api/records?per_page=100")
# What is given back to the system comes back within this.
SECONDS_AFTER = 5


class Watchers:
    """Listeners that read what comes, and one browser that goes from page to page."""

    def __init__(self, port):
        self.port, self.must_stop = port, threading.Event()
        self.bytes, self.pages, self.dropped = 0, 0, 0
        self.links = [connect(port) for _ in range(LISTENERS)]
        self.threads = [threading.Thread(target=each, daemon=True)
                        for each in (self._listen, self._browse)]
        for thread in self.threads:
            thread.start()

    def _listen(self):
        with selectors.DefaultSelector() as selector:
            for link in self.links:
                selector.register(link, selectors.EVENT_READ)
            while not self.must_stop.is_set():
                for key, _ in selector.select(0.2):
                    data = key.fileobj.recv(262_144)
                    self.bytes += len(data)
                    if not data:
                        # Too slow: a browser comes again with Last-Event-ID.
                        self.dropped += 1
                        selector.unregister(key.fileobj)
                        selector.register(self._again(), selectors.EVENT_READ)

    def _again(self):
        self.links.append(connect(self.port))
        return self.links[-1]

    def _browse(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.must_stop.is_set():
            connection.request("GET", PAGES[self.pages % len(PAGES)])
            connection.getresponse().read()
            self.pages += 1
            time.sleep(0.02)
        connection.close()

    def stop(self):
        """Disconnects all listeners."""
        self.must_stop.set()
        for thread in self.threads:
            thread.join()
        for link in self.links:
            link.close()


def measure(bench):
    """Resident memory before, at most, and afterwards."""
    with bench.lprserver() as server:
        time.sleep(1)
        bench.measurements.add("day.memory.before", server.memory_mib(), "MiB")
        watchers = Watchers(server.port)
        begun, reads = time.monotonic(), 0
        while reads < READS:
            bench.load(server.port, connections=64, seconds=2, warmup=0)
            reads = programs.recorder_counts(server.port)[1]
        seconds = time.monotonic() - begun
        watchers.stop()
        time.sleep(SECONDS_AFTER)
        bench.measurements.add("day.memory.after", server.memory_mib(), "MiB", reads=reads,
                          seconds=seconds, pages=watchers.pages, dropped=watchers.dropped,
                          listened_mb=watchers.bytes / 1e6)
        bench.measurements.add("day.memory.most", server.memory_mib("VmHWM"), "MiB")
