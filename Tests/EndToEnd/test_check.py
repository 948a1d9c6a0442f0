"""`lprserver check`: a served site is sound; damage is named with its remedy and an exit code."""

import base64
import json
import sqlite3
import subprocess

from conftest import BINARY, png, wait_until


def check(site, *arguments):
    return subprocess.run(
        [BINARY, "check", *arguments], env=site.environment, cwd=site.folder, capture_output=True, text=True, timeout=120
    )


def fill(site):
    site.post("/api/blacklist", {"license_plate_text": "กข 7", "reason": "stolen"})
    for number in range(60):
        picture = {"image_data": base64.b64encode(png(number)).decode()} if number % 20 == 0 else {}
        site.read(f"กข {number % 9}", event_id=f"e{number}", camera_id=f"CAM{number % 3}", **picture)
    site.published()


def damage(site, statement):
    with sqlite3.connect(f"{site.folder}/test.db") as database:
        assert database.execute(statement).rowcount > 0


def test_a_served_site_is_sound_and_damage_is_named(make_site):
    site = make_site().start()
    fill(site)
    before = {path: path.read_bytes() for path in site.public.rglob("*") if path.is_file() and path.name != ".lock"}
    beside = check(site)
    assert beside.returncode == 0, beside.stdout + beside.stderr
    assert "sound" in beside.stdout
    assert check(site, "--quick").returncode == 0
    assert all(path.read_bytes() == content for path, content in before.items())
    assert site.read("กข 99") and site.total() == 61
    site.published()
    site.stop()
    report = json.loads(check(site, "--json").stdout)
    assert report["sound"] and report["findings"] == []

    damage(site, "UPDATE cameras SET reads = reads + 1 WHERE id = 1")
    next(site.images.rglob("*.png")).unlink()
    (site.public / "archive.html").write_text("stale")
    found = check(site)
    assert found.returncode == 1
    assert "lprserver reindex" in found.stdout and "lprserver generate --full" in found.stdout
    kinds = {finding["kind"] for finding in json.loads(check(site, "--json").stdout)["findings"]}
    assert {"camera_counters", "picture_missing"} <= kinds
    assert check(site, "--quick", "--no-pictures").returncode == 1

    site.start()
    wait_until(lambda: "damage found by the quick check" in (site.folder / "service.log").read_text(), "the log")
    assert site.read("กข 1")


def test_what_cannot_be_checked_is_said(make_site, tmp_path):
    site = make_site()
    assert check(site).returncode == 2
    assert not (tmp_path / "test.db").exists()
    (tmp_path / "test.db").write_bytes(b"no database" * 100)
    broken = check(site)
    assert broken.returncode == 1 and "restore a backup" in broken.stdout
