"""A long blacklist: pages of the API and of the site, one length everywhere, and many entries in one body."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from conftest import wait_until
from playwright.sync_api import expect
from test_browser import chromium  # noqa: F401


def fill(site, count):
    """So many entries, written into the database of the stopped service as a script would."""
    site.stop()
    now = int(time.time() * 1000)
    with sqlite3.connect(f"{site.folder}/test.db") as database:
        database.executemany(
            "INSERT INTO blacklist (text, number, province, reason, added_by, active, created, updated)"
            " VALUES (?, ?, 0, 'stolen', 'import', 1, ?, ?)",
            ((f"BM {i}", f"BM{i}", now, now) for i in range(1, count + 1)))
    site.start()


def entries(site, **parameters):
    answer = site.get("/api/blacklist", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page):
    return [entry["id"] for entry in page["blacklist"]]


def test_the_list_is_answered_in_pages(make_site):
    site = make_site().start()
    fill(site, 2_345)
    page = entries(site)
    assert (page["total"], page["pages"], page["current_page"], page["per_page"]) == (2_345, 3, 1, 1_000)
    assert ids(page) == list(range(2_345, 1_345, -1))
    assert ids(entries(site, page=3)) == list(range(345, 0, -1))
    assert ids(entries(site, per_page=2, before_id=100)) == [99, 98]
    found = entries(site, plate_number="bm-234")
    assert (found["total"], ids(found)) == (7, [2345, 2344, 2343, 2342, 2341, 2340, 234])
    assert ids(entries(site, plate_number="BM 234", match="exact")) == [234]
    assert entries(site, plate_number="BM 23", match="prefix", per_page=1)["total"] == 57
    for wrong in ("per_page=1001", "page=0", "before_id=x", "match=fuzzy", "q=1", "plate_number=-"):
        assert site.get(f"/api/blacklist?{wrong}").status_code == 400, wrong
    # Whatever was written by hand is matched, counted and removed like the rest.
    assert site.record(site.read("BM 2000"))["is_blacklisted"]
    assert requests.delete(site.url("/api/blacklist/2000"), timeout=60).status_code == 200
    assert not site.record(site.read("BM 2000"))["is_blacklisted"]
    assert entries(site)["total"] == 2_344 and entries(site, all="true")["total"] == 2_345


def lengths(site):
    """Every number that says how long the blacklist is."""
    check = site.post("/health/check").json()["data"]["components"]["database"]["details"]
    statistics = site.get("/api/blacklist/statistics").json()
    return {
        "api": entries(site, per_page=1)["total"], "statistics": statistics["total_blacklist_entries"],
        "active": statistics["data"]["total_active"], "check": check["blacklist_entries"],
        "database": site.get("/health/database/stats").json()["data"]["blacklist_entries"],
        "page": shown_length(site), "data": json.loads((site.public / "data/blacklist.json").read_text())["total"],
    }


def shown_length(site):
    site.published()
    text = (site.public / "blacklist.html").read_text()
    return int(text.split("Blacklist</span> <small>")[1].split("<")[0].replace(",", ""))


def test_a_long_list_has_pages_and_one_length(make_site, chromium):  # noqa: F811
    site = make_site().start()
    fill(site, 1_001)
    site.start_nginx()
    site.post("/api/blacklist", {"license_plate_text": "ขข 1", "reason": "test"})
    site.published()
    assert {page.name for page in (site.public / "blacklist").iterdir()} == {f"{page}.html" for page in range(1, 7)}
    assert set(lengths(site).values()) == {1_002}
    before = {path: path.stat().st_mtime_ns for path in (site.public / "blacklist").iterdir()}
    assert requests.delete(site.url("/api/blacklist/250"), timeout=60).status_code == 200
    assert set(lengths(site).values()) == {1_001}
    site.published()
    assert [path.name for path, time in before.items() if path.stat().st_mtime_ns != time] == ["2.html"]
    page = chromium.new_page()
    page.goto(site.front("/blacklist"))
    assert page.locator("tbody tr[data-id]").count() == 100
    page.click("a[href='blacklist/6.html']")
    expect(page.locator("tr[data-id='1002']")).to_be_visible()
    for _ in range(4):
        page.click("nav.pages a[rel='next']")
    expect(page.locator("tr[data-id='251']")).to_be_visible()
    assert page.locator("tr[data-id='250']").count() == 0
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-remove='251']")
    expect(page.locator("tr[data-id='251']")).to_have_count(0)
    expect(page.locator("#outcome")).to_contain_text("BM 251")


def test_an_entry_is_found_on_the_page(make_site, chromium):  # noqa: F811
    site = make_site().start()
    fill(site, 500)
    site.start_nginx()
    site.post("/api/blacklist", {"license_plate_text": "ขข 77 ตาก", "reason": "<b>test", "expiry_date": "2099-01-01", "notes": "n"})
    site.published()
    page = chromium.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(site.front("/blacklist"))
    found = page.locator("#found tbody tr")
    for text, count, told in (("BM-40", 11, "11"), ("BM", 100, "500"), ("ZZ 9", 0, "ไม่พบ"), ("ขข77", 1, "1")):
        page.fill("#find-entry [name=plate_number]", text)
        page.press("#find-entry [name=plate_number]", "Enter")
        expect(page.locator("#found .note")).to_contain_text(told)
        expect(found).to_have_count(count)
        assert page.locator("#entries").is_hidden()
    assert [cell for cell in found.locator("td").all_inner_texts()[:3]] == ["ขข 77 ตาก", "<b>test", "system"]
    assert found.locator("td").all_inner_texts()[4:6] == ["2099-01-01", "n"]
    page.reload()
    expect(found).to_have_count(1)
    page.click("#found [data-remove]")
    expect(page.locator("#found .note")).to_contain_text("ไม่พบ")
    page.fill("#find-entry [name=plate_number]", "-")
    page.press("#find-entry [name=plate_number]", "Enter")
    expect(page.locator("#find-entry .fault")).to_be_visible()
    page.click("#find-entry [type=reset]")
    expect(page.locator("#entries tr[data-id='500']")).to_be_visible()
    assert page.locator("#found").is_hidden()


def test_an_entry_that_expires_is_counted_out_everywhere(make_site):
    site = make_site().start()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    site.post("/api/blacklist", {"license_plate_text": "ขข 1", "reason": "test", "expiry_date": soon})
    site.post("/api/blacklist", {"license_plate_text": "ขข 2", "reason": "test"})
    wait_until(lambda: entries(site)["total"] == 1, "the entry to expire")
    wait_until(lambda: shown_length(site) == 1, "the page to say so")
    assert set(lengths(site).values()) == {1}
    assert not site.record(site.read("ขข 1"))["is_blacklisted"]


def send(site, body, kind):
    data = body if isinstance(body, bytes) else body.encode()
    return requests.post(site.url("/api/blacklist"), data=data, headers={"Content-Type": kind}, timeout=60)


MANY = [
    {"license_plate_text": "กข 1", "reason": "stolen", "added_by": "malee", "notes": "a, \"b\"", "expiry_date": "2099-12-31"},
    {"license_plate_text": "เชียงใหม่", "reason": "x"}, {"license_plate_text": "กข-๑", "reason": "again"},
    {"license_plate_text": "กข 2"}, {"license_plate_text": "กข 3", "reason": "x", "expiry_date": "2020-01-01"},
    {"license_plate_text": "กข 4 ตาก", "reason": "wanted"},
]
OUTCOMES = [1, "province_alone", "already_listed", "required", "expired", 2]


def as_csv(rows):
    names = ["added_by", "license_plate_text", "reason", "expiry_date", "notes"]
    cell = lambda text: '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text
    return "\ufeff" + "\r\n".join([",".join(names)] + [",".join(cell(row.get(name, "")) for name in names) for row in rows])


def test_many_entries_in_one_body_have_an_answer_each(make_site):
    for number, (body, kind) in enumerate([
            (json.dumps(MANY), "application/json"), (as_csv(MANY), "text/csv; charset=utf-8"),
            ("\n\n".join(json.dumps(row) for row in MANY) + "\n", "application/x-ndjson")]):
        site = make_site()
        site.settings["DATABASE_URL"] = f"sqlite:///{site.folder}/{number}.db"
        site.start()
        answer = send(site, body, kind)
        lines = kind == "application/x-ndjson"
        outcomes = [json.loads(line) for line in answer.text.splitlines()] if lines else answer.json()
        assert answer.status_code == 207
        assert [told.get("blacklist_id") or told["code"] for told in outcomes] == OUTCOMES, kind
        assert [told["success"] for told in outcomes] == [isinstance(outcome, int) for outcome in OUTCOMES]
        first = site.get("/api/blacklist").json()["blacklist"][-1]
        assert {name: first[name] for name in MANY[0]} == MANY[0]
        assert site.record(site.read("กข 4 ตาก"))["is_blacklisted"]
        # The same again lists nothing twice.
        answer = send(site, body, kind)
        assert answer.status_code == 400 and answer.text.count("already_listed") == 3
        assert send(site, json.dumps([{"license_plate_text": "กข 9", "reason": "x"}]), "application/json").status_code == 201
        events = requests.get(site.url("/events?last_event_id=0&types=blacklist"), stream=True, timeout=60)
        lines = events.iter_lines(decode_unicode=True)
        told = first_data(lines, 2)
        assert [(event["action"], event["count"], event["first_id"], event["last_id"]) for event in told] == [("imported", 2, 1, 2), ("imported", 1, 3, 3)]
        with sqlite3.connect(f"file:{site.folder}/{number}.db?mode=ro", uri=True) as database:
            audit = database.execute("SELECT action, subject, detail FROM audit WHERE action LIKE 'blacklist.%' ORDER BY id").fetchall()
        assert audit == [("blacklist.import", "1-2", "2 entries"), ("blacklist.import", "3-3", "1 entries")]
        site.stop()


def test_the_audit_names_who_was_let_in(site):
    """Names that a client sends are data of the entry."""
    row = {"license_plate_text": "กข 1", "reason": "stolen", "added_by": "malee"}
    entry = requests.post(site.url("/api/blacklist"), json=row, timeout=60).json()["blacklist_id"]
    assert requests.delete(site.url(f"/api/blacklist/{entry}?removed_by=noi"), timeout=60).ok
    kept = site.get("/api/blacklist?all=true").json()["blacklist"][0]
    assert (kept["added_by"], kept["removed_by"]) == ("malee", "noi")
    with sqlite3.connect(f"file:{site.folder}/test.db?mode=ro", uri=True) as database:
        audit = database.execute("SELECT principal, who, action FROM audit ORDER BY id").fetchall()
    assert audit == [("local", "local", "blacklist.add"), ("local", "local", "blacklist.remove")]


def first_data(lines, count):
    found = []
    for line in lines:
        if line.startswith("data:"):
            found.append(json.loads(line[5:]))
            if len(found) == count:
                return found
    raise AssertionError("the stream has ended")


def test_what_is_no_list_of_entries_is_refused(site):
    line = json.dumps({"license_plate_text": "กข 1", "reason": "x"})
    for body, kind, status in [
            ("[]", "application/json", 400), ("\n \n", "application/x-ndjson", 400), ("", "text/csv", 400),
            ("license_plate_text,reason\n", "text/csv", 400), ("plate,reason\nกข 1,x", "text/csv", 400),
            ("\n".join([line] * 10_001), "application/x-ndjson", 413),
            ("license_plate_text,reason\n" + "กข 1,x\n" * 10_001, "text/csv", 413),
            (b"license_plate_text,reason\n" + "กข 1,x".encode("cp874"), "text/csv", 400)]:
        answer = send(site, body, kind)
        assert answer.status_code == status, (body[:40], answer.text[:200])
    assert site.get("/api/blacklist").json()["total"] == 0


def test_thousands_of_lines_are_listed_while_reads_come_in(site):
    body = "license_plate_text,reason\n" + "".join(f"BK {number},stolen\n" for number in range(10_000))
    with ThreadPoolExecutor() as pool:
        importing = pool.submit(send, site, body, "text/csv")
        reads = []
        while not importing.done():
            reads.append(site.read(f"M {len(reads)}"))
        answer = importing.result()
    assert answer.status_code == 201
    assert [told["blacklist_id"] for told in answer.json()] == list(range(1, 10_001))
    # Reads were kept between the commits of the import, not after it.
    assert len(reads) > 3
    assert site.record(site.read("BK 9999"))["is_blacklisted"]
    assert requests.post(site.url("/api/blacklist"), json={"license_plate_text": "BK-77", "reason": "x"}, timeout=60).status_code == 400
    assert set(lengths(site).values()) == {10_000}
    assert len(list((site.public / "blacklist").iterdir())) == 50


def test_a_killed_import_goes_on_where_it_ended(site):
    body = "license_plate_text,reason\n" + "".join(f"BK {number},stolen\n" for number in range(10_000))
    with ThreadPoolExecutor() as pool:
        importing = pool.submit(send, site, body, "text/csv")
        wait_until(lambda: entries(site, per_page=1)["total"] > 500, "some entries")
        site.kill()
        assert isinstance(importing.exception(), requests.ConnectionError)
    site.start()
    kept = entries(site, per_page=1)["total"]
    # Whole commits, in order.
    assert 500 < kept < 10_000 and kept % 64 == 0
    assert set(lengths(site).values()) == {kept}
    answer = send(site, body, "text/csv")
    assert answer.status_code == 207
    told = answer.json()
    assert {one["code"] for one in told[:kept]} == {"already_listed"} and all(one["success"] for one in told[kept:])
    assert set(lengths(site).values()) == {10_000}
    assert site.record(site.read("BK 9999"))["is_blacklisted"]
