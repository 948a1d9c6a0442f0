"""Floods of wrong passwords: from one address, and from a thousand."""

import http.client
import json
import threading

import pytest
import requests

from conftest import PATIENCE

PERSON = {"name": "malee", "password": "seven quiet herons 41"}
THREADS = 8
GUESSES = 400
# The memory of one digest, and what connections and logs of a flood may take.
GROWTH_MAX_KIB = 64 * 1024


def resident_kib(site):
    with open(f"/proc/{site.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def guess(site, addresses, names):
    """Sends guesses from several threads; returns how often each status was answered."""
    counts = {}
    lock = threading.Lock()

    def send(thread):
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
        for number in range(thread, GUESSES, THREADS):
            body = json.dumps({"name": names(number), "password": f"guess number {number}"})
            # What nginx says of its client: this is how the service knows where an attempt comes from.
            connection.request(
                "POST", "/api/session", body, {"Content-Type": "application/json", "X-Forwarded-For": addresses(number)}
            )
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status == 429:
                assert int(answer.headers["Retry-After"]) >= 1
            assert "guess number" not in json.dumps(body)
            with lock:
                counts[answer.status] = counts.get(answer.status, 0) + 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts.values()) == GUESSES
    return counts


def sign_in(site, address="10.1.2.3", **fields):
    return requests.post(
        site.url("/api/session"), json={**PERSON, **fields}, headers={"X-Forwarded-For": address}, timeout=PATIENCE
    )


@pytest.mark.parametrize(
    ("addresses", "names"),
    [
        (lambda number: "203.0.113.9", lambda number: f"name{number}"),
        (lambda number: f"198.18.{number // 250}.{number % 250}", lambda number: "malee"),
        (lambda number: f"2001:db8:0:{number:x}::{number:x}", lambda number: f"name{number}"),
    ],
    ids=["one address, many names", "many addresses, one name", "many networks, many names"],
)
def test_a_flood_of_guesses_locks_no_one_out(site, addresses, names):
    answer = site.post("/api/users", {**PERSON, "role": "viewer"})
    assert answer.status_code == 201
    admitted = sign_in(site)
    assert admitted.status_code == 200, admitted.text
    assert sign_in(site).status_code == 200
    before = resident_kib(site)
    counts = guess(site, addresses, names)
    assert set(counts) <= {401, 429}
    assert counts[429] > GUESSES / 2
    assert resident_kib(site) - before < GROWTH_MAX_KIB
    # Who is signed in notices nothing, and who was here before signs in again.
    signed_in = requests.get(
        site.url("/api/session"), cookies=admitted.cookies, headers={"X-Forwarded-For": "10.1.2.3"}, timeout=PATIENCE
    )
    assert signed_in.json()["name"] == "malee"
    assert sign_in(site).status_code == 200
    assert "guess number" not in (site.folder / "service.log").read_text()


def test_usual_places_outlive_a_restart(site):
    assert site.post("/api/users", {**PERSON, "role": "viewer"}).status_code == 201
    assert sign_in(site).status_code == 200
    site.kill()
    site.start()
    # Her name is delayed for strangers.
    for _ in range(20):
        if sign_in(site, address="203.0.113.9", password="a wrong password").status_code == 429:
            break
    assert sign_in(site, address="203.0.113.10").status_code == 429
    assert sign_in(site).status_code == 200


def test_an_unknown_name_is_answered_like_a_wrong_password(site):
    assert site.post("/api/users", {**PERSON, "role": "viewer"}).status_code == 201
    wrong = sign_in(site, password="a wrong password")
    unknown = sign_in(site, name="nemo")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    assert (unknown.status_code, unknown.json()["code"]) == (401, "wrong_credentials")
    for header in ("X-Request-Id", "Date"):
        wrong.headers.pop(header, None), unknown.headers.pop(header, None)
    assert dict(wrong.headers) == dict(unknown.headers)
