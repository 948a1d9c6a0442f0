"""What one message may cost, and polls that race with the upgrade."""

import json

import pytest
import requests
from conftest import wait_until
from echo_server import connect
from test_gateway import gateway, sessions
from websockets.exceptions import ConnectionClosed

MIB = 1 << 20
PAYLOAD = 13 * MIB


def peak(site):
    """The most memory that the service ever had, in bytes."""
    status = open(f"/proc/{site.process.pid}/status").read()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


def address(site, transport="polling", sid=None):
    scheme = "ws" if transport == "websocket" else "http"
    rest = f"&sid={sid}" if sid else ""
    return gateway(site, scheme) + f"/socket.io/?EIO=4&transport={transport}{rest}"


def opened(site):
    return json.loads(requests.get(address(site), timeout=30).text[1:])["sid"]


def entered(site, sid=None):
    link = connect(address(site, "websocket", sid), max_size=None)
    if sid:
        link.send("2probe")
        assert link.recv(30) == "3probe"
        link.send("5")
    else:
        assert link.recv(30).startswith("0")
    link.send("40")
    assert link.recv(30).startswith("40")
    assert link.recv(30).startswith('42["status"')
    return link


@pytest.mark.parametrize(
    "body",
    [
        b"\x1e" * PAYLOAD,
        b"\x1e".join([b"3"] * (PAYLOAD // 2)),
        b"\x1e".join([b'42["ping"]'] * (PAYLOAD // 11)),
        b"4" + b"2[" + b"0," * (PAYLOAD // 2) + b"0]",
        b"4" + b"[" * PAYLOAD,
    ],
    ids=["separators", "pongs", "events", "values", "depth"],
)
def test_a_hostile_body_costs_little_more_than_itself(site, body):
    sid = opened(site)
    before = peak(site)
    requests.post(address(site, sid=sid), data=body, timeout=60)
    assert requests.get(address(site, sid=sid), timeout=30).status_code == 400
    assert peak(site) - before < 8 * len(body)
    wait_until(lambda: sessions(site) == 0, "the end of the session")


def test_a_million_values_are_refused(site):
    values = "[" + "0," * 1_000_000 + "0]"
    link = entered(site)
    link.send(f'421["lpr_data",{{"x":{values}}}]')
    with pytest.raises(ConnectionClosed):
        link.recv(30)
    with connect(gateway(site, "ws") + "/ws") as plain:
        plain.send(f'{{"camera_id":"C","plate_number":"1","x":{values}}}')
        assert json.loads(plain.recv(30))["status"] == "error"


def test_attachments_together_are_no_larger_than_a_message(site):
    link = entered(site)
    link.send('4510-["lpr_data",{"camera_id":"C"}]')
    with pytest.raises(ConnectionClosed):
        for _ in range(9):
            link.send(b"\0" * 4 * MIB)
        link.recv(30)
    wait_until(lambda: sessions(site) == 0, "the end of the session")


def test_a_post_that_comes_after_the_upgrade_ends_nothing(site):
    sid = opened(site)
    link = entered(site, sid)
    assert requests.post(address(site, sid=sid), data="40", timeout=30).status_code == 400
    assert requests.get(address(site, sid=sid), timeout=30).status_code == 400
    link.send('427["ping",{"n":1}]')
    assert '"n":1' in link.recv(30)
    link.close()


def test_a_poll_is_not_held_for_ever_by_an_upgrade_that_stops_halfway(make_site):
    site = make_site(SOCKET_PING_INTERVAL_MS="90000").start()
    sid = opened(site)
    link = connect(address(site, "websocket", sid))
    link.send("2probe")
    assert link.recv(30) == "3probe"
    assert requests.get(address(site, sid=sid), timeout=30).text == "6"
    link.close()
    assert requests.post(address(site, sid=sid), data="40", timeout=30).text == "ok"
    assert requests.get(address(site, sid=sid), timeout=30).text.startswith("40")


def test_pongs_that_nobody_asked_for_prolong_nothing(make_site):
    site = make_site(SOCKET_PING_INTERVAL_MS="300", SOCKET_PING_TIMEOUT_MS="300").start()
    link = entered(site)
    for _ in range(100):
        link.send("3")
    assert link.recv(30) == "2"
    with pytest.raises(ConnectionClosed):
        link.recv(30)
    wait_until(lambda: sessions(site) == 0, "the end of the session")
