"""The echo program of the gateway, for the protocol tests."""

import os
import socket
import subprocess

import websockets.sync.client
from conftest import ROOT, free_ports, wait_until

PROGRAM = os.environ.get("GATEWAY_ECHO_BIN", str(ROOT / ".build/debug/gateway-echo"))


def connect(address, **options):
    """A WebSocket that is used without `with`, because the server is expected to close it."""
    return websockets.sync.client.connect(address, legacy=True, **options)


class Echo:
    """A running echo program; options are its command line's, in milliseconds and bytes."""

    def __init__(self, **options):
        (self.port,) = free_ports(1)
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        self.process = subprocess.Popen([PROGRAM, f"--port={self.port}", *flags], stdout=subprocess.DEVNULL)
        wait_until(self.is_open, "the echo program")

    def is_open(self):
        assert self.process.poll() is None, "the echo program ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def http(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def ws(self, path):
        return f"ws://127.0.0.1:{self.port}{path}"

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
