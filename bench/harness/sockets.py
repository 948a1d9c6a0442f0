"""The camera gateway: 50 busy cameras over Socket.IO beside Flask-SocketIO, and thousands of idle ones."""

import base64
import os
import selectors
import socket
import time

from . import machine
from .ingest import PICTURE_BYTES

TIMES = {"connections": 50, "seconds": 2, "warmup": 0.6}
IDLE = 5000
# One heartbeat of the default interval falls into the window.
IDLE_SECONDS = 26


def busy(bench):
    """Acknowledged reads of 50 cameras, small and with pictures."""
    port = machine.free_port()
    with bench.lprserver(WEBSOCKET_PORT=str(port)):
        result = bench.load(port, program="sockets", **TIMES)
        bench.measurements.add_load("sockets.small.lprserver", result)
        result = bench.load(port, program="sockets", plain=1, **TIMES)
        bench.measurements.add_load("sockets.plain.lprserver", result)
        result = bench.load(port, program="sockets", picture_bytes=PICTURE_BYTES, **TIMES)
        bench.measurements.add_load("sockets.pictures.lprserver", result)
    if bench.python:
        with bench.flask("flask_socketio_peer", workers=1, threads=120) as flask:
            result = bench.load(flask.port, program="sockets", **TIMES)
            bench.measurements.add_load("sockets.small.flask", result)
            result = bench.load(
                flask.port, program="sockets", picture_bytes=PICTURE_BYTES, **TIMES
            )
            bench.measurements.add_load("sockets.pictures.flask", result)


def frame(text):
    """A text frame of a client's, masked with zeros."""
    return bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text


def connect(port):
    """A Socket.IO client over WebSocket that has connected to its namespace."""
    link = socket.create_connection(("127.0.0.1", port), timeout=10)
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall(
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode() + frame(b"40")
    )
    return link


def idle(bench):
    """Memory and processor time of cameras that only answer heartbeats."""
    port = machine.free_port()
    with bench.lprserver(WEBSOCKET_PORT=str(port)) as server, selectors.DefaultSelector() as selector:
        memory = server.memory_mib()
        links = [connect(port) for _ in range(IDLE)]
        for link in links:
            link.setblocking(False)
            selector.register(link, selectors.EVENT_READ)
        answer_pings(selector, 2)
        bench.measurements.add("sockets.idle.memory", server.memory_mib(), "MiB", alone=memory)
        cpu, begun = server.cpu_seconds(), time.monotonic()
        pings = answer_pings(selector, IDLE_SECONDS)
        share = (server.cpu_seconds() - cpu) / (time.monotonic() - begun)
        bench.measurements.add("sockets.idle.cpu", 100 * share, "% of a core", pings=pings)
        for link in links:
            link.close()


def answer_pings(selector, seconds):
    """Answers heartbeats for some seconds; returns how many."""
    pings = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for key, _ in selector.select(0.2):
            if key.fileobj.recv(65536).endswith(b"\x81\x012"):
                key.fileobj.sendall(frame(b"3"))
                pings += 1
    return pings
