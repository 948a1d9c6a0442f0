"""Processes, ports and the machine itself."""

import contextlib
import os
import platform
import random
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """What stops the bench, in one sentence."""


def free_port():
    """A free port on loopback."""
    for _ in range(100):
        port = random.randint(20_001, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise BenchError("no free port between 20001 and 32000")


def wait_for_port(port, process, seconds=20):
    """Returns once the port accepts connections."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise BenchError(f"{process.args[0]} ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.005)
    raise BenchError(f"{process.args[0]} does not listen after {seconds} s")


class Process:
    """A program that was started here and is stopped here."""

    def __init__(self, command, log, **environment):
        self.log = open(log, "ab")
        self.popen = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        self.pid = self.popen.pid

    def stop(self):
        """Asks it to end, and ends it if it does not within 20 s."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(20)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        self.log.close()

    def family(self):
        """Its own id and its children's (gunicorn's workers)."""
        pids = [self.pid]
        for task in os.listdir(f"/proc/{self.pid}/task"):
            # A thread may have ended meanwhile.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError), \
                    open(f"/proc/{self.pid}/task/{task}/children", encoding="ascii") as children:
                pids += map(int, children.read().split())
        return pids

    def cpu_seconds(self):
        """Processor time used so far, children's included."""
        return sum(_ticks(f"/proc/{pid}/stat") for pid in self.family()) / TICKS

    def cpu_nanoseconds(self):
        """Processor time used so far, that of ended threads included, children's not.

        `/proc/PID/stat` counts in hundredths of a second, which is as much as a single read costs.
        """
        # The process's clock as clock_getcpuclockid(3) names it.
        return time.clock_gettime_ns((~self.pid << 3) | 2)

    def bytes_written(self):
        """Bytes that it has given to the page cache for the disk, those of ended children not."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/io", encoding="ascii") as counts:
                total += next(int(line.split()[1]) for line in counts if line.startswith("write_bytes"))
        return total

    def memory_mib(self, field="VmRSS"):
        """Resident memory now (VmRSS) or at its highest (VmHWM)."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
                total += next(int(line.split()[1]) for line in status if line.startswith(field))
        return total / 1024


def _ticks(path):
    with open(path, encoding="utf-8", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _busy_ticks():
    with open("/proc/stat", encoding="ascii") as stat:
        fields = list(map(int, stat.readline().split()[1:9]))
    return sum(fields) - fields[3] - fields[4]


class Others:
    """How many cores others use while the bench runs: what is busy less what is ours.

    Ours are this process and its descendants that have ended; the kernel's own threads and time that a
    hypervisor took count as others.
    """

    def __init__(self):
        self.begun = self._now()

    @staticmethod
    def _now():
        return time.monotonic(), _busy_ticks() / TICKS, sum(os.times()[:4])

    def cores(self):
        """Cores on average since the last call, or since the beginning."""
        before, self.begun = self.begun, self._now()
        passed, busy, ours = (now - then for now, then in zip(self.begun, before))
        return max(0.0, (busy - ours) / passed)


def describe():
    """The machine, for the reader of the measurements."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    with open("/proc/meminfo", encoding="ascii") as meminfo:
        kib = int(meminfo.readline().split()[1])
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(kib / 1024 / 1024, 1),
        "kernel": platform.release(),
    }
