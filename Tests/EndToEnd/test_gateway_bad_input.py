"""What a broken or hostile client of the gateway gets: the protocol's own end, and no session left behind."""

import json
import socket
import struct

import pytest
import requests
from echo_server import connect
from test_gateway import Camera, gateway, sessions
from conftest import wait_until
from websockets.exceptions import ConnectionClosed

# Short enough to wait for, whatever is waited for.
SHORT = {
    "SOCKET_PING_INTERVAL_MS": "400", "SOCKET_PING_TIMEOUT_MS": "400", "SOCKET_CONNECT_TIMEOUT_MS": "500",
    "MAX_IMAGE_SIZE": "100000", "SOCKET_MAX_PAYLOAD": "200KiB",
}
PAYLOAD_MAX = 200 * 1024


@pytest.fixture
def site(make_site):
    site = make_site(**SHORT)
    yield site.start()
    wait_until(lambda: sessions(site) == 0, "every session to end")
    assert site.read("กข 1") > 0


def raw(site, path="/ws"):
    """A WebSocket whose frames are made by hand."""
    link = socket.create_connection(("127.0.0.1", site.gateway), timeout=30)
    link.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.gateway}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += link.recv(1)
    assert b" 101 " in head
    return link


def frame(opcode, payload=b"", final=True, masked=True, length=None, reserved=0):
    """One frame, right or wrong (RFC 6455 §5.2)."""
    first = (0x80 if final else 0) | reserved << 4 | opcode
    count = len(payload) if length is None else length
    mask = 0x80 if masked else 0
    if count < 126:
        head = struct.pack(">BB", first, mask | count)
    elif count < 65536:
        head = struct.pack(">BBH", first, mask | 126, count)
    else:
        head = struct.pack(">BBQ", first, mask | 127, count)
    return head + (b"\0\0\0\0" if masked else b"") + payload


def ended_with(link):
    """The status of the goodbye, or None for an end without one."""
    data = b""
    while chunk := link.recv(65536):
        data += chunk
    while data:
        opcode, count = data[0] & 15, data[1]
        if opcode == 8:
            return struct.unpack(">H", data[2:4])[0] if count >= 2 else 1005
        start = 4 if count == 126 else 2
        count = struct.unpack(">H", data[2:4])[0] if count == 126 else count
        data = data[start + count:]
    return None


@pytest.mark.parametrize(
    "frames, status",
    [
        (frame(1, b"\xff\xfe"), 1007),
        (frame(1, b"\xce", final=False) + frame(0, b"\xff"), 1007),
        (frame(1, b"a", length=PAYLOAD_MAX + 1), 1009),
        (frame(1, b"a", length=2**62), 1009),
        (frame(1, b"a" * 150_000, final=False) + frame(0, b"a" * 150_000), 1009),
        (frame(1, b"{}", masked=False), 1002),
        (frame(3, b""), 1002),
        (frame(11, b""), 1002),
        (frame(1, b"{}", reserved=4), 1002),
        (frame(0, b"{}"), 1002),
        (frame(1, b"{", final=False) + frame(1, b"}"), 1002),
        (frame(9, b"a" * 126), 1002),
        (frame(9, b"", final=False), 1002),
        (frame(8, b"\x03"), 1002),
        (frame(8, struct.pack(">H", 999)), 1002),
        (frame(8, struct.pack(">H", 1005)), 1002),
        (frame(8, struct.pack(">H", 1000) + b"\xff"), 1007),
        (frame(8, struct.pack(">H", 1000)), 1000),
        (frame(8), 1005),
    ],
)
def test_broken_frames_are_closed_with_the_protocols_status(site, frames, status):
    with raw(site) as link:
        link.sendall(frames)
        assert ended_with(link) == status


def test_pings_are_answered_within_a_fragmented_message(site):
    with raw(site) as link:
        link.sendall(frame(1, b'{"event":"ping",', final=False) + frame(9, b"abc") + frame(0, b'"data":{}}'))
        assert link.recv(5) == b"\x8a\x03abc"
        assert link.recv(2)[0] == 0x81


@pytest.mark.parametrize(
    "headers",
    [
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\n",
        "",
    ],
)
def test_a_broken_handshake_is_a_400(site, headers):
    with socket.create_connection(("127.0.0.1", site.gateway), timeout=30) as link:
        link.sendall(f"GET /ws HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
        assert link.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_another_version_is_told_which_one_is_spoken(site):
    with socket.create_connection(("127.0.0.1", site.gateway), timeout=30) as link:
        link.sendall(
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        head = link.recv(4096)
        assert head.startswith(b"HTTP/1.1 426 ") and b"Sec-WebSocket-Version: 13" in head


def test_a_page_of_another_site_is_refused(site):
    for path in ("/ws", "/socket.io/?EIO=4&transport=websocket"):
        with socket.create_connection(("127.0.0.1", site.gateway), timeout=30) as link:
            link.sendall(
                f"GET {path} HTTP/1.1\r\nHost: localhost:{site.gateway}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nOrigin: https://evil.example\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            assert link.recv(4096).startswith(b"HTTP/1.1 403 ")
    url = gateway(site) + "/socket.io/?EIO=4&transport=polling"
    foreign = requests.get(url, headers={"Origin": "https://evil.example"}, timeout=30)
    assert "Access-Control-Allow-Origin" not in foreign.headers
    own = requests.get(url, headers={"Origin": f"http://127.0.0.1:{site.port}"}, timeout=30)
    assert own.headers["Access-Control-Allow-Origin"] == f"http://127.0.0.1:{site.port}"
    assert requests.options(url, timeout=30).status_code == 204


def socket_io(site):
    link = connect(gateway(site, "ws") + "/socket.io/?EIO=4&transport=websocket")
    assert link.recv(30).startswith("0")
    return link


@pytest.mark.parametrize(
    "messages",
    [
        ["42[\"lpr_data\",{}]"],
        ["40", "4511-[\"lpr_data\"]"],
        ["40", "451-[\"lpr_data\",{\"_placeholder\":true,\"num\":0}]"],
        ["40", "49[]"],
        ["40", "42" + "[" * 5000],
        ["40", "42[\"lpr_data\"," + "{\"a\":" * 100 + "1" + "}" * 100 + "]"],
        ["40", b"stray"],
        ["40", "2probe"],
        ["\x00"],
    ],
)
def test_broken_socket_io_is_closed(site, messages):
    link = socket_io(site)
    for message in messages:
        link.send(message)
    with pytest.raises(ConnectionClosed):
        while True:
            link.recv(30)


def test_a_message_of_thousands_of_values_is_answered(site):
    with Camera(site) as camera:
        answer = camera.client.call("lpr_data", {"camera_id": "C", "plate_number": "1", "x": [0] * 20_000}, timeout=30)
        assert answer["status"] == "success"


def test_sessions_that_are_abandoned_end_by_themselves(site):
    url = gateway(site) + "/socket.io/?EIO=4&transport=polling"
    with requests.Session() as session:
        for _ in range(2000):
            assert session.get(url, timeout=30).status_code == 200
    wait_until(lambda: sessions(site) == 0, "abandoned sessions to end")


def test_no_more_sessions_than_the_limit(make_site):
    site = make_site(SOCKET_SESSIONS_MAX="10").start()
    url = gateway(site) + "/socket.io/?EIO=4&transport=polling"
    for _ in range(10):
        assert requests.get(url, timeout=30).status_code == 200
    refused = requests.get(url, timeout=30)
    assert refused.status_code == 503 and refused.headers["Retry-After"]
    links = [connect(gateway(site, "ws") + "/ws") for _ in range(10)]
    with pytest.raises(Exception) as caught:
        connect(gateway(site, "ws") + "/ws")
    assert caught.value.response.status_code == 503
    for link in links:
        link.close()
    assert site.read("กข 1") > 0


def test_a_guessed_session_is_unknown(site):
    for sid in ("", "A" * 20, "../../etc/passwd"):
        answer = requests.get(gateway(site) + f"/socket.io/?EIO=4&transport=polling&sid={sid}", timeout=30)
        assert answer.status_code == 400 and answer.json()["code"] == 1


def test_a_client_that_does_not_read_is_cut(make_site):
    site = make_site(SOCKET_PING_INTERVAL_MS="600000").start()
    link = raw(site)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    message = frame(1, json.dumps({"event": "ping", "data": {"x": "a" * 60_000}}).encode())
    link.settimeout(30)
    with pytest.raises(OSError):
        for _ in range(5000):
            link.sendall(message)
    wait_until(lambda: sessions(site) == 0, "the socket to be cut")
    assert site.read("กข 1") > 0


def test_half_open_sockets_end(make_site):
    site = make_site(**SHORT).start()
    link = socket_io(site)
    link.send("40")
    # Nothing is answered any more, as if the cable were cut.
    wait_until(lambda: sessions(site) == 0, "the silent client to end")
    del link
