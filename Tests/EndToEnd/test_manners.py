"""What HTTP asks of a server beside the usual: framing, codings, versions, slashes, dead peers."""

import json
import os
import shutil
import socket
import subprocess
import time

import pytest
import requests

from conftest import BINARY, PATIENCE, Site, wait_until

MIB = 1_024 * 1_024


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("manners")).start().start_nginx()
    wait_until(lambda: (site.public / "alerts.html").exists(), "the pages")
    yield site
    site.stop()


def exchange(port, raw):
    """Sends bytes, reads until the server has answered and closed, or has answered and stays."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(raw)
        answer = b""
        client.settimeout(PATIENCE)
        while True:
            data = client.recv(65_536)
            if not data:
                return answer, True
            answer += data
            head, _, body = answer.partition(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            if length and len(body) >= int(length[0].split(b":")[1]):
                client.settimeout(1)
                try:
                    return answer, client.recv(1) == b""
                except TimeoutError:
                    return answer, False


def status(answer):
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("target", [
    b"/api/test\x00", b"/api/test\x00/../secret", b"/api/te\x00st", b"/api/test?a=\x00", b"/api/test\r", b"/api\r/test",
    b"/api/test?a=\r", b"/api/test?a=\x7f", b"/api\t/test",
])
def test_a_nul_or_a_bare_carriage_return_in_a_target_is_refused(site, target):
    for port in (site.port, site.gateway):
        answer, _ = exchange(port, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status(answer) == 400, answer


def test_a_target_cut_by_a_nul_is_not_taken_for_the_one_before(site):
    body = json.dumps({"camera_id": "NUL", "plate_number": "NUL 1"}).encode()
    request = b"POST /api/records%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as client:
        for extra, expected in ((b"", b"201"), (b"", b"201"), (b"\x00", b"400")):
            client.sendall(request % (extra, len(body), body))
            assert client.recv(65_536).split(b" ")[1] == expected


@pytest.mark.parametrize("field", [
    b"Transfer-Encoding : chunked", b"Transfer-Encoding\t: chunked", b"X-A: b\x01c", b"X A: b", b"X(A): b",
])
def test_a_malformed_header_field_is_refused_and_ends(site, field):
    """`Transfer-Encoding :` is another field to libmicrohttpd, and the framing to a proxy (RFC 9112 §5.1)."""
    raw = b"POST /api/records HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n" + field + b"\r\n\r\n{}"
    for port in (site.port, site.gateway):
        answer, is_closed = exchange(port, raw + b"GET /api/test HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status(answer) == 400 and is_closed and answer.count(b"HTTP/1.1 ") == 1, answer


@pytest.mark.parametrize("field, expected", [
    (b"X-\x00Camera: a", 400), (b"X-Camera: a\rb", 400), (b"X-Camera: a\rContent-Length: 5", 400),
    # libmicrohttpd ends a value at its NUL, and unfolds a line (RFC 9112, 5.2): one field each.
    (b"X-Camera: a\x00b", 200), (b"X-Camera: a\r\n folded", 200),
    (b"X-Camera: a\x00\r\n\tContent-Length: 5", 400), (b"X-Camera: a\r\n Content-Length: 5", 400),
])
def test_a_nul_a_bare_carriage_return_or_a_folded_line_in_a_header_smuggles_nothing(site, field, expected):
    request = b"GET /api/test HTTP/1.1\r\nHost: localhost\r\n" + field + b"\r\n\r\n"
    for port in (site.port, site.gateway):
        answer, is_closed = exchange(port, request)
        assert (status(answer), is_closed) == (expected, expected == 400) and answer.count(b"HTTP/1.1 ") == 1, answer


def test_http_1_0_with_a_transfer_encoding_is_refused_and_ends(site):
    raw = b"POST /api/records HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    for port in (site.port, site.gateway):
        answer, is_closed = exchange(port, raw + b"GET /api/test HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert status(answer) == 400 and is_closed and answer.count(b"HTTP/1.1 ") == 1, answer


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "x", "gzip, identity"])
def test_a_coded_body_gets_415_that_names_the_coding(site, coding):
    for base in (site.url("/api/records"), f"http://127.0.0.1:{site.gateway}/api/records", site.front("/api/blacklist")):
        answer = requests.post(base, data=b"\x1f\x8b", headers={"Content-Encoding": coding}, timeout=PATIENCE)
        assert answer.status_code == 415, answer.text
        assert answer.json()["code"] == "content_encoding" and coding in answer.json()["error"]


def test_an_identity_coding_is_none(site):
    read = {"camera_id": "ID", "plate_number": "ID 1"}
    assert site.post("/api/records", read, headers={"Content-Encoding": "identity"}).status_code == 201


def test_probes_of_http_1_0_need_no_host(site):
    for port in (site.port, site.gateway):
        for path in (b"/healthz", b"/readyz"):
            answer, is_closed = exchange(port, b"GET " + path + b" HTTP/1.0\r\n\r\n")
            assert status(answer) == 200 and is_closed
        answer, _ = exchange(port, b"GET /healthz HTTP/1.1\r\n\r\n")
        assert status(answer) == 400
    answer, _ = exchange(site.nginx_port, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert status(answer) == 200
    assert status(exchange(site.nginx_port, b"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n")[0]) == 421
    for port in (site.port, site.gateway):
        # What changes something, and what a browser sends, still names the host.
        assert status(exchange(port, b"POST /api/records HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")[0]) == 400
        assert status(exchange(port, b"GET /healthz HTTP/1.0\r\nOrigin: http://x\r\n\r\n")[0]) == 400


@pytest.mark.parametrize("path, target", [
    ("/dashboard/", "/dashboard"), ("/api/records/", "/api/records"), ("/api/records/?page=2&per_page=3", "/api/records?page=2&per_page=3"),
    ("/health/status/", "/health/status"), ("/healthz/", "/healthz"), ("/events/", "/events"), ("/api/records/7/", "/api/records/7"),
])
def test_a_slash_at_the_end_leads_to_the_path_without(site, path, target):
    for base in (site.url, site.front):
        answer = requests.get(base(path), allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code in (301, 308), (base(path), answer.status_code)
        location = answer.headers["Location"]
        assert location == target or location == base(target), location


@pytest.mark.parametrize("path", ["//example.org/", "/%0d%0aX-Evil:%201/", "/\\example.org/", "/nothing/here/", "/api//records/"])
def test_no_slash_leads_to_another_site(site, path):
    for base in (site.url, site.front):
        answer = requests.get(base("") + path, allow_redirects=False, timeout=PATIENCE)
        location = answer.headers.get("Location", "/")
        assert location.startswith((base("/"), "/")) and not location.startswith(("//", "/\\")), location
        assert "X-Evil" not in answer.headers


def test_a_chunked_body_is_taken_up_to_the_limit(tmp_path):
    """Reads as NDJSON, in chunks, whose length is not known before."""
    site = Site(tmp_path, MAX_BODY_SIZE="4MiB", MAX_IMAGE_SIZE="1MiB", BODY_MEMORY_MAX="12MiB").start()
    try:
        line = json.dumps({"camera_id": "CHUNK", "plate_number": "CH 1", "location": "x" * 90}).encode()

        def send(size):
            count = size // 2_000
            lines = b"\n".join([line.ljust(1_999)] * count)
            body = lines.ljust(size)
            pieces = (body[at:at + 65_536] for at in range(0, size, 65_536))
            return requests.post(
                site.url("/api/records"), data=pieces, headers={"Content-Type": "application/x-ndjson"}, timeout=PATIENCE
            )

        for size in (4 * MIB - 300_000, 4 * MIB - 100_000, 4 * MIB):
            assert send(size).status_code == 201, size
        for size in (4 * MIB + 1, 5 * MIB):
            answer = send(size)
            assert answer.status_code == 413 and "Retry-After" not in answer.headers, (size, answer.text)
    finally:
        site.stop()


@pytest.mark.parametrize("chunk", [
    b"5;" + b"x" * 60_000, b"0" * 60_000 + b"5", b"5" + b" " * 60_000, b"FFFFFFFFFFFFFFFFF", b"5;a=\"" + b"y" * 60_000,
    b"5x", b"-5", b"0x5", b"",
], ids=["extension", "zeros", "blanks", "too large", "quoted", "letters", "negative", "prefix", "empty"])
def test_a_chunk_size_that_never_ends_or_is_none_is_refused_at_once(site, chunk):
    head = b"POST /api/records HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    started = time.monotonic()
    try:
        answer, is_closed = exchange(site.port, head + chunk + (b"\r\n" if len(chunk) < 100 else b""))
    except ConnectionResetError:
        answer, is_closed = b"", True
    # The body's own time is 60 s: a server that waits for that has not refused it.
    assert time.monotonic() - started < 30
    assert is_closed and (answer == b"" or status(answer) in (400, 413)), answer


@pytest.mark.parametrize("origin, is_ours", [
    ("http://localhost:5000", True), ("http://localhost", True), ("https://localhost:8443", True), (None, True),
    ("http://127.0.0.1:5000", False), ("http://evil.example", False), ("null", False), ("http://localhost.evil.example", False),
])
def test_a_page_gets_one_answer_for_all_its_requests_of_socket_io(site, origin, is_ours):
    """Handshake, POST, poll, WebSocket, preflight: allowed all, or refused all; on both listeners."""
    for port in (site.gateway, site.port):
        ask_socket_io(f"http://localhost:{port}/socket.io/?EIO=4", origin, is_ours)


def ask_socket_io(base, origin, is_ours):
    headers = {} if origin is None else {"Origin": origin, "Sec-Fetch-Site": "same-site" if is_ours else "cross-site"}
    opened = requests.get(f"{base}&transport=polling", headers=headers, timeout=PATIENCE)
    answers = [opened]
    sid = ""
    if opened.status_code == 200:
        sid = "&sid=" + json.loads(opened.text[1:])["sid"]
    answers.append(requests.post(f"{base}&transport=polling{sid}", data="40", headers=headers, timeout=PATIENCE))
    if sid:
        answers.append(requests.get(f"{base}&transport=polling{sid}", headers=headers, timeout=PATIENCE))
    if origin:
        answers.append(requests.options(f"{base}&transport=polling", headers=headers, timeout=PATIENCE))
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    answers.append(requests.get(f"{base}&transport=websocket", headers={**headers, **upgrade}, timeout=PATIENCE, stream=True))
    codes = [answer.status_code for answer in answers]
    assert all(code in (200, 204, 101) for code in codes) if is_ours else all(code == 403 for code in codes), codes
    for answer in answers:
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) == (is_ours or origin is None), answer.headers
        answer.close()


def test_a_missing_folder_of_templates_stops_the_start_with_a_sentence(tmp_path):
    site = Site(tmp_path, TEMPLATES_PATH=str(tmp_path / "nowhere"))
    done = subprocess.run([BINARY, "serve"], env=site.environment, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode != 0
    assert "TEMPLATES_PATH" in done.stderr and "nowhere" in done.stderr
    assert not (tmp_path / "test.db").exists()


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("ip"), reason="needs root and iproute2 for a network of its own")
def test_a_listener_that_dies_without_a_word_is_freed(tmp_path):
    """In a network namespace whose only link goes down: no packet says that the listener is gone."""
    name = f"lpr{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    process = listener = None
    try:
        inside = ["ip", "netns", "exec", name]
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        site = Site(tmp_path, PEER_TIMEOUT_SECONDS="2")
        log = open(tmp_path / "service.log", "ab")
        process = subprocess.Popen([*inside, BINARY, "serve"], env=site.environment, cwd=tmp_path, stdout=log, stderr=log)
        listener = subprocess.Popen(
            [*inside, "curl", "-sN", "--retry-connrefused", "--retry", "50", "--retry-delay", "1",
             f"http://127.0.0.1:{site.port}/events"], stdout=subprocess.PIPE
        )
        assert listener.stdout.readline()

        def sockets():
            names = (f"/proc/{process.pid}/fd/{fd}" for fd in os.listdir(f"/proc/{process.pid}/fd"))
            return sum(1 for each in names if os.path.islink(each) and os.readlink(each).startswith("socket:"))

        before = sockets()
        subprocess.run([*inside, "ip", "link", "set", "lo", "down"], check=True)
        end = time.monotonic() + 90
        while sockets() >= before:
            assert time.monotonic() < end, "the listener's descriptor is still there"
            time.sleep(0.5)
    finally:
        for each in (listener, process):
            if each:
                each.kill()
                each.wait()
        subprocess.run(["ip", "netns", "delete", name], check=True)
