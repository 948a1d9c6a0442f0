"""Engine.IO 4: the cases of the protocol's public test suite, one test each."""

import http.client
import json
import pathlib

import pytest
import requests
from conftest import wait_until
from echo_server import Echo, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

INTERVAL, TIMEOUT = 300, 200


@pytest.fixture(scope="module")
def echo():
    echo = Echo(ping_interval=INTERVAL, ping_timeout=TIMEOUT)
    yield echo
    echo.stop()


def polling(echo, query="", method="get", **rest):
    return getattr(requests, method)(echo.http(f"/engine.io/?EIO=4&transport=polling{query}"), timeout=30, **rest)


def open_session(echo):
    return json.loads(polling(echo).text[1:])["sid"]


class Poll:
    """A request that waits at the server: it has read it when this is made."""

    def __init__(self, echo, sid):
        self.connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=30)
        self.connection.request("GET", f"/engine.io/?EIO=4&transport=polling&sid={sid}")
        own = self.connection.sock.getsockname()[1]
        wait_until(lambda: is_read(echo.port, own), "the server to read a request")

    def answer(self):
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def is_read(port, peer):
    """Whether the kernel has nothing left that a server has not read from a peer's port."""
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if (int(local.split(":")[1], 16), int(remote.split(":")[1], 16)) == (port, peer):
            return int(queues.split(":")[1], 16) == 0
    return False


def socket(echo, query=""):
    return connect(echo.ws(f"/engine.io/?EIO=4&transport=websocket{query}"), open_timeout=30)


def open_socket(echo):
    link = socket(echo)
    assert link.recv(30).startswith("0")
    return link


def is_closed(link):
    with pytest.raises(ConnectionClosed):
        while True:
            link.recv(30)
    return True


# Handshake


def test_polling_opens_a_session(echo):
    answer = polling(echo)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].lower() == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text[0] == "0"
    handshake = json.loads(answer.text[1:])
    assert list(handshake) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
    assert handshake["upgrades"] == ["websocket"]
    assert (handshake["pingInterval"], handshake["pingTimeout"]) == (INTERVAL, TIMEOUT)


@pytest.mark.parametrize("query", ["transport=polling", "EIO=abc&transport=polling", "EIO=3&transport=polling"])
def test_polling_refuses_other_versions(echo, query):
    answer = requests.get(echo.http(f"/engine.io/?{query}"), timeout=30)
    assert answer.status_code == 400
    assert answer.json() == {"code": 5, "message": "Unsupported protocol version"}


@pytest.mark.parametrize("query", ["EIO=4", "EIO=4&transport=abc"])
def test_polling_refuses_other_transports(echo, query):
    answer = requests.get(echo.http(f"/engine.io/?{query}"), timeout=30)
    assert answer.status_code == 400
    assert answer.json() == {"code": 0, "message": "Transport unknown"}


@pytest.mark.parametrize("method", ["post", "put"])
def test_polling_refuses_other_methods(echo, method):
    answer = polling(echo, method=method, data="4")
    assert answer.status_code == 400
    assert answer.json() == {"code": 2, "message": "Bad handshake method"}


def test_an_unknown_session_is_refused(echo):
    answer = polling(echo, "&sid=AAAAAAAAAAAAAAAAAAAA")
    assert answer.status_code == 400
    assert answer.json() == {"code": 1, "message": "Session ID unknown"}


def test_a_websocket_opens_a_session(echo):
    with socket(echo) as link:
        packet = link.recv(30)
        assert packet[0] == "0"
        handshake = json.loads(packet[1:])
        assert list(handshake) == ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]
        assert handshake["upgrades"] == []


@pytest.mark.parametrize(
    "query, code",
    [("transport=websocket", 5), ("EIO=abc&transport=websocket", 5), ("EIO=4", 0), ("EIO=4&transport=abc", 0)],
)
def test_a_websocket_is_refused_with_the_error_instead_of_the_101(echo, query, code):
    with pytest.raises(InvalidStatus) as caught:
        connect(echo.ws(f"/engine.io/?{query}"))
    assert caught.value.response.status_code == 400
    assert json.loads(caught.value.response.body)["code"] == code


# Messages


@pytest.mark.parametrize(
    "body, answer",
    [
        ("4hello", "4hello"),
        ("4test1\x1e4test2\x1e4test3", "4test1\x1e4test2\x1e4test3"),
        ("4test\x1ebAQIDBA==", "4test\x1ebAQIDBA=="),
    ],
)
def test_polling_carries_messages(echo, body, answer):
    sid = open_session(echo)
    posted = polling(echo, f"&sid={sid}", "post", data=body)
    assert (posted.status_code, posted.text) == (200, "ok")
    assert polling(echo, f"&sid={sid}").text == answer


@pytest.mark.parametrize("body", ["abc", "4ok\x1e", "4ok\x1e9", "b!!!!"])
def test_polling_ends_on_what_is_no_packet(echo, body):
    sid = open_session(echo)
    assert polling(echo, f"&sid={sid}", "post", data=body).status_code == 400
    assert polling(echo, f"&sid={sid}").status_code == 400


def test_polling_refuses_octets(echo):
    sid = open_session(echo)
    headers = {"Content-Type": "application/octet-stream"}
    assert polling(echo, f"&sid={sid}", "post", data=b"4a", headers=headers).status_code == 400


def test_a_body_over_the_limit_is_413():
    echo = Echo(payload_max=1000)
    try:
        sid = open_session(echo)
        assert polling(echo, f"&sid={sid}", "post", data="4" + "a" * 2000).status_code == 413
    finally:
        echo.stop()


def test_two_polls_at_once_end_the_session(echo):
    sid = open_session(echo)
    first = Poll(echo, sid)
    second = polling(echo, f"&sid={sid}")
    assert first.answer() == (200, "1")
    assert second.status_code == 400


def test_a_websocket_carries_messages(echo):
    with open_socket(echo) as link:
        link.send("4hello")
        assert link.recv(30) == "4hello"
        link.send(b"\x01\x02\x03\x04")
        assert link.recv(30) == b"\x01\x02\x03\x04"


def test_a_websocket_ends_on_what_is_no_packet(echo):
    link = open_socket(echo)
    link.send("abc")
    assert is_closed(link)


# Heartbeat


def test_polling_sends_pings(echo):
    sid = open_session(echo)
    for _ in range(3):
        assert polling(echo, f"&sid={sid}").text == "2"
        assert polling(echo, f"&sid={sid}", "post", data="3").status_code == 200


def test_polling_ends_without_a_pong(echo):
    sid = open_session(echo)
    # Polls get the ping, and none of them answers it.
    wait_until(lambda: polling(echo, f"&sid={sid}").status_code == 400, "the session's end")


def test_a_websocket_gets_pings(echo):
    with open_socket(echo) as link:
        for _ in range(3):
            assert link.recv(30) == "2"
            link.send("3")


def test_a_websocket_ends_without_a_pong(echo):
    assert is_closed(open_socket(echo))


def test_a_ping_of_the_clients_is_an_error(echo):
    link = open_socket(echo)
    link.send("2")
    assert is_closed(link)


# Close


def test_polling_is_ended_by_the_client(echo):
    sid = open_session(echo)
    pending = Poll(echo, sid)
    assert polling(echo, f"&sid={sid}", "post", data="1").status_code == 200
    assert pending.answer() == (200, "6")
    assert polling(echo, f"&sid={sid}").status_code == 400


def test_a_websocket_is_ended_by_the_client(echo):
    link = open_socket(echo)
    link.send("1")
    assert is_closed(link)


# Upgrade


def upgraded(echo):
    sid = open_session(echo)
    link = socket(echo, f"&sid={sid}")
    link.send("2probe")
    assert link.recv(30) == "3probe"
    link.send("5")
    return sid, link


def test_polling_is_upgraded(echo):
    _, link = upgraded(echo)
    with link:
        link.send("4hello")
        assert link.recv(30) == "4hello"


def test_the_pending_poll_ends_with_a_noop(echo):
    sid = open_session(echo)
    pending = Poll(echo, sid)
    with socket(echo, f"&sid={sid}") as link:
        link.send("2probe")
        assert link.recv(30) == "3probe"
        assert pending.answer() == (200, "6")


def test_what_waited_is_sent_after_the_upgrade(echo):
    sid = open_session(echo)
    with socket(echo, f"&sid={sid}") as link:
        link.send("2probe")
        assert link.recv(30) == "3probe"
        polling(echo, f"&sid={sid}", "post", data="4waits")
        link.send("5")
        assert link.recv(30) == "4waits"


def test_polls_after_the_upgrade_are_refused(echo):
    sid, link = upgraded(echo)
    assert polling(echo, f"&sid={sid}").status_code == 400
    link.send("4hello")
    assert link.recv(30) == "4hello"
    link.close()


def test_a_second_websocket_after_the_upgrade_is_closed(echo):
    sid, link = upgraded(echo)
    assert is_closed(socket(echo, f"&sid={sid}"))
    link.send("4hello")
    assert link.recv(30) == "4hello"
    link.close()


def test_frames_in_the_same_segment_as_the_request_are_kept(echo):
    import socket as sockets

    request = (
        f"GET /engine.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{echo.port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    ).encode()
    frame = b"\x81\x86\0\0\0\0" + b"4early"
    with sockets.create_connection(("127.0.0.1", echo.port)) as raw:
        raw.sendall(request + frame)
        data = b""
        raw.settimeout(30)
        while b"4early" not in data:
            data += raw.recv(4096)
    assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in data
