"""The peer for the camera gateway: Flask-SocketIO and SQLite, one durable insert a message.

The same careful insert as flask_peer.py; one process, because Flask-SocketIO's clients must stay with
theirs, and a thread for each of its sockets.
"""

import time

import flask_peer
import flask_socketio

app = flask_peer.app
sockets = flask_socketio.SocketIO(app, async_mode="threading", cors_allowed_origins="*")


@sockets.on("lpr_data")
def keep(read):
    """Keeps a read, emits its number and returns it as the acknowledgement."""
    if not read.get("camera_id") or not read.get("plate_number"):
        answer = {"status": "error", "message": "camera_id and plate_number are required"}
    else:
        image = read.get("image_data")
        picture = flask_peer.keep_picture(image) if image else None
        db = flask_peer.database()
        with flask_peer.lock:
            record = flask_peer.insert(db, read, picture, time.time_ns() // 1_000_000)
        answer = {"status": "success", "record_id": record, "message": "Record created successfully"}
    flask_socketio.emit("lpr_response", answer)
    return answer
