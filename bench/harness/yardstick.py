"""The yardstick of queries: each question as SQL, answered from the same tables by a bare C program (limits/questions.c).

The question is the same, the effort is not: no packed columns, no counters but those in plain tables, no plan but
SQLite's. Totals that no plain table holds are left out, so that the yardstick is the faster one where it can be.
"""

import datetime
import http.client
import time
import urllib.parse

ROWS = """SELECT r.id, c.name AS camera_id, COALESCE(r.spelling, p.text) AS plate_number, r.confidence,
 o.text AS location, o.latitude, o.longitude, r.seen AS timestamp, r.seen + r.delay AS received_at,
 r.hit AS blacklisted, r.picture AS image_path, hex(r.event_id) AS event_id, r.details, r.warnings
 FROM ({}) n CROSS JOIN records r ON r.id = n.id JOIN cameras c ON c.id = r.camera JOIN plates p ON p.id = r.plate
 LEFT JOIN places o ON o.id = r.place ORDER BY r.seen DESC, r.id DESC"""
ALL, DAYS = "SELECT SUM(reads) FROM days", "SELECT SUM(reads) FROM days WHERE day BETWEEN ?3 AND ?4"
HITS = "SELECT SUM(hits) FROM days"
CAMERA = "camera = (SELECT id FROM cameras WHERE name = {})"
PLATES = "plates q CROSS JOIN plate_records x ON x.plate = q.id"
PREFIX = "q.number >= ?1 AND q.number < ?1 || char(1114111)"


def newest(source, where, limit="20"):
    """The newest records of a table or an index of records, under the name x, for which a condition holds."""
    return ROWS.format(f"SELECT x.id FROM {source} WHERE {where} ORDER BY x.seen DESC, x.id DESC LIMIT {limit}")


def by_time(where="1", limit="20", index="records_by_time"):
    """The newest records for which a condition holds, by an index on time."""
    return newest(f"records x INDEXED BY {index}", where, limit)


def by_camera(*where, limit="20"):
    """The newest records of a camera."""
    return newest("camera_records x", " AND ".join([f"x.{CAMERA.format('?1')}", *where]), limit)


def by_plate(*where):
    """The newest records of some plates."""
    return newest(PLATES, " AND ".join(where))


def plate_count(where):
    """How many records some plates have."""
    return f"SELECT COUNT(*) FROM {PLATES} WHERE {where}"


def seen(first):
    """Between two instants, which are the parameters from `first` on."""
    return f"x.seen >= CAST(?{first} AS INTEGER) AND x.seen < CAST(?{first + 1} AS INTEGER)"


# kind: (SQL of the rows, SQL of the total or None, the parameters of our question that are bound)
STATEMENTS = {
    "first page": (by_time(), ALL, []),
    "page 100,000 of 100": (by_time(limit="100 OFFSET 9999900"), ALL, []),
    "keyset, half-way": (by_time("(x.seen, x.id) < (SELECT seen, id FROM records WHERE id = CAST(?1 AS INTEGER))"),
                         ALL, ["before_id"]),
    "exact plate": (by_plate("q.number = ?1"), plate_count("q.number = ?1"), ["plate_number"]),
    "prefix": (by_plate(PREFIX), plate_count(PREFIX), ["plate_number"]),
    "substring of 3": (by_plate("instr(q.number, ?1)"), None, ["plate_number"]),
    "substring of 1": (newest("records x INDEXED BY records_by_time CROSS JOIN plates q ON q.id = x.plate",
                              "instr(q.number, ?1)"), None, ["plate_number"]),
    "wildcard": (by_plate("q.number GLOB ?1"), None, ["plate_number"]),
    "fuzzy": (by_plate("distance(q.number, ?1) <= 3"), None, ["plate_number"]),
    "camera": (by_camera(), "SELECT reads FROM cameras WHERE name = ?1", ["camera_id"]),
    "camera, page 1,000": (by_camera(limit="20 OFFSET 19980"), "SELECT reads FROM cameras WHERE name = ?1",
                           ["camera_id"]),
    "dates": (by_time(seen(1)), DAYS, ["from", "to", "first_day", "last_day"]),
    "dates, page 1,000": (by_time(seen(1), "20 OFFSET 19980"), DAYS, ["from", "to", "first_day", "last_day"]),
    "confidence": (by_time("x.percent >= 90"), None, []),
    "blacklisted": (by_time("x.hit > 0", index="records_hit"), HITS, []),
    "not blacklisted, page 1,000": (by_time("x.hit = 0", "20 OFFSET 19980"), None, []),
    "camera and dates": (by_camera(seen(2)), None, ["camera_id", "from", "to"]),
    "camera, dates and confidence": (by_camera(seen(2), "x.percent >= 90"), None, ["camera_id", "from", "to"]),
    "camera and blacklisted": (by_time(f"x.hit > 0 AND x.{CAMERA.format('?1')}", index="records_hit"),
                               "SELECT hits FROM cameras WHERE name = ?1", ["camera_id"]),
    "exact plate and camera": (by_plate("q.number = ?1", f"x.{CAMERA.format('?2')}"), None,
                               ["plate_number", "camera_id"]),
    "exact plate and dates": (by_plate("q.number = ?1", seen(2)), None, ["plate_number", "from", "to"]),
    "prefix, camera and dates": (by_plate(PREFIX, f"x.{CAMERA.format('?2')}", seen(3)), None,
                                 ["plate_number", "camera_id", "from", "to"]),
    "statistics": ("SELECT name, reads, hits, last_heard FROM cameras ORDER BY name", ALL, []),
    "cameras": ("SELECT * FROM cameras ORDER BY name", None, []),
}
ZONE = datetime.timezone(datetime.timedelta(hours=7))


def write_statements(path):
    """The file that limits/questions.c reads; a question's name there is its number."""
    lines = ["\t".join([str(number), *(" ".join(sql.split()) for sql in (rows, total) if sql)])
             for number, (rows, total, _) in enumerate(STATEMENTS.values())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Yardstick:
    """A client of the C program that asks the same as ours is asked."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, kind, path):
        """Milliseconds of the question of a kind that `path` asks of us."""
        given = {key: values[0] for key, values in urllib.parse.parse_qs(path.partition("?")[2]).items()}
        if "date_from" in given:
            first, last = (datetime.date.fromisoformat(given[name]) for name in ("date_from", "date_to"))
            begin, end = (datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE)
                          for day in (first, last + datetime.timedelta(days=1)))
            given |= {"from": int(begin.timestamp() * 1000), "to": int(end.timestamp() * 1000),
                      "first_day": first.toordinal() - 719_163, "last_day": last.toordinal() - 719_163}
        number = list(STATEMENTS).index(kind)
        query = urllib.parse.urlencode(dict(zip("abcd", (given[name] for name in STATEMENTS[kind][2]))))
        begun = time.perf_counter()
        self.connection.request("GET", f"/{number}?{query}")
        answer = self.connection.getresponse()
        answer.read()
        passed = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise RuntimeError(f"the yardstick answers {path} with {answer.status}")
        return passed

    def close(self):
        """Ends the connection."""
        self.connection.close()
