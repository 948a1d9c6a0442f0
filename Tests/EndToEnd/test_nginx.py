"""What nginx itself does: which names and ports it serves, what browsers are told, what it logs."""

import json
import os
import pathlib
import subprocess

import pytest
import requests

from conftest import PATIENCE, ROOT, Site, free_ports, png, wait_until

PAGE = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                               "frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()",
}
PICTURE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DATA = {**PICTURE, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
SECRET = "lpr_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("nginx")).start().start_nginx()
    wait_until(lambda: (site.public / "health.html").exists(), "the pages")
    yield site
    site.stop()


def picture(site):
    answer = site.post("/api/records", {"camera_id": "CAM001", "plate_number": "กข 1", "image_data": encoded(png())})
    assert answer.status_code == 201, answer.text
    return site.record(answer.json()["id"])["image_path"]


def encoded(data):
    import base64

    return base64.b64encode(data).decode()


def values(answer, name):
    """Every line of a header: one that is sent twice is two policies."""
    return answer.raw.headers.getlist(name)


def test_browsers_are_told_once_what_they_may_do(site):
    shown = "/" + picture(site).lstrip("/")
    expected = {"/": PAGE, "/alerts": PAGE, "/assets/site.css": PAGE, shown: PICTURE, "/api/statistics": DATA,
                "/api/records/999999": DATA, "/health/status": DATA}
    for base in (site.front, site.url):
        for path, headers in expected.items():
            answer = requests.get(base(path), timeout=PATIENCE)
            for name, value in headers.items():
                assert values(answer, name) == [value], (base(path), name)
            assert values(answer, "Strict-Transport-Security") == []


def test_what_a_camera_is_answered_has_no_more_than_before(site):
    answer = site.post("/api/records", {"camera_id": "CAM001", "plate_number": "กข 2"})
    assert not set(answer.headers) & (set(DATA) - {"X-Content-Type-Options"})


def test_no_secret_reaches_a_log(site):
    cookie = {"Cookie": f"lprserver_session={SECRET}; other={SECRET}"}
    paths = [f"{path}?token={SECRET}" for path in ("/", "/alerts", "/api/records", "/ws", "/events", "/socket.io/", "/x/", "/%zz", "/.x")]
    def ask_all():
        for path in paths:
            for headers in (cookie, {"Authorization": f"Bearer {SECRET}"}, {"Referer": site.front(f"/?token={SECRET}")}):
                for host in ("localhost", "elsewhere.example"):
                    requests.get(site.front(path), headers={**headers, "Host": host}, timeout=PATIENCE, stream=True,
                                 allow_redirects=False).close()
        for _ in range(30):
            requests.post(site.front(f"/api/session?token={SECRET}"), json={}, headers=cookie, timeout=PATIENCE)
        requests.post(site.front(f"/api/records?token={SECRET}"), data=b"x" * 65 * 1024 * 1024, timeout=PATIENCE)

    ask_all()
    site.kill()
    # Each of these is an error of nginx's, which would quote the request.
    ask_all()
    site.start()
    run = site.folder / "nginx"
    for path in (run / "access.log", run / "error.log", site.folder / "service.log"):
        text = path.read_text()
        assert SECRET not in text and "token" not in text, path
    lines = [json.loads(line) for line in (run / "access.log").read_text().splitlines()]
    assert {"/", "/ws", "/api/session"} <= {line["path"] for line in lines}
    assert all(set(line) == {"time", "client", "who", "method", "path", "status", "bytes", "seconds", "upstream"} for line in lines)
    assert any(line["path"] == "/alerts" and line["who"] == "local" and line["status"] == 200 for line in lines)


def test_sends_that_succeed_are_not_logged(site):
    log = site.folder / "nginx/access.log"
    before = log.read_text()
    read = {"camera_id": "CAM001", "plate_number": "กข 3"}
    assert requests.post(site.front("/api/records"), json=read, timeout=PATIENCE).status_code == 201
    assert requests.post(site.front("/api/records"), json={}, timeout=PATIENCE).status_code == 400
    added = wait_until(lambda: log.read_text()[len(before):], "a line").splitlines()
    assert [json.loads(line)["status"] for line in added] == [400]


def test_the_files_of_verdicts_are_nginxs_own(site):
    folder = site.folder / "nginx/verdicts"
    requests.get(site.front("/alerts"), headers={"Cookie": f"lprserver_session={SECRET}"}, timeout=PATIENCE)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


def configuration(folder, **options):
    """What script/nginx-configuration says and prints."""
    ports = dict(zip(("PORT", "HTTP", "GATEWAY", "HTTPS_PORT"), map(str, free_ports(4))))
    environment = {**os.environ, "RUN": str(folder), "PUBLIC": str(folder), "PICTURES": str(folder), **ports, **options}
    return subprocess.run([ROOT / "script/nginx-configuration"], env=environment, capture_output=True, text=True)


def certificate(folder):
    """A self-made one for lpr.example."""
    names = ["-subj", "/CN=lpr.example", "-addext", "subjectAltName=DNS:lpr.example"]
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", made, "-days", "30", *names], check=True, capture_output=True)
    return {"TLS_CERTIFICATE": str(made), "TLS_KEY": str(key), "NAMES": "lpr.example"}


@pytest.mark.parametrize("options", [
    {}, {"ACCESS_LOG": "/tmp/x y"}, {"HTTP_LISTEN": "0.0.0.0,[::]", "PLAIN_HTTP": "allowed"}, {"tls": "yes"},
    {"tls": "yes", "HTTPS_LISTEN": "127.0.0.1"}, {"tls": "yes", "HTTPS_PORT": "443"},
    {"TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8", "PROXY_USER_HEADER": "X-Forwarded-User", "PROXY_ROLE_HEADER": "X-Role"},
], ids=json.dumps)
def test_nginx_takes_every_form_of_the_configuration(tmp_path, options):
    options = dict(options)
    if options.pop("tls", None):
        options |= certificate(tmp_path)
    made = configuration(tmp_path, **options)
    assert made.returncode == 0, made.stderr
    (tmp_path / "nginx.conf").write_text(made.stdout)
    path = f"{os.environ['PATH']}:/usr/sbin"
    checked = subprocess.run(["nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-e", tmp_path / "error.log"],
                             env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert checked.returncode == 0 and "warn" not in checked.stderr, checked.stderr


@pytest.mark.parametrize("options,word", [
    ({"HTTP_LISTEN": "0.0.0.0"}, "PLAIN_HTTP=allowed"), ({"TLS_KEY": "/x"}, "TLS_CERTIFICATE"),
    ({"TLS_CERTIFICATE": '/a"; }', "TLS_KEY": "/x"}, "path"), ({"PUBLIC": "/$x"}, "path"), ({"ACCESS_LOG": "/a\nb"}, "path"),
    ({"PROXY_USER_HEADER": "X; }"}, "PROXY_USER_HEADER"), ({"NAMES": "a;b"}, "ALLOWED_HOSTS"), ({"HTTPS_PORT": "x"}, "HTTPS_PORT"),
    ({"TRUSTED_PROXIES": "a b;", "PROXY_USER_HEADER": "X"}, "TRUSTED_PROXIES"),
    ({"HTTP_LISTEN": "::", "PLAIN_HTTP": "allowed"}, "brackets"), ({"HTTP_LISTEN": "lpr.example", "PLAIN_HTTP": "allowed"}, "address"),
], ids=lambda value: json.dumps(value))
def test_what_nginx_would_misread_is_refused_by_its_name(tmp_path, options, word):
    made = configuration(tmp_path, **options)
    assert made.returncode != 0 and made.stdout == ""
    assert word in made.stderr, made.stderr


def test_the_policies_of_nginx_and_the_service_are_the_same():
    template = (ROOT / "nginx/lprserver.conf.template").read_text()
    source = (pathlib.Path(ROOT) / "Sources/Ingest/HTTP/BrowserPolicy.swift").read_text().replace('"\n                + "', "")
    for value in {*PAGE.values(), *PICTURE.values()} - {"nosniff"}:
        assert value in template and value in source, value
