"""Proxies in front: whoever is not on this machine gets 401, however many proxies on this machine pass him on."""

import json
import os
import subprocess

import pytest
import requests

from conftest import PATIENCE, Site, free_ports, wait_until

PATHS = ["/", "/alerts", "/records", "/data/records.json", "/api/records?per_page=1", "/api/blacklist", "/health/status",
         "/events", "/socket.io/?EIO=4&transport=polling", "/images/nothing.jpg", "/nothing"]
FOREIGN = [
    {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.7, 127.0.0.1"},
    {"X-Forwarded-For": "127.0.0.1, 203.0.113.7"}, {"X-Forwarded-For": "127.0.0.1,unknown"},
    {"X-Forwarded-For": "1270.0.0.1"}, {"X-Forwarded-For": "127.0.0.1.example"}, {"X-Forwarded-For": "::2"},
    {"X-Real-IP": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}, {"Forwarded": 'for="[2001:db8::1]:4711"'},
    {"Forwarded": "for=127.0.0.1, for=203.0.113.7"}, {"Forwarded": "proto=https"}, {"Forwarded": "for=_hidden"},
    {"True-Client-IP": "203.0.113.7"}, {"CF-Connecting-IP": "203.0.113.7"}, {"X-Client-IP": "203.0.113.7"},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "203.0.113.7"},
]
LOCAL = [
    {}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1, ::1"}, {"X-Real-IP": "::1"},
    {"X-Forwarded-For": "127.0.0.1:5512, [::1]:80"}, {"Forwarded": 'proto=https;for="[::1]:80"'},
    {"Forwarded": "for=127.0.0.1;by=127.0.0.1, for=127.0.0.2"},
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("proxies")).start().start_nginx()
    wait_until(lambda: (site.public / "alerts.html").exists(), "the pages")
    yield site
    site.stop()


def address_of_this_machine():
    """One that is not loopback; the machine, or a network namespace with nothing but loopback, may have none."""
    text = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    return next((each for each in text if ":" not in each), None)


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda headers: json.dumps(headers))
def test_whom_a_proxy_names_as_foreign_is_refused(site, headers):
    for base in (site.front, site.url):
        for path in PATHS:
            answer = requests.get(base(path), headers=headers, timeout=PATIENCE, stream=True)
            assert answer.status_code == 401, (path, headers)
            answer.close()


@pytest.mark.parametrize("headers", LOCAL, ids=lambda headers: json.dumps(headers))
def test_whom_all_proxies_name_as_local_is_served(site, headers):
    for base in (site.front, site.url):
        for path in ("/alerts", "/api/records?per_page=1"):
            assert requests.get(base(path), headers=headers, timeout=PATIENCE).status_code == 200, (path, headers)


def test_a_second_nginx_makes_no_stranger_local(site, tmp_path):
    """A TLS front or a tunnel with nginx's usual settings, reached from another address than loopback."""
    address = address_of_this_machine()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    (port,) = free_ports(1)
    temporary = "".join(
        f"{name}_temp_path {tmp_path}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.getuid() == 0 else ""
    forwarded = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
    (tmp_path / "nginx.conf").write_text(f"""{user}daemon off; pid {tmp_path}/pid; events {{}}
        http {{ access_log off; {temporary}
            server {{ listen {address}:{port}; listen 127.0.0.1:{port};
                location / {{ proxy_pass http://localhost:{site.nginx_port}; {forwarded} }} }} }}""")
    path = f"{os.environ['PATH']}:/usr/sbin"
    front = subprocess.Popen(
        ["nginx", "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"], env={**os.environ, "PATH": path}
    )
    try:
        wait_until(lambda: site.is_open(port), "the second nginx")
        for path in PATHS:
            answer = requests.get(f"http://{address}:{port}{path}", timeout=PATIENCE, stream=True)
            assert answer.status_code == 401, path
            answer.close()
        entry = {"license_plate_text": "PX 1", "reason": "x"}
        assert requests.post(f"http://{address}:{port}/api/blacklist", json=entry, timeout=PATIENCE).status_code == 401
        # A client on this machine is still one behind both.
        local = f"http://127.0.0.1:{port}"
        assert requests.get(f"{local}/alerts", timeout=PATIENCE).status_code == 200
        assert requests.post(f"{local}/api/blacklist", json=entry, timeout=PATIENCE).status_code == 201
    finally:
        front.terminate()
        front.wait(PATIENCE)
