"""The smallest clients that will do: one keep-alive HTTP connection, one listener to /events."""

import json
import select
import socket
import time

from .machine import BenchError


class Client:
    """Sends JSON and returns status and body (JSON parsed), one exchange at a time."""

    def __init__(self, port):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method, path, body=None):
        """Sends a request and does not wait."""
        text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        data = text.encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + data)

    def receive(self):
        """Waits for the answer: (status, JSON)."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next(
            (int(line[15:]) for line in lines if line.startswith("content-length:")), None
        )
        if length is None:
            raise BenchError("an answer without Content-Length")
        while len(body) < length:
            body += self._more()
        is_json = any(line.startswith("content-type: application/json") for line in lines)
        return int(lines[0].split()[1]), json.loads(body) if is_json else body

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise BenchError("the server closed a connection in the middle of an answer")
        return data

    def call(self, method, path, body=None):
        """An exchange."""
        self.send(method, path, body)
        return self.receive()

    def close(self):
        """Ends the connection."""
        self.socket.close()


class Listener:
    """A browser at /events."""

    def __init__(self, port, query=""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        request = f"GET /events{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        self.socket.sendall(request.encode())
        self.raw, self.text, self.events = b"", b"", []
        while b"\r\n\r\n" not in self.raw:
            self.raw += self._more()
        head, _, self.raw = self.raw.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise BenchError(f"/events answers {head[:80]!r}")
        self.is_chunked = b"chunked" in head.lower()

    def _more(self):
        data = self.socket.recv(262_144)
        if not data:
            raise BenchError("the server closed /events")
        return data

    def read(self):
        """Takes what has arrived: [(type, data, seconds)]; waits for at least one piece."""
        self.raw += self._more()
        now = time.monotonic()
        self._unwrap()
        events = []
        while b"\n\n" in self.text:
            block, _, self.text = self.text.partition(b"\n\n")
            fields = dict(
                line.split(b": ", 1) for line in block.split(b"\n") if b": " in line[1:]
            )
            if b"event" in fields:
                events.append((fields[b"event"].decode(), json.loads(fields[b"data"]), now,
                               int(fields[b"id"])))
        return events

    def _unwrap(self):
        """Takes whole chunks out of the transfer coding (RFC 9112 §7.1)."""
        if not self.is_chunked:
            self.text, self.raw = self.text + self.raw, b""
        while self.is_chunked and b"\r\n" in self.raw:
            size, _, rest = self.raw.partition(b"\r\n")
            count = int(size, 16)
            if len(rest) < count + 2:
                return
            self.text += rest[:count]
            self.raw = rest[count + 2:]

    def wait(self, wanted, seconds):
        """The first event for which `wanted` holds, or None after some seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.socket], [], [], left)[0]:
                for event in self.read():
                    if wanted(event):
                        return event
        return None

    def close(self):
        """Goes away."""
        self.socket.close()
