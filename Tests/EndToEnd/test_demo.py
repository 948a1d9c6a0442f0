"""`lprserver demo` against a real server."""

import subprocess

from conftest import BINARY


def demo(*options):
    return subprocess.run([BINARY, "demo", *options], capture_output=True, text=True, timeout=120, check=False)


def test_a_day_of_reads_arrives_once_however_often_it_is_sent(site):
    options = ["--server", site.url(""), "--reads", "30", "--rate", "200", "--cameras", "3"]
    for _ in range(2):
        done = demo(*options)
        assert done.returncode == 0, done.stderr
    assert site.total() == 30
    newest = site.get("/api/records").json()["records"][0]
    assert site.get("/" + newest["image_path"]).content.startswith(b"\x89PNG")


def test_a_server_that_is_away_or_speaks_tls_is_said_so(site):
    site.stop()
    done = demo("--server", site.url(""))
    assert done.returncode != 0
    assert "is `lprserver serve` running?" in done.stderr
    done = demo("--server", "https://127.0.0.1:5000")
    assert done.returncode != 0
    assert "TLS" in done.stderr
