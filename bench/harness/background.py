"""Load beside a measurement."""

import contextlib
import json
import subprocess

from .machine import BenchError
from .programs import BENCH


class Load:
    """The load generator at work; `result` once it has ended."""

    def __init__(self, command):
        self.popen = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.result = None

    def finish(self):
        """Waits for its end, 60 s at most."""
        try:
            out, error = self.popen.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            out, error = self.popen.communicate()
        if self.popen.returncode != 0:
            raise BenchError(f"load: {error.decode().strip()}")
        self.result = json.loads(out)


@contextlib.contextmanager
def load(bench, port, rate, seconds, connections=64, **options):
    """Runs the load generator while the body runs; it ends by itself after `seconds`.

    Rate 0 is a closed loop.
    """
    bench.series += 1
    options = {"warmup": 0, **options}
    background = Load([
        str(BENCH / ".build/load"), "--port", str(port), "--series", str(bench.series),
        "--rate", f"{rate:.1f}", "--seconds", f"{seconds:.1f}", "--connections", str(connections),
        *(text for name, value in options.items()
          for text in (f"--{name.replace('_', '-')}", str(value))),
    ])
    try:
        yield background
    finally:
        background.finish()
