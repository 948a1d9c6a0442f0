"""People and tokens with the clients that the fleet uses, kills in between, and a flood of sign-ins."""

import base64
import http.client
import json
import sqlite3
import threading
import time

import pytest
import requests
import socketio
from conftest import wait_until
from echo_server import connect
from websockets.exceptions import InvalidStatus

PASSWORD = "correct horse battery"


@pytest.fixture
def guarded(make_site):
    """A site with an admin, who is signed in, and a token for the camera CAM001."""
    site = make_site().start()
    added = site.post("/api/users", json={"name": "admin", "role": "admin", "password": PASSWORD})
    assert added.status_code == 201
    site.admin = sign_in(site)
    made = site.admin.post(
        site.url("/api/tokens"), json={"name": "gate", "role": "camera", "cameras": ["CAM001"]}
    )
    assert made.status_code == 201
    site.token = made.json()["token"]
    return site


def sign_in(site, name="admin", password=PASSWORD):
    session = requests.Session()
    answer = session.post(site.url("/api/session"), json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    return session


def read(identity, camera="CAM001"):
    return {"camera_id": camera, "plate_number": "กข 1234", "event_id": identity}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_from_the_first_credential_on_this_machine_needs_one_too(make_site):
    site = make_site().start()
    assert site.get("/api/records").status_code == 200
    site.post("/api/users", json={"name": "admin", "role": "admin", "password": PASSWORD})
    for path in ("/api/records", "/dashboard", "/data/latest.json", "/images/x.png", "/nothing", "/events"):
        refused = site.get(path)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated"), path
        assert "Bearer" in refused.headers["WWW-Authenticate"]
    assert site.post("/api/records", json=read("1")).status_code == 401
    assert site.get("/readyz").status_code == 200


@pytest.mark.parametrize("choice, may_read, may_send", [("open", 200, 201), ("camera", 403, 201)])
def test_local_access_can_be_chosen(make_site, choice, may_read, may_send):
    site = make_site(LOCAL_ACCESS="open").start()
    site.post("/api/users", json={"name": "admin", "role": "admin", "password": PASSWORD})
    site.stop()
    site.settings["LOCAL_ACCESS"] = choice
    site.start()
    assert site.get("/api/records").status_code == may_read
    assert site.post("/api/records", json=read("1")).status_code == may_send


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], None], ids=["polling", "websocket", "upgrade"])
def test_the_official_client_shows_its_token(guarded, transports):
    address = f"http://127.0.0.1:{guarded.gateway}"
    client = socketio.Client(reconnection=False)
    answers = []
    client.on("*", lambda event, data: answers.append((event, data)))
    client.connect(address, transports=transports, auth={"token": guarded.token})
    client.emit("lpr_data", read("s1"))
    wait_until(lambda: any(event == "lpr_response" for event, _ in answers), "an answer")
    client.emit("lpr_data", read("s2", camera="CAM002"))
    wait_until(lambda: "may not send as the camera CAM002" in str(answers), "a refusal")
    guarded.admin.delete(guarded.url("/api/tokens/gate"))
    client.emit("lpr_data", read("s3"))
    wait_until(lambda: not client.connected, "the end of the connection")
    for auth in (None, {"token": "lpr_wrong"}, {"token": guarded.token}):
        with pytest.raises(socketio.exceptions.ConnectionError):
            socketio.Client(reconnection=False).connect(address, transports=transports, auth=auth)
    total = guarded.admin.get(guarded.url("/api/records")).json()["total"]
    assert total == 1


def test_a_web_socket_shows_its_token(guarded):
    address = f"ws://127.0.0.1:{guarded.gateway}/ws"
    shown = connect(address, additional_headers=bearer(guarded.token))
    asked = connect(f"{address}?token={guarded.token}")
    for number, client in enumerate((shown, asked)):
        client.send(json.dumps(read(f"w{number}")))
        assert json.loads(client.recv(30))["status"] == "success"
        client.close()
    with pytest.raises(InvalidStatus) as refused:
        connect(address)
    assert refused.value.response.status_code == 401


def test_basic_is_a_token_too(guarded):
    challenge = guarded.post("/api/records", json=read("b1"))
    assert challenge.status_code == 401 and "Basic" in challenge.headers["WWW-Authenticate"]
    sent = guarded.post("/api/records", json=read("b1"), auth=("admin", guarded.token))
    assert sent.status_code == 201
    pair = base64.b64encode(f"x:{guarded.token[:-1]}".encode()).decode()
    assert guarded.post("/api/records", json=read("b2"), headers={"Authorization": f"Basic {pair}"}).status_code == 401


def test_sessions_and_tokens_outlive_a_kill_and_revocations_do_too(guarded):
    guarded.kill()
    guarded.start()
    assert guarded.admin.get(guarded.url("/api/records")).status_code == 200
    assert guarded.post("/api/records", json=read("k1"), headers=bearer(guarded.token)).status_code == 201
    assert guarded.admin.delete(guarded.url("/api/tokens/gate")).status_code == 204
    other = sign_in(guarded)
    assert other.delete(guarded.url("/api/session")).status_code == 204
    cookie = guarded.admin.cookies
    guarded.kill()
    guarded.start()
    assert guarded.post("/api/records", json=read("k2"), headers=bearer(guarded.token)).status_code == 401
    assert requests.get(guarded.url("/api/records"), cookies=cookie).status_code == 200
    assert other.get(guarded.url("/api/records")).status_code == 401


def test_a_restored_backup_signs_everybody_out(guarded):
    database = guarded.folder / "test.db"
    backup = guarded.folder / "backup.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    guarded.post("/api/records", json=read("r1"), headers=bearer(guarded.token))
    guarded.stop()
    for end in ("-wal", "-shm"):
        (database.parent / (database.name + end)).unlink(missing_ok=True)
    database.write_bytes(backup.read_bytes())
    guarded.start()
    assert guarded.admin.get(guarded.url("/api/records")).status_code == 401
    assert guarded.post("/api/records", json=read("r2"), headers=bearer(guarded.token)).status_code == 201


def test_no_secret_is_in_the_log(guarded):
    guarded.post(f"/api/records?token={guarded.token}", json=read("l1"))
    guarded.post(f"/api/records?token={guarded.token}x", json=read("l1"))
    guarded.get(f"/api/records?token={guarded.token}")
    guarded.post("/api/session", json={"name": PASSWORD, "password": PASSWORD + "x"})
    guarded.admin.get(guarded.url("/nothing"))
    secrets = [guarded.token, PASSWORD, *guarded.admin.cookies.values()]
    guarded.stop()
    log = (guarded.folder / "service.log").read_text()
    assert "unauthenticated" in log
    for secret in secrets:
        assert secret not in log


@pytest.mark.parametrize("addresses", [1, 1000])
def test_a_flood_of_sign_ins_disturbs_neither_people_nor_cameras(guarded, addresses):
    over = threading.Event()
    statuses = []

    def guess(number):
        connection = http.client.HTTPConnection("127.0.0.1", guarded.port, timeout=60)
        count = 0
        while not over.is_set():
            count += 1
            address = (number * 7919 + count) % addresses
            headers = {
                "Content-Type": "application/json",
                "X-Forwarded-For": f"203.0.{113 + address // 256}.{address % 256}",
            }
            body = json.dumps({"name": f"user{count % 50}" if count % 2 else "admin", "password": "wrong wrong wrong"})
            connection.request("POST", "/api/session", body, headers)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)

    guessers = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for guesser in guessers:
        guesser.start()
    try:
        end = time.monotonic() + 10
        sent = 0
        while time.monotonic() < end:
            answer = guarded.post("/api/records", json=read(f"f{sent}"), headers=bearer(guarded.token))
            assert answer.status_code == 201
            assert guarded.admin.get(guarded.url("/api/statistics")).status_code == 200
            sent += 1
    finally:
        over.set()
        for guesser in guessers:
            guesser.join()
    assert set(statuses) <= {401, 429, 503} and 429 in statuses
    assert len(statuses) > 50
    peak = next(
        int(line.split()[1])
        for line in open(f"/proc/{guarded.process.pid}/status", encoding="ascii")
        if line.startswith("VmHWM")
    )
    assert peak < 150 * 1024
    # From the usual place the person still gets in.
    sign_in(guarded)
    assert guarded.admin.get(guarded.url("/api/records")).json()["total"] == sent
