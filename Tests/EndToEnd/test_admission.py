"""Cameras on other machines: CAMERA_NETWORKS admits them as cameras, and no other client."""

import subprocess

import pytest
import requests
import socketio

from conftest import BINARY, PATIENCE, wait_until

READ = {"camera_id": "CAM001", "plate_number": "กข 1234"}


def ask(site, address, method, path, **rest):
    return requests.request(method, f"http://{address}:{site.gateway}{path}", timeout=PATIENCE, **rest)


@pytest.mark.parametrize("listen", ["0.0.0.0", "::", "own"])
def test_a_camera_inside_may_send_and_nothing_else(make_site, own_address, listen):
    listen = own_address if listen == "own" else listen
    site = make_site(CAMERA_LISTEN_ADDRESS=listen, CAMERA_NETWORKS=f"10.99.0.0/16, {own_address}/32").start()
    made = ask(site, own_address, "POST", "/api/records", json=READ)
    assert made.status_code == 201 and site.total() == 1
    assert ask(site, own_address, "POST", "/api/cameras/register", json={"camera_id": "CAM001"}).status_code == 200
    report = {"camera_id": "CAM001", "component": "camera", "status": "healthy", "message": "OK"}
    assert ask(site, own_address, "POST", "/api/health", json=report).status_code == 200
    assert ask(site, own_address, "GET", "/api/test").status_code == 200
    refused = ask(site, own_address, "GET", "/api/statistics")
    assert refused.status_code == 403 and "camera" in refused.json()["error"]
    # What is not the gateway's is not there for a camera.
    for path in ["/api/records", f"/api/records/{made.json()['id']}", "/events", "/api/blacklist", "/",
                 "/images/x.png", "/health/status"]:
        answer = ask(site, own_address, "GET", path)
        assert answer.status_code in (400, 403, 404, 405), path
        assert "กข" not in answer.text
    assert ask(site, own_address, "DELETE", f"/api/records/{made.json()['id']}").status_code in (403, 404, 405)
    assert site.total() == 1
    # A name could have been rebound to this address; one that is not listed is refused.
    assert ask(site, own_address, "GET", "/api/test", headers={"Host": "evil.example"}).status_code == 421


def test_a_camera_on_a_socket_joins_no_room(make_site, own_address):
    site = make_site(CAMERA_LISTEN_ADDRESS="0.0.0.0", CAMERA_NETWORKS=own_address).start()
    received = []
    with socketio.SimpleClient() as camera, socketio.SimpleClient() as desk:
        for client, address in [(camera, own_address), (desk, "127.0.0.1")]:
            client.connect(f"http://{address}:{site.gateway}")
            client.client.on("new_lpr_record", lambda record, address=address: received.append(address))
        assert camera.call("lpr_data", READ, timeout=PATIENCE)["status"] == "success"
        for event in ["join_dashboard", "join_health_room", "request_health_check"]:
            refused = camera.call(event, timeout=PATIENCE)
            assert refused["status"] == "error" and "nothing else" in refused["message"], event
        assert "Joined" in desk.call("join_dashboard", timeout=PATIENCE)["message"]
        report = {"camera_id": "CAM001", "component": "camera", "status": "healthy", "message": "OK"}
        assert camera.call("health_status", report, timeout=PATIENCE)["success"]
        camera.call("lpr_data", READ, timeout=PATIENCE)
        wait_until(lambda: received, "the record in the room")
        # What the camera were told would have come before the answer to this.
        camera.call("ping", {}, timeout=PATIENCE)
        assert received == ["127.0.0.1"]


def test_an_address_outside_is_refused_whatever_it_asks(make_site, own_address):
    site = make_site(CAMERA_LISTEN_ADDRESS="0.0.0.0", CAMERA_NETWORKS="10.99.0.0/16,fd00:20::/32").start()
    for method, path in [("POST", "/api/records"), ("GET", "/api/test"), ("GET", "/healthz"), ("GET", "/"),
                         ("GET", "/nothing"), ("PATCH", "/api/records"), ("GET", "/ws"), ("GET", "/socket.io/")]:
        body = {"json": READ} if method == "POST" else {}
        # What it says of itself is not believed.
        answer = ask(site, own_address, method, path, headers={"X-Real-IP": "127.0.0.1"}, **body)
        assert answer.status_code == 401 and "CAMERA_NETWORKS" in answer.json()["error"], path
    assert site.total() == 0
    # A proxy on this machine says for whom it asks.
    for client, status in [("10.99.3.4", 201), ("10.98.3.4", 401), ("fd00:20::1", 201), ("127.0.0.1", 201)]:
        answer = ask(site, "127.0.0.1", "POST", "/api/records", json=READ, headers={"X-Real-IP": client})
        assert answer.status_code == status, client
    assert site.total() == 3


def test_the_main_listener_knows_no_networks(make_site, own_address):
    site = make_site(CAMERA_LISTEN_ADDRESS="0.0.0.0", CAMERA_NETWORKS=f"{own_address}/32").start()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://{own_address}:{site.port}/api/test", timeout=PATIENCE)
    answer = site.post("/api/records", READ, headers={"X-Real-IP": own_address})
    assert answer.status_code == 401 and site.total() == 0


@pytest.mark.parametrize("settings, words", [
    ({"CAMERA_LISTEN_ADDRESS": "0.0.0.0"}, ["CAMERA_NETWORKS=10.20.0.0/16", "0.0.0.0"]),
    ({"CAMERA_LISTEN_ADDRESS": "::", "CAMERA_NETWORKS": " , "}, ["CAMERA_NETWORKS=10.20.0.0/16"]),
    ({"CAMERA_LISTEN_ADDRESS": "0.0.0.0", "CAMERA_NETWORKS": "10.20.0.1/16"}, ["CAMERA_NETWORKS", "10.20.0.0/16"]),
    ({"CAMERA_NETWORKS": "0.0.0.0/0"}, ["CAMERA_NETWORKS", "every address"]),
    ({"CAMERA_NETWORKS": "gate-cameras"}, ["CAMERA_NETWORKS", "gate-cameras", "is not a network"]),
    ({"LISTEN_ADDRESS": "0.0.0.0", "CAMERA_NETWORKS": "10.20.0.0/16"}, ["0.0.0.0", "nginx"]),
])
def test_a_wrong_setting_stops_the_start_with_a_sentence(make_site, settings, words):
    site = make_site(**settings)
    ended = subprocess.run(
        [BINARY, "serve"], env=site.environment, cwd=site.folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode != 0
    for word in words:
        assert word in ended.stderr
    assert not (site.folder / "test.db").exists()
