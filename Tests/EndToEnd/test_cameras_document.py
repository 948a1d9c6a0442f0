"""Every snippet of docs/CAMERAS.md is run as it stands; only the server's port is another."""

import re
import subprocess
import sys

import pytest
import requests

from conftest import PATIENCE, ROOT, png

TEXT = (ROOT / "docs/CAMERAS.md").read_text()


def snippet(heading, language):
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, re.S | re.M).group(1)
    return re.search(rf"^```{language}\n(.*?)^```", section, re.S | re.M).group(1)


@pytest.fixture
def field(site, tmp_path):
    """The folder in which a snippet runs, with a picture."""
    (tmp_path / "plate.jpg").write_bytes(png(5))
    return tmp_path


def here(site, text):
    assert "127.0.0.1:8765" in text
    return text.replace("127.0.0.1:8765", f"127.0.0.1:{site.gateway}")


def records(site):
    return site.get("/api/records").json()["records"]


def test_curl(site, field):
    script = here(site, snippet("curl", "sh"))
    for _ in range(2):
        # Twice: the event_ids keep it from being kept twice.
        ended = subprocess.run(["bash", "-euc", script], cwd=field, capture_output=True, text=True, timeout=PATIENCE)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count("Record created successfully") == 2 and "health_id" in ended.stdout
    with_picture, without = sorted(records(site), key=lambda each: each["event_id"])
    assert with_picture["plate_number"] == without["plate_number"] == "กข 1234"
    assert site.get("/" + with_picture["image_path"]).content == png(5) and not without["image_path"]


@pytest.mark.parametrize("heading, count", [("Python: HTTP", 1)])
def test_python(site, field, heading, count):
    (field / "camera.py").write_text(here(site, snippet(heading, "python")))
    ended = subprocess.run(
        [sys.executable, "camera.py"], cwd=field, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
    kept = records(site)
    assert len(kept) == count
    assert all(str(each["id"]) in ended.stdout for each in kept)
    assert all(site.get("/" + each["image_path"]).content == png(5) for each in kept)


@pytest.mark.parametrize("heading", ["Python: HTTP"])
def test_python_waits_for_a_server_that_is_away(make_site, tmp_path, heading):
    site = make_site()
    (tmp_path / "plate.jpg").write_bytes(png(5))
    (tmp_path / "camera.py").write_text(here(site, snippet(heading, "python")))
    camera = subprocess.Popen([sys.executable, "-u", "camera.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert "refused" in camera.stdout.readline()
    site.start()
    assert "kept as record" in camera.communicate(timeout=PATIENCE)[0]
    assert camera.returncode == 0 and site.total() >= 1


def test_the_errors_are_those_of_the_table(site):
    url = f"http://127.0.0.1:{site.gateway}/api/records"
    refused = requests.post(url, json={"camera_id": "CAM001"}, timeout=PATIENCE)
    assert refused.status_code == 400 and set(refused.json()) == {"error", "field", "id"}
    stranger = requests.post(url, json={}, headers={"X-Real-IP": "10.20.0.5"}, timeout=PATIENCE)
    assert stranger.status_code == 401
    assert requests.get(url, headers={"Host": "evil.example"}, timeout=PATIENCE).status_code == 421


def test_the_networks_are_as_the_document_writes_them(make_site):
    settings = dict(re.findall(r"^(CAMERA_\w+)=(\S+)", snippet("Who gets in", "sh"), re.M))
    assert set(settings) == {"CAMERA_LISTEN_ADDRESS", "CAMERA_NETWORKS"}
    site = make_site(**settings).start()
    for client, status in [("10.20.3.4", 201), ("fd00:20::4", 201), ("10.21.3.4", 401)]:
        answer = requests.post(
            f"http://127.0.0.1:{site.gateway}/api/records", headers={"X-Real-IP": client}, timeout=PATIENCE,
            json={"camera_id": "CAM001", "plate_number": "A 1"},
        )
        assert answer.status_code == status
