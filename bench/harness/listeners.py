"""What 1,000 idle browsers at /events cost, and how fast one event reaches 1,000 and 5,000."""

import socket
import time

from .machine import BenchError

COUNT = 1000
FANOUT = (1000, 5000)
# Of each in turn: one sample has 30 reads, and was 0.55 of the bare writer where the next ones were 0.65 to 0.79.
FANOUT_SAMPLES = 3
# One heartbeat of 10 s falls into every window.
SECONDS = 10


def connect(port):
    """A listener that never reads; its socket's buffer holds what comes."""
    link = socket.create_connection(("127.0.0.1", port), timeout=10)
    link.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    if b" 200 " not in link.recv(4096):
        raise BenchError("/events was refused")
    return link


def idle(bench):
    """Processor and memory without listeners, then with 1,000."""
    with bench.lprserver() as server:
        time.sleep(1)
        cpu, memory = server.cpu_seconds(), server.memory_mib()
        time.sleep(2)
        alone = (server.cpu_seconds() - cpu) / 2
        links = []
        try:
            for _ in range(COUNT):
                links.append(connect(server.port))
            time.sleep(0.5)
            cpu, begun = server.cpu_seconds(), time.monotonic()
            time.sleep(SECONDS)
            share = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
            bench.measurements.add("listeners.cpu", 100 * share, "% of a core", alone=100 * alone)
            bench.measurements.add("listeners.memory", server.memory_mib() - memory, "MiB")
        finally:
            for link in links:
                link.close()


def fanout(bench):
    """From the POST of a read to the last listener, beside a bare epoll writer."""
    for count in FANOUT * FANOUT_SAMPLES:
        with bench.lprserver(MAX_CONNECTIONS="8000", EVENT_LISTENERS_MAX="8000") as server:
            ours = bench.load(server.port, "fanout", listeners=count)
        with bench.broadcast() as limit:
            bare = bench.load(limit.port, "fanout", listeners=count)
        for name, result in (("lprserver", ours), ("bare", bare)):
            bench.measurements.add(f"fanout.{count}.{name}", result["rate"], "deliveries/s",
                              p50_ms=result["p50_ms"], p99_ms=result["p99_ms"])
