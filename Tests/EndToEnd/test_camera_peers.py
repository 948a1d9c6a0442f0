"""The simulated camera against other people's servers: python-socketio and websockets."""

import asyncio
import contextlib
import json
import threading

import pytest
import socketio
import websockets
from aiohttp import web

from conftest import PATIENCE, free_ports, wait_until
from test_camera import Camera, assert_nothing_is_missing


class Peer:
    """Keeps reads, and answers; `drop_every` cuts the connection at every so many reads, unanswered."""

    def __init__(self, drop_every=0, error=None):
        self.port = free_ports(1)[0]
        self.reads = {}
        self.registered = []
        self.seen = 0
        self.drop_every = drop_every
        self.error = error
        self.loop = asyncio.new_event_loop()

    @property
    def address(self):
        return f"ws://127.0.0.1:{self.port}"

    def keep(self, read):
        """The answer, or None where the connection is to be cut."""
        self.seen += 1
        if self.drop_every and self.seen % self.drop_every == 0:
            # It may have been kept nevertheless: the camera cannot know.
            if self.seen % 2:
                self.reads[read["event_id"]] = read
            return None
        if self.error:
            return self.error(self.seen)
        duplicate = read["event_id"] in self.reads
        self.reads[read["event_id"]] = read
        return {"status": "success", "record_id": len(self.reads), "duplicate": duplicate}

    async def serve_websocket(self):
        async def camera(connection):
            async for message in connection:
                event = json.loads(message)
                if event["event"] == "camera_register":
                    self.registered.append(event["data"]["camera_id"])
                    answer = {"status": "success", "message": "registered"}
                else:
                    answer = self.keep(event["data"])
                if answer is None:
                    connection.transport.abort()
                    return
                await connection.send(json.dumps(answer))

        server = await websockets.serve(camera, "127.0.0.1", self.port, ping_interval=0.05, max_size=1 << 20)

        async def close():
            server.close()
            await server.wait_closed()

        self.close = close

    async def serve_socketio(self):
        server = socketio.AsyncServer(async_mode="aiohttp", ping_interval=0.2, ping_timeout=5)

        @server.event
        async def camera_register(sid, data):
            self.registered.append(data["camera_id"])
            await server.emit("status", {"message": "registered"}, to=sid)
            return {"message": "registered"}

        @server.event
        async def lpr_data(sid, data):
            answer = self.keep(data)
            if answer is None:
                await server.disconnect(sid)
                return None
            await server.emit("lpr_response", answer, to=sid)
            return answer

        application = web.Application()
        server.attach(application)
        await self.serve_application(application)

    async def serve_application(self, application):
        runner = web.AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.close = runner.cleanup

    def run(self, kind):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.serve_websocket() if kind == "websocket" else self.serve_socketio())
        self.ready.set()
        self.loop.run_forever()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    @contextlib.contextmanager
    def serving(self, kind):
        self.ready = threading.Event()
        thread = threading.Thread(target=self.run, args=(kind,), daemon=True)
        thread.start()
        assert self.ready.wait(PATIENCE)
        yield self
        asyncio.run_coroutine_threadsafe(self.close(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        thread.join()


@pytest.mark.parametrize("kind", ["websocket", "socketio"])
def test_reads_arrive_in_order(tmp_path, kind):
    with Peer().serving(kind) as peer:
        camera = Camera(tmp_path, peer.address, "--count", 100, "--rate", 200, transport=kind)
        ended = camera.run()
        assert ended.returncode == 0, ended.stderr
        assert peer.registered == ["CAM007"] and camera.waiting() == []
        assert [int(event.rsplit("-")[-1]) for event in peer.reads] == list(range(1, 101))
        assert all(read["image_data"] for read in peer.reads.values())


@pytest.mark.parametrize("kind", ["websocket", "socketio"])
def test_a_connection_that_breaks_loses_nothing(tmp_path, kind):
    with Peer(drop_every=47).serving(kind) as peer:
        camera = Camera(tmp_path, peer.address, "--count", 150, "--rate", 500, "--no-picture", transport=kind)
        ended = camera.run()
        assert ended.returncode == 0, ended.stderr
        assert len(peer.registered) > 3 and len(peer.reads) == 150
        assert_nothing_is_missing(list(peer.reads))


@pytest.mark.parametrize("kind", ["websocket", "socketio"])
def test_pings_are_answered_while_nothing_is_sent(tmp_path, kind):
    with Peer().serving(kind) as peer:
        # One read at once, the second after many of the server's pings.
        camera = Camera(tmp_path, peer.address, "--count", 2, "--rate", 0.5, "--no-picture", transport=kind)
        ended = camera.run()
        assert ended.returncode == 0, ended.stderr
        assert len(peer.reads) == 2 and len(peer.registered) == 1


@pytest.mark.parametrize("kind", ["websocket", "socketio"])
def test_a_refused_read_is_put_aside_and_a_busy_server_asked_again(tmp_path, kind):
    def error(count):
        if count == 1:
            return {"status": "error", "message": "the server is full", "retry": True}
        return {"status": "error", "message": "plate_number is missing"}

    with Peer(error=error).serving(kind) as peer:
        camera = Camera(tmp_path, peer.address, "--count", 1, "--no-picture", transport=kind)
        ended = camera.run()
        assert ended.returncode != 0 and "plate_number is missing" in ended.stderr
        assert "the server is full; next try" in ended.stderr and peer.seen == 2
        assert len(list((camera.queue / "refused").glob("*.json"))) == 1


def test_a_message_that_is_too_big_does_not_hold_up_the_others(tmp_path):
    picture = tmp_path / "large.bmp"
    size = 900_000
    picture.write_bytes(b"BM" + size.to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
                        + (40).to_bytes(4, "little") + (10).to_bytes(4, "little") * 2 + b"\1\0\x18\0"
                        + bytes(size - 30))
    with Peer().serving("websocket") as peer:
        large = Camera(tmp_path, peer.address, "--count", 3, "--rate", 1000, "--picture", picture,
                       transport="websocket")
        away = Camera(tmp_path, "ws://127.0.0.1:1", "--count", 3, "--rate", 1000, "--no-picture",
                      transport="websocket").start()
        wait_until(lambda: len(away.waiting()) == 3, "small reads that wait")
        away.kill()
        ended = large.run()
        assert ended.returncode != 0 and "of that size" in ended.stderr, ended.stderr
        assert len(peer.reads) == 3 and large.waiting() == []
        assert len(list((large.queue / "refused").glob("*.json"))) == 3


def test_a_server_that_speaks_something_else_is_named(tmp_path):
    async def not_found(request):
        return web.json_response({"error": "no such path"}, status=404)

    peer = Peer()

    async def serve():
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", not_found)
        await peer.serve_application(application)

    peer.serve_websocket = serve
    with peer.serving("websocket"):
        camera = Camera(tmp_path, peer.address, "--count", 1, "--no-picture", transport="websocket").start()
        wait_until(lambda: "404: no such path" in camera.log.read_text(), "the reason")
        camera.kill()
        assert len(camera.waiting()) == 1
