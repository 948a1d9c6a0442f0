"""Proxies in front: a client on another machine gets 401, however many proxies on this machine forward it."""

import http.client
import json
import os
import signal
import socket
import subprocess

import pytest
import requests

from conftest import PATIENCE, Site, free_ports, wait_until

PATHS = ["/", "/alerts", "/records", "/data/records.json", "/api/records?per_page=1", "/api/blacklist", "/health/status",
         "/events", "/socket.io/?EIO=4&transport=polling", "/ws", "/healthz", "/images/nothing.jpg", "/nothing"]
FOREIGN = [
    {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.7, 127.0.0.1"},
    {"X-Forwarded-For": "127.0.0.1, 203.0.113.7"}, {"X-Forwarded-For": "127.0.0.1,unknown"},
    {"X-Forwarded-For": "1270.0.0.1"}, {"X-Forwarded-For": "127.0.0.1.example"}, {"X-Forwarded-For": "::2"},
    {"X-Real-IP": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}, {"Forwarded": 'for="[2001:db8::1]:4711"'},
    {"Forwarded": "for=127.0.0.1, for=203.0.113.7"}, {"Forwarded": "proto=https"}, {"Forwarded": "for=_hidden"},
    {"True-Client-IP": "203.0.113.7"}, {"CF-Connecting-IP": "203.0.113.7"}, {"X-Client-IP": "203.0.113.7"},
    {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "203.0.113.7"},
    # An address and more, which may be another client's.
    {"X-Forwarded-For": "127.0.0.1 203.0.113.7"}, {"X-Forwarded-For": "127.0.0.1:203.0.113.7"},
    {"X-Forwarded-For": "[::1]203.0.113.7"}, {"X-Real-IP": "127.0.0.1 203.0.113.7"}, {"X-Real-IP": "127.0.0.1:"},
    {"X-Forwarded-For": "127.999.1.1"}, {"X-Forwarded-For": "127.0.0.1:123456"}, {"X-Forwarded-For": "127.0.0.01"},
    {"X-Forwarded-For": "127.0.0.1,"}, {"X-Forwarded-For": "127.0.0.1,,127.0.0.1"}, {"X-Real-IP": "127.0.0.1|203.0.113.7"},
    {"Forwarded": "for=127.0.0.1;for=203.0.113.7"}, {"Forwarded": "for=127.0.0.1;proto=http; FOR=203.0.113.7"},
    {"Forwarded": 'for="127.0.0.1"203.0.113.7'}, {"Forwarded": "for=127.0.0.1 203.0.113.7"}, {"Forwarded": 'for="127.0.0.1'},
    {"Forwarded": 'by="x;for=127.0.0.1;x=";for=203.0.113.7'}, {"Forwarded": "for=127.0.0.1,"}, {"Forwarded": "for=[::1]"},
    {"Forwarded": "for=127.0.0.1:80"}, {"Forwarded": "for=127.0.0.1, proto=https"},
]
NAMES = ["X-Forwarded-For", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP",
         "Fastly-Client-IP", "X-Original-Forwarded-For", "Forwarded"]
ENTRY = {"license_plate_text": "PX 2", "reason": "x"}
LOCAL = [
    {}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1, ::1"}, {"X-Real-IP": "::1"},
    {"X-Forwarded-For": "127.0.0.1:5512, [::1]:80"}, {"Forwarded": 'proto=https;for="[::1]:80"'},
    {"Forwarded": "for=127.0.0.1;by=127.0.0.1, for=127.0.0.2"},
    {"X-Forwarded-For": ""}, {"X-Real-IP": ""}, {"Forwarded": ""}, {"X-Forwarded-For": "127.255.9.200"},
    {"Forwarded": 'FOR="127.0.0.1:80" ; host="localhost:80";for=127.0.0.3'}, {"X-Forwarded-For": "127.0.0.1\t, ::1"},
    {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "CF-Connecting-IP": "127.0.0.1"},
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


def ask(port, path, lines, body=None):
    """The status of a request whose headers are these lines, names twice where they stand twice."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest("GET" if body is None else "POST", path)
    for name, value in lines:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    try:
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("first", ["127.0.0.1", ""])
@pytest.mark.parametrize("name", NAMES)
def test_each_line_of_a_header_counts(site, name, first):
    """A proxy that adds its line instead of replacing its client's, which comes first. nginx 1.22 sees only that one."""
    def value(address):
        return f"for={address}" if address and name == "Forwarded" else address

    stranger = [(name, value(first)), (name, value("203.0.113.1"))]
    for port in (site.nginx_port, site.port):
        for path in PATHS:
            assert ask(port, path, stranger) == 401, (port, path)
        assert ask(port, "/api/blacklist", stranger, json.dumps(ENTRY).encode()) == 401
        local = [(name, value("127.0.0.1")), (name, value("127.0.0.2"))]
        for path in ("/", "/alerts", "/api/blacklist"):
            assert ask(port, path, local) == 200, (port, path)


@pytest.mark.parametrize("value", [
    b"127.0.0.1,\r\n 203.0.113.1", b"127.0.0.1\r\n\t203.0.113.1", b"\r\n 203.0.113.1", b"203.0.113.1,\r\n 127.0.0.1",
    b"127.0.0.1,\r\n 2001:db8::1", b"203.0.113.1\r\n \r\nX-A: b",
])
def test_a_folded_line_hides_nobody(site, value):
    """Obsolete (RFC 9112 §5.2). nginx refuses it, libmicrohttpd puts its second part into the name."""
    for port in (site.nginx_port, site.port):
        for name in NAMES[:2]:
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as link:
                head = b"GET /api/blacklist HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                link.sendall(head + name.encode() + b": " + value + b"\r\n\r\n")
                assert link.recv(65_536).split(b" ")[1] in (b"400", b"401"), port


def test_a_request_that_the_service_cannot_judge_opens_no_page(site):
    stranger = [("X-Real-IP", ""), ("X-Real-IP", "203.0.113.1")]
    for filler in ([(f"X-{each}", "x" * 6_000) for each in range(4)], [(f"X-{each}", "x") for each in range(900)]):
        for path in ("/", "/alerts", "/images/nothing.jpg"):
            assert ask(site.nginx_port, path, filler + stranger) == 401, path


def test_conditions_and_ranges_are_the_pages_own(site):
    page = requests.get(site.front("/alerts"), timeout=PATIENCE)
    conditions = [({"If-None-Match": page.headers["ETag"]}, 304), ({"If-None-Match": "*"}, 304), ({"Range": "bytes=0-3"}, 206),
                  ({"If-Modified-Since": page.headers["Last-Modified"]}, 304), ({"If-Match": '"other"'}, 412),
                  ({"Range": "bytes=99999999-"}, 416), ({"Origin": "http://evil.example", "Upgrade": "x"}, 200)]
    for headers, status in conditions:
        headers = {"Accept-Encoding": "identity", **headers}
        assert requests.get(site.front("/alerts"), headers=headers, timeout=PATIENCE).status_code == status, headers
    assert requests.head(site.front("/alerts"), timeout=PATIENCE).status_code == 200
    assert requests.get(site.front("/.client"), timeout=PATIENCE).status_code == 404


def test_without_the_service_nginx_judges_alone(tmp_path):
    site = Site(tmp_path).start().start_nginx()
    try:
        wait_until(lambda: (site.public / "alerts.html").exists(), "the pages")
        assert ask(site.nginx_port, "/alerts", []) == 200
        for end in (signal.SIGSTOP, signal.SIGKILL):
            site.process.send_signal(end)
            if end == signal.SIGKILL:
                site.process.wait(PATIENCE)
            assert ask(site.nginx_port, "/alerts", []) == 200, end
            assert ask(site.nginx_port, "/alerts", [("X-Real-IP", "127.0.0.1")]) == 200, end
            for name in NAMES:
                for value in ("203.0.113.1", "for=203.0.113.1", "127.0.0.1, 203.0.113.1"):
                    assert ask(site.nginx_port, "/alerts", [(name, value)]) == 401, (end, name, value)
            assert ask(site.nginx_port, "/alerts", [("X-Forwarded-For", ""), ("X-Forwarded-For", "203.0.113.1")]) == 401
    finally:
        site.process.kill()
        site.stop()


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
