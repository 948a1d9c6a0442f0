"""Socket.IO 5: the cases of the protocol's public test suite, and those that it leaves out."""

import json

import pytest
from echo_server import Echo, connect
from websockets.exceptions import ConnectionClosed


@pytest.fixture(scope="module")
def echo():
    echo = Echo(ping_interval=20_000, ping_timeout=20_000, connect_timeout=400)
    yield echo
    echo.stop()


@pytest.fixture
def link(echo):
    link = connect(echo.ws("/socket.io/?EIO=4&transport=websocket"))
    assert link.recv(30).startswith("0")
    yield link
    link.close()


@pytest.fixture
def connected(link):
    link.send("40")
    assert link.recv(30).startswith('40{"sid":')
    assert link.recv(30) == '42["auth",{}]'
    return link


def is_closed(link):
    with pytest.raises(ConnectionClosed):
        while True:
            link.recv(30)
    return True


@pytest.mark.parametrize(
    "sent, prefix, auth",
    [
        ("40", "40", '42["auth",{}]'),
        ('40{"token":"123"}', "40", '42["auth",{"token":"123"}]'),
        ("40/custom,", "40/custom,", '42/custom,["auth",{}]'),
        ("40/custom", "40/custom,", '42/custom,["auth",{}]'),
        ('40/custom,{"token":"abc"}', "40/custom,", '42/custom,["auth",{"token":"abc"}]'),
    ],
)
def test_a_client_connects(link, sent, prefix, auth):
    link.send(sent)
    answer = link.recv(30)
    assert answer.startswith(prefix)
    assert list(json.loads(answer[len(prefix):])) == ["sid"]
    assert link.recv(30) == auth


def test_an_unknown_namespace_is_refused_and_the_connection_stays(link):
    link.send("40/random")
    assert link.recv(30) == '44/random,{"message":"Invalid namespace"}'
    link.send("40")
    assert link.recv(30).startswith("40{")


@pytest.mark.parametrize("sent", ["4abc", "42[\"message\"]", "41", "49", "40[]", "40abc", "43[]"])
def test_anything_before_connecting_closes(link, sent):
    link.send(sent)
    assert is_closed(link)


def test_not_connecting_in_time_closes(link):
    assert is_closed(link)


def test_a_client_leaves_the_main_namespace(connected):
    connected.send("41")
    connected.send("40")
    assert connected.recv(30).startswith("40{")


def test_a_client_leaves_one_namespace_and_stays_in_the_other(connected):
    connected.send("40/custom")
    assert connected.recv(30).startswith("40/custom,")
    assert connected.recv(30).startswith("42/custom,")
    connected.send("41/custom")
    connected.send('42["message","message to main namespace"]')
    assert connected.recv(30) == '42["message-back","message to main namespace"]'


def test_an_event(connected):
    connected.send('42["message",1,"2",{"3":[true]}]')
    assert connected.recv(30) == '42["message-back",1,"2",{"3":[true]}]'


def test_an_event_with_attachments(connected):
    connected.send('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
    connected.send(b"\x01\x02\x03")
    connected.send(b"\x04\x05\x06")
    assert connected.recv(30) == (
        '452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    )
    assert (connected.recv(30), connected.recv(30)) == (b"\x01\x02\x03", b"\x04\x05\x06")


def test_an_acknowledgement(connected):
    connected.send('42456["message-with-ack",1,"2",{"3":[false]}]')
    assert connected.recv(30) == '43456[1,"2",{"3":[false]}]'


def test_an_acknowledgement_with_attachments(connected):
    connected.send('452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
    connected.send(b"\x01\x02\x03")
    connected.send(b"\x04\x05\x06")
    assert connected.recv(30) == '462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    assert (connected.recv(30), connected.recv(30)) == (b"\x01\x02\x03", b"\x04\x05\x06")


@pytest.mark.parametrize(
    "sent",
    [
        "4abc", "42{}", "42abc\"message-with-ack\",1]", "42[]", "42[1]", "42", '42["connect"]', '42["disconnect"]',
        '42["newListener"]', "44{}", "47[]", '4511-["message"]', '45-["message"]', '451["message"]',
        "42" + "[" * 60, '42["message"', '42/custom,["message"]', '42["message"]x',
    ],
)
def test_what_the_protocol_does_not_allow_closes(connected, sent):
    connected.send(sent)
    assert is_closed(connected)


def test_text_while_attachments_are_due_closes(connected):
    connected.send('451-["message",{"_placeholder":true,"num":0}]')
    connected.send('42["message"]')
    assert is_closed(connected)


def test_attachments_that_never_come_close(connected):
    connected.send('451-["message",{"_placeholder":true,"num":0}]')
    assert is_closed(connected)


def test_a_stray_binary_message_closes(connected):
    connected.send(b"\x01")
    assert is_closed(connected)
