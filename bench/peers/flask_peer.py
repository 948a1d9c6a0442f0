"""The peer in Python: a careful Flask and SQLite server, one durable insert a request.

Careful: WAL with synchronous=FULL, one connection for each thread, prepared statements through the
module's cache, plates and cameras remembered in memory, pictures synced before their row is inserted.
DATABASE, SCHEMA and FOLDER come from the environment; gunicorn serves it.
"""

import base64
import os
import sqlite3
import threading
import time
import uuid

import flask

app = flask.Flask(__name__)
local = threading.local()
lock = threading.Lock()  # SQLite has one writer; waiting here is fairer than its busy handler.
FOLDER = os.environ["FOLDER"]

INSERT = """INSERT INTO records (camera, plate, seen, delay, hit, confidence, place, event_id, picture)
 VALUES (?, ?, ?, 0, 0, ?, ?, ?, ?)"""
EVENT = "INSERT INTO events (kind, at, camera, subject) VALUES (1, ?, ?, ?)"
HOUR = """INSERT INTO hours (day, hour, camera, reads, hits) VALUES (?, ?, ?, 1, 0)
 ON CONFLICT DO UPDATE SET reads = reads + 1"""
DAY = """INSERT INTO days (day, reads, hits) VALUES (?, 1, 0)
 ON CONFLICT DO UPDATE SET reads = reads + 1"""
CAMERA = "UPDATE cameras SET reads = reads + 1, last_heard = ?2, last_read = ?2 WHERE id = ?1"


def database():
    """This thread's connection."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(os.environ["DATABASE"], isolation_level=None, timeout=30)
        local.db.execute("PRAGMA synchronous = FULL")
        local.cameras, local.plates, local.places = {}, {}, {}
    return local.db


def make_tables():
    """Makes the tables, once, before the workers start."""
    db = sqlite3.connect(os.environ["DATABASE"])
    db.execute("PRAGMA journal_mode = WAL")
    with open(os.environ["SCHEMA"], encoding="utf-8") as schema:
        db.executescript(schema.read())
    db.close()


def number(db, known, find, insert, key, *values):
    """The number of a camera or plate; inserts it where it is new."""
    if key not in known:
        row = db.execute(find, (key,)).fetchone()
        known[key] = row[0] if row else db.execute(insert, (key, *values)).lastrowid
    return known[key]


def keep_picture(data):
    """Writes a picture durably and returns its path below the folder."""
    folder = time.strftime("%Y/%m/%d", time.gmtime())
    os.makedirs(f"{FOLDER}/{folder}", exist_ok=True)
    path = f"{folder}/{uuid.uuid4().hex[:16]}.jpg"
    with open(f"{FOLDER}/{path}", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    entry = os.open(f"{FOLDER}/{folder}", os.O_RDONLY)
    os.fsync(entry)
    os.close(entry)
    return path


def insert(db, read, picture, now):
    """One read in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    camera = number(
        db, local.cameras, "SELECT id FROM cameras WHERE name = ?",
        "INSERT INTO cameras (name, connected, first_heard, last_heard) VALUES (?, 1, ?, ?)",
        read["camera_id"], now, now,
    )
    text = read["plate_number"]
    plate = number(
        db, local.plates, "SELECT id FROM plates WHERE number = ?",
        "INSERT INTO plates (number, province, text) VALUES (?, 0, ?)",
        text.replace(" ", "").replace("-", ""), text,
    )
    place = number(
        db, local.places, "SELECT id FROM places WHERE camera = ?",
        "INSERT INTO places (camera, text, latitude, longitude) VALUES (?, ?, ?, ?)",
        camera, read.get("location"), read.get("location_lat"), read.get("location_lon"),
    )
    record = db.execute(INSERT, (
        camera, plate, now, read.get("confidence"), place, read.get("event_id"), picture,
    )).lastrowid
    hours = now // 3_600_000
    db.execute(EVENT, (now, camera, record))
    db.execute(HOUR, (hours // 24, hours % 24, camera))
    db.execute(DAY, (hours // 24,))
    db.execute(CAMERA, (camera, now))
    db.execute("COMMIT")
    return record


@app.post("/api/records")
def create():
    """Keeps a read and answers with its number."""
    read = flask.request.get_json()
    if not read.get("camera_id") or not read.get("plate_number"):
        return {"error": "camera_id and plate_number are required"}, 400
    image = read.get("image_data")
    picture = keep_picture(base64.b64decode(image)) if image else None
    db = database()
    with lock:
        record = insert(db, read, picture, time.time_ns() // 1_000_000)
    return {"id": record, "message": "Record created successfully"}, 201


if __name__ == "__main__":
    make_tables()
