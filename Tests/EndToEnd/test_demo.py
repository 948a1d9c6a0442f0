"""`lprserver demo` against a real server."""

import os
import pty
import shlex
import signal
import subprocess

from conftest import BINARY, ROOT, wait_until


def demo(*options):
    return subprocess.run([BINARY, "demo", *options], capture_output=True, text=True, timeout=120, check=False)


def test_a_day_of_reads_arrives_once_however_often_it_is_sent(site):
    options = ["--server", site.url(""), "--reads", "30", "--rate", "200", "--cameras", "3"]
    for _ in range(2):
        done = demo(*options)
        assert done.returncode == 0, done.stderr
        assert site.url("/alerts") in done.stderr and "demo --live" in done.stderr
    # The day, and the three hits.
    assert site.total() == 33
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


def test_the_last_reads_are_a_late_a_possible_and_a_certain_hit(site):
    done = demo("--server", site.url(""), "--reads", "0", "--cameras", "3")
    assert done.returncode == 0, done.stderr
    certain, possible, late = site.get("/api/blacklist/detections").json()["detections"]
    assert certain["plate_number"].startswith("ธน") and certain["blacklist_match"] == "certain"
    assert possible["plate_number"].startswith("บม") and possible["blacklist_match"] == "possible"
    assert late["plate_number"].startswith("ทค") and late["blacklist_match"] == "certain"
    assert late["timestamp"] < certain["timestamp"]
    assert all(plate[:7] in done.stderr for plate in ("ธน 7070", "บม 4521", "ทค 7788"))


def test_on_a_terminal_the_cameras_live_until_ctrl_c(site):
    leader, terminal = pty.openpty()
    with subprocess.Popen(
        [BINARY, "demo", "--server", site.url(""), "--reads", "5", "--no-pictures", "--live-rate", "50"],
        stdout=terminal, stderr=subprocess.PIPE,
    ) as process:
        wait_until(lambda: site.total() > 20, "living cameras")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    os.close(leader)
    os.close(terminal)
    assert process.returncode == 0, said
    assert said.decode().endswith("stopped\n") and "0 refused" in said.decode()


def readme_lines(fronted):
    """The commands of the README that speak to the service, with this test's address and binary."""
    text = (ROOT / "README.md").read_text()
    commands = [line for line in text.splitlines() if line.startswith(("curl ", ".build/release/lprserver "))]
    assert not any("localhost" in line and "localhost:8080" not in line for line in commands)
    return [
        shlex.split(line.replace("http://localhost:8080", fronted.front("")).replace(".build/release/lprserver", BINARY))
        for line in commands
    ]


def test_the_readme_works_line_by_line(fronted):
    demo_line, list_line, read_line, search_line, events_line = readme_lines(fronted)
    done = subprocess.run([*demo_line, "--rate", "400"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert fronted.front("/alerts") in done.stderr
    for line in (list_line, read_line):
        answer = subprocess.run([*line, "--fail-with-body", "-s"], capture_output=True, text=True, timeout=60, check=False)
        assert answer.returncode == 0, answer.stdout
    found = subprocess.run([*search_line, "-s"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert "กข" in found and "CAM001" in found
    newest = fronted.get("/api/blacklist/detections").json()["detections"][0]
    assert newest["plate_number"].replace(" ", "") == "กข1234"
    with subprocess.Popen([*events_line, "-s"], stdout=subprocess.PIPE) as events:
        assert events.stdout.readline()
        events.kill()
