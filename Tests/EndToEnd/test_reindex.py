"""`lprserver reindex`: counters and indexes made again, beside a service, killed, and damaged."""

import random
import sqlite3
import subprocess

from conftest import BINARY


def reindex(site, **rest):
    return subprocess.run([BINARY, "reindex"], env=site.environment, capture_output=True, text=True,
                          timeout=60, check=False, **rest)


def fill(site, count):
    """Reads with event ids; the ids of their records."""
    lines = [{"camera_id": f"CAM{n % 3}", "plate_number": f"กข {n % 40}", "event_id": f"e{n}"} for n in range(count)]
    answer = site.post("/api/records", lines)
    assert answer.status_code == 201, answer.text
    return lines


def answers(site):
    queries = ["", "?camera_id=CAM1", "?plate_number=กข 1", "?plate_number=3&match=contains", "?per_page=100&page=7"]
    lists = [site.get("/api/records" + query).json() for query in queries]
    statistics = site.get("/api/statistics").json()
    return lists, {key: value for key, value in statistics.items() if key != "cameras"}


def expect_known(site, lines):
    total = site.total()
    again = site.post("/api/records", lines).json()
    assert all(one["duplicate"] for one in again), again
    assert site.total() == total


def test_a_running_service_keeps_its_database(site):
    fill(site, 10)
    done = reindex(site)
    assert done.returncode == 1
    assert "a running lprserver uses" in done.stderr and "stop it first" in done.stderr
    assert "no database" in subprocess.run(
        [BINARY, "reindex", "--set", "DATABASE_URL=sqlite:////nowhere/x.db"], env=site.environment,
        capture_output=True, text=True, timeout=60, check=False).stderr


def test_everything_that_follows_from_the_records_is_made_again(site):
    lines = fill(site, 2000)
    before = answers(site)
    site.stop()
    with sqlite3.connect(site.folder / "test.db") as database:
        database.executescript("""
            DELETE FROM hours; UPDATE days SET reads = 1; UPDATE cameras SET reads = 0;
            DELETE FROM plate_records; DELETE FROM camera_records; DELETE FROM plate_reads;
            DELETE FROM plate_numbers; DELETE FROM dedup_buckets; DELETE FROM meta WHERE key = 'dedup_salt';
        """)
    database.close()
    refused = subprocess.run([BINARY, "serve"], env=site.environment, capture_output=True, text=True,
                             timeout=60, check=False)
    assert refused.returncode != 0 and "run `lprserver reindex`" in refused.stderr
    done = reindex(site)
    assert done.returncode == 0, done.stderr
    assert "2000 records" in done.stderr
    site.start()
    assert answers(site) == before
    expect_known(site, lines)


def test_a_reindex_that_is_killed_goes_on(site):
    lines = fill(site, 6000)
    before = answers(site)
    site.stop()
    generator = random.Random(1)
    for _ in range(12):
        process = subprocess.Popen([BINARY, "reindex"], env=site.environment, stderr=subprocess.PIPE)
        try:
            process.wait(timeout=generator.uniform(0.005, 0.15))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate(timeout=60)
    site.start()
    assert answers(site) == before
    expect_known(site, lines)
