"""`lprserver user` and `lprserver token`, with a running service and without one."""

import json
import os
import pty
import re
import shutil
import signal
import stat
import subprocess

import pytest
import requests

from conftest import BINARY, PATIENCE, wait_until

SECRET = "ม้าลาย 17 ตัวข้ามถนน"
TOKEN = re.compile(r"lpr_[A-Za-z0-9_-]{43}")


def run(site, *arguments, given="", **settings):
    return subprocess.run(
        [BINARY, *arguments], env={**site.environment, **settings}, cwd=site.folder, input=given,
        capture_output=True, text=True, timeout=PATIENCE,
    )


def done(site, *arguments, **rest):
    ended = run(site, *arguments, **rest)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def answer(site, *arguments, **rest):
    return json.loads(done(site, *arguments, "--json", **rest))


def elements(value):
    return value if isinstance(value, list) else next(each for each in value.values() if isinstance(each, list))


def people(site):
    return {each["name"]: each for each in elements(answer(site, "user", "list"))}


def tokens(site):
    return {each["name"]: each for each in elements(answer(site, "token", "list"))}


def sign_in(site, name, password):
    return requests.post(
        site.url("/api/session"), json={"name": name, "password": password}, timeout=PATIENCE,
    )


@pytest.fixture(params=["with a service", "without one"])
def place(request, make_site):
    """A database with a service, or without."""
    site = make_site()
    if request.param == "with a service":
        site.start()
    return site


def test_people(place):
    done(place, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET + "\n")
    done(place, "user", "add", "สมชาย ใจดี", "--role", "viewer", "--password-file", "-", given=SECRET)
    assert {name: each["role"] for name, each in people(place).items()} == {"admin": "admin", "สมชาย ใจดี": "viewer"}
    done(place, "user", "role", "สมชาย ใจดี", "operator")
    done(place, "user", "disable", "สมชาย ใจดี")
    person = people(place)["สมชาย ใจดี"]
    assert person["role"] == "operator" and person["enabled"] is False
    done(place, "user", "enable", "สมชาย ใจดี")
    assert people(place)["สมชาย ใจดี"]["enabled"] is True
    done(place, "user", "reset-second-factor", "สมชาย ใจดี")
    table = done(place, "user", "list")
    assert re.search(r"^สมชาย ใจดี +operator +enabled +off", table, re.M), table
    done(place, "user", "remove", "สมชาย ใจดี")
    assert set(people(place)) == {"admin"}


def test_a_one_time_password_is_alone_on_standard_output(place):
    done(place, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    for arguments in [("user", "add", "nok", "--role", "viewer"), ("user", "password", "nok", "--one-time")]:
        printed = done(place, *arguments)
        assert len(printed.splitlines()) == 1 and len(printed.strip()) >= 12, printed
        assert people(place)["nok"]["must_change_password"] is True
    if place.process is None:
        place.start()
    assert sign_in(place, "nok", printed.strip()).status_code in (200, 201)
    done(place, "user", "password", "nok", "--password-file", "-", given=SECRET)
    assert sign_in(place, "nok", printed.strip()).status_code == 401
    assert sign_in(place, "nok", SECRET).status_code in (200, 201)


def test_tokens(place):
    # Somebody must be able to get in before the first token closes the door.
    done(place, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    camera = done(place, "token", "add", "ประตูเหนือ", "--role", "camera", "--camera", "CAM001", "--camera", "CAM002")
    assert TOKEN.fullmatch(camera.strip())
    made = answer(place, "token", "add", "backup", "--role", "viewer", "--expires", "90d")
    assert TOKEN.fullmatch(made["token"]) and made["expires_at"]
    known = tokens(place)
    assert sorted(known["ประตูเหนือ"]["cameras"]) == ["CAM001", "CAM002"] and known["ประตูเหนือ"]["expires_at"] is None
    assert known["backup"]["cameras"] is None and known["backup"]["role"] == "viewer"
    assert "command line" in known["backup"]["created_by"]
    assert not TOKEN.search(done(place, "token", "list") + json.dumps(known))
    if place.process is None:
        place.start()
    for bearer, camera_id, status in [
        (camera, "CAM002", 201), (camera, "CAM003", 403), (made["token"], "CAM001", 403), (camera[:-5], "CAM001", 401),
    ]:
        sent = requests.post(
            place.url("/api/records"), json={"camera_id": camera_id, "plate_number": "กข 1234"},
            headers={"Authorization": f"Bearer {bearer.strip()}"}, timeout=PATIENCE,
        )
        assert sent.status_code == status, sent.text
    done(place, "token", "revoke", "ประตูเหนือ")
    assert "ประตูเหนือ" not in tokens(place) or tokens(place)["ประตูเหนือ"].get("revoked_at")
    again = requests.post(
        place.url("/api/records"), json={"camera_id": "CAM002", "plate_number": "กข 1234"},
        headers={"Authorization": f"Bearer {camera.strip()}"}, timeout=PATIENCE,
    )
    assert again.status_code == 401


def test_what_is_done_without_a_service_is_there_with_one_and_survives_a_kill(make_site):
    site = make_site()
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    site.start()
    assert sign_in(site, "admin", SECRET).status_code in (200, 201)
    done(site, "user", "add", "nok", "--role", "viewer", "--password-file", "-", given=SECRET)
    site.kill()
    # Its socket is left behind, and is in nobody's way.
    left = site.folder / "test.db.sock"
    assert stat.S_ISSOCK(left.stat().st_mode)
    done(site, "user", "disable", "nok")
    site.start()
    assert people(site)["nok"]["enabled"] is False
    assert sign_in(site, "nok", SECRET).status_code == 401
    done(site, "user", "enable", "nok")
    assert sign_in(site, "nok", SECRET).status_code in (200, 201)


def test_sessions(site):
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    signed_in = requests.Session()
    signed_in.headers["User-Agent"] = "evil\u009b31m browser".encode().decode("latin-1")
    body = {"name": "admin", "password": SECRET}
    assert signed_in.post(site.url("/api/session"), json=body, timeout=PATIENCE).status_code in (200, 201)
    assert signed_in.get(site.url("/api/records"), timeout=PATIENCE).status_code == 200
    assert len(elements(answer(site, "user", "sessions", "admin"))) == 1
    table = done(site, "user", "sessions", "admin")
    assert "browser" in table and "\u009b" not in table
    done(site, "user", "sessions", "admin", "--revoke")
    assert signed_in.get(site.url("/api/records"), timeout=PATIENCE).status_code == 401
    assert elements(answer(site, "user", "sessions", "admin")) == []


@pytest.mark.parametrize("arguments, given, code, words", [
    (["user", "add", "x" * 65, "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "x" * 100_000, "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "", "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "a\x1b[31mb", "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "a\nb", "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "../../etc", "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "..", "--role", "viewer"], SECRET, 1, "1 to 64"),
    (["user", "add", "nok", "--role", "viewer"], "short", 1, "12"),
    (["user", "add", "nok", "--role", "viewer"], "x" * 129, 1, "128"),
    (["user", "add", "nok", "--role", "viewer"], "x" * 5_000, 2, "more than one line"),
    (["user", "add", "admin", "--role", "viewer"], SECRET, 1, ""),
    (["user", "add", "ADMIN", "--role", "viewer"], SECRET, 1, ""),
    (["user", "remove", "admin"], "", 1, "admin"),
    (["user", "disable", "admin"], "", 1, "admin"),
    (["user", "role", "admin", "viewer"], "", 1, "admin"),
    (["user", "remove", "nok"], "", 1, ""),
    (["user", "sessions", "nok"], "", 1, ""),
    (["token", "revoke", "nok"], "", 1, ""),
    (["token", "add", "t", "--role", "viewer", "--camera", "CAM001"], "", 1, "camera"),
    (["token", "add", "t", "--role", "camera", "--camera", "x" * 51], "", 1, ""),
    (["token", "add", "t", "--role", "camera", "--expires", "0d"], "", 1, "90d"),
    (["token", "add", "t", "--role", "camera", "--expires", "11000d"], "", 1, "90d"),
    (["token", "add", "t", "--role", "camera", "--expires", "tomorrow"], "", 1, "90d"),
    (["token", "add", "t", "--role", "owner"], "", 64, "owner"),
    (["user", "add", "nok", "--role", "camera"], "", 64, "camera"),
    (["user", "add", "nok"], "", 64, "--role"),
    (["user", "add", "nok", "--role", "viewer", "--one-time"], SECRET, 64, "exclude"),
])
def test_wrong_input_gets_one_sentence(make_site, arguments, given, code, words):
    site = make_site()
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    before = people(site), tokens(site)
    if given:
        arguments = [*arguments, "--password-file", "-"]
    ended = run(site, *arguments, given=given)
    assert ended.returncode == code, ended.stderr
    assert words in ended.stderr and ended.stdout == ""
    assert code == 64 or len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "\x1b" not in ended.stderr
    assert (people(site), tokens(site)) == before


def test_bytes_that_are_no_text_are_refused(make_site):
    site = make_site()
    for name, given in [(b"\xff\xfe", SECRET.encode()), (b"nok", b"\xff" * 12)]:
        ended = subprocess.run(
            [BINARY, "user", "add", name, "--role", "admin", "--password-file", "-"], env=site.environment,
            cwd=site.folder, input=given, capture_output=True, timeout=PATIENCE,
        )
        assert ended.returncode in (1, 2), ended.stderr
    assert run(site, "user", "list").returncode in (0, 2)


def test_nothing_is_made_where_there_is_no_database(make_site):
    site = make_site()
    for arguments in [("user", "list"), ("token", "list"), ("user", "remove", "nok"), ("token", "revoke", "nok")]:
        ended = run(site, *arguments)
        assert ended.returncode == 2 and "there is no database" in ended.stderr
    assert not (site.folder / "test.db").exists()


@pytest.mark.parametrize("running", [False, True])
def test_many_at_once(make_site, running):
    site = make_site()
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    if running:
        site.start()
    started = [
        subprocess.Popen(
            [BINARY, "token", "add", f"camera {number % 3}", "--role", "camera"], env=site.environment,
            cwd=site.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(5)
    ]
    ended = [(each.communicate(timeout=PATIENCE), each.returncode) for each in started]
    # Of two with the same name one is told so.
    assert sorted(code for _, code in ended) == [0] * 3 + [1] * 2, ended
    assert len({out for (out, _), code in ended if code == 0}) == 3
    assert len(tokens(site)) == 3


def test_a_kill_in_the_middle_leaves_a_database_that_works(make_site):
    site = make_site()
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    for wait in range(8):
        command = subprocess.Popen(
            [BINARY, "token", "add", f"camera {wait}", "--role", "camera"], env=site.environment, cwd=site.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            command.wait(wait / 20)
        except subprocess.TimeoutExpired:
            command.send_signal(signal.SIGKILL)
            command.wait()
    known = tokens(site)
    assert len(known) <= 8
    done(site, "token", "add", "last", "--role", "camera")
    assert set(tokens(site)) == {*known, "last"}


def ask_socket(path, uid=None):
    """GET /api/users over the socket, as another user."""
    script = (
        "import socket, sys\n"
        "client = socket.socket(socket.AF_UNIX)\n"
        "client.connect(sys.argv[1])\n"
        "client.sendall(b'GET /api/users HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n')\n"
        "while data := client.recv(4096): sys.stdout.buffer.write(data)\n"
    )
    prefix = ["setpriv", f"--reuid={uid}", "--clear-groups"] if uid else []
    return subprocess.run(
        [*prefix, "/usr/bin/python3", "-c", script, str(path)], capture_output=True, text=True, timeout=PATIENCE,
    )


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can be another user")
def test_another_user_gets_nothing(make_site):
    site = make_site().start()
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    path = site.folder / "test.db.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ask_socket(path).stdout.startswith("HTTP/1.1 200")
    # As far as the folder's and the socket's modes let it; the kernel tells who it is all the same.
    for folder in [site.folder, *site.folder.parents]:
        os.chmod(folder, stat.S_IMODE(folder.stat().st_mode) | 0o711)
    refused = ask_socket(path, 65_534)
    assert "Permission" in refused.stderr and refused.stdout == ""
    os.chmod(path, 0o666)
    refused = ask_socket(path, 65_534).stdout
    assert refused.startswith("HTTP/1.1 403") and "only root and the user" in refused and "admin" not in refused
    wait_until(lambda: "uid 65534" in (site.folder / "service.log").read_text(), "a line in the log")


def test_a_socket_left_by_another_file_stops_nothing(make_site):
    site = make_site()
    (site.folder / "test.db.sock").write_text("notes")
    site.start()
    assert "is not a socket" in (site.folder / "service.log").read_text()
    assert (site.folder / "test.db.sock").read_text() == "notes"
    assert site.read()
    ended = run(site, "user", "list")
    assert ended.returncode == 2 and "test.db.sock" in ended.stderr


def test_a_path_that_is_too_long_for_a_socket(make_site):
    site = make_site()
    folder = site.folder / ("x" * 110)
    folder.mkdir()
    long = {"DATABASE_URL": f"sqlite:///{folder}/test.db"}
    site.settings.update(long)
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    site.start()
    assert "107" in (site.folder / "service.log").read_text()
    ended = run(site, "user", "list")
    assert ended.returncode == 2 and "107" in ended.stderr
    site.stop()
    assert set(people(site)) == {"admin"}


def test_a_password_is_asked_for_twice_without_being_shown(make_site):
    site = make_site()

    def add(*lines):
        parent, child = pty.openpty()
        command = subprocess.Popen(
            [BINARY, "user", "add", "admin", "--role", "admin"], env=site.environment, cwd=site.folder,
            stdin=child, stdout=child, stderr=child,
        )
        os.close(child)
        seen = b""
        for prompt, line in zip([b"Password of admin: ", b"The same again: "], lines):
            while prompt not in seen:
                seen += os.read(parent, 4096)
            os.write(parent, line)
        while True:
            try:
                piece = os.read(parent, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        os.close(parent)
        return command.wait(PATIENCE), seen.decode()

    code, seen = add(SECRET.encode() + b"\r", b"another one entirely\r")
    assert code == 2 and "differ" in seen
    code, seen = add(b"\x03")
    assert code == 2 and "no password" in seen
    # Backspace over a Thai letter, and a line that is begun again.
    code, seen = add("ก".encode() + b"\x7f" + SECRET.encode() + b"\r", b"wrong\x15" + SECRET.encode() + b"\r")
    assert code == 0 and "admin is added as admin" in seen and SECRET not in seen
    site.start()
    assert sign_in(site, "admin", SECRET).status_code in (200, 201)


def test_listening_beyond_loopback_needs_an_admin_and_says_what_it_means(make_site, own_address):
    site = make_site(LISTEN_ADDRESS="0.0.0.0")

    def refused(*words, **settings):
        ended = run(site, "serve", **settings)
        assert ended.returncode != 0
        for word in words:
            assert word in ended.stderr, ended.stderr

    refused("`lprserver user add NAME --role admin`")
    refused("`lprserver user add NAME --role admin`", PLAIN_HTTP="allowed")
    done(site, "user", "add", "nok", "--role", "viewer", "--password-file", "-", given=SECRET)
    refused("`lprserver user add NAME --role admin`", PLAIN_HTTP="allowed")
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    refused("PLAIN_HTTP=allowed")
    site.settings.update(PLAIN_HTTP="allowed", ALLOWED_HOSTS=own_address)
    site.start()
    assert "plain HTTP" in (site.folder / "service.log").read_text()
    url = f"http://{own_address}:{site.port}/api/records"
    assert requests.get(url, timeout=PATIENCE).status_code == 401
    token = done(site, "token", "add", "desk", "--role", "viewer").strip()
    bearer = {"Authorization": f"Bearer {token}"}
    assert requests.get(url, headers=bearer, timeout=PATIENCE).status_code == 200


def test_a_camera_gateway_beyond_loopback_takes_tokens(make_site, own_address):
    site = make_site(CAMERA_LISTEN_ADDRESS="0.0.0.0", PLAIN_HTTP="allowed")
    done(site, "token", "add", "root", "--role", "admin")
    token = done(site, "token", "add", "gate", "--role", "camera", "--camera", "CAM001").strip()
    site.start()
    url = f"http://{own_address}:{site.gateway}/api/records"
    read = {"camera_id": "CAM001", "plate_number": "กข 1234"}
    assert requests.post(url, json=read, timeout=PATIENCE).status_code == 401
    for shown in [{"headers": {"Authorization": f"Bearer {token}"}}, {"auth": ("any", token)}, {"params": {"token": token}}]:
        assert requests.post(url, json=read, timeout=PATIENCE, **shown).status_code == 201
    assert token not in (site.folder / "service.log").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_what_root_makes_belongs_to_the_owner_of_the_folder(make_site):
    site = make_site()
    folder = site.folder / "of another user"
    folder.mkdir()
    os.chown(folder, 65_534, 65_534)
    for each in [site.folder, *site.folder.parents]:
        os.chmod(each, stat.S_IMODE(each.stat().st_mode) | 0o711)
    site.settings.update(DATABASE_URL=f"sqlite:///{folder}/test.db")
    for name in ["admin", "second"]:
        done(site, "user", "add", name, "--role", "admin", "--password-file", "-", given=SECRET)
    assert {path.stat().st_uid for path in folder.rglob("*")} == {65_534}
    assert set(people(site)) == {"admin", "second"}


def test_other_users_cannot_read_a_new_database(make_site):
    site = make_site()
    done(site, "user", "add", "admin", "--role", "admin", "--password-file", "-", given=SECRET)
    for path in site.folder.glob("test.db*"):
        assert path.suffix not in (".db", ".db-wal") or stat.S_IMODE(path.stat().st_mode) & 0o007 == 0, path
