"""script/bootstrap on a machine that has nothing: what it would install (a merge once cut the script off)."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def stand_in(folder, name, text):
    """A program that stands before the system's own on the path."""
    path = folder / name
    path.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("flags, wanted, unwanted", [
    ([], ["libmicrohttpd-dev", "libwslay-dev", "libsqlite3-dev", "g++"], ["chromium"]),
    (["--tests"], ["libmicrohttpd-dev", "chromium", "python3-venv"], []),
])
def test_it_installs_what_is_missing(tmp_path, flags, wanted, unwanted):
    """Package tools are replaced, because the real ones would change this machine."""
    log = tmp_path / "installed"
    stand_in(tmp_path, "dpkg-query", "exit 1")
    stand_in(tmp_path, "apt-get", f'[ "$1" != install ] || echo "$@" >>"{log}"')
    stand_in(tmp_path, "sudo", 'exec "$@"')
    stand_in(tmp_path, "swift", "exit 0")
    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run([ROOT / "script/bootstrap", *flags], check=True, timeout=60,
                   env={**os.environ, "PATH": path})
    installed = log.read_text(encoding="utf-8").split()
    assert set(wanted) <= set(installed)
    assert not set(unwanted) & set(installed)


def test_it_says_what_failed(tmp_path):
    """A package tool that fails stops the script with its words."""
    stand_in(tmp_path, "dpkg-query", "exit 1")
    stand_in(tmp_path, "apt-get", "echo no network here >&2; exit 100")
    stand_in(tmp_path, "sudo", 'exec "$@"')
    stand_in(tmp_path, "swift", "exit 0")
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run([ROOT / "script/bootstrap"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PATH": path}, check=False)
    assert done.returncode != 0
    assert "no network here" in done.stderr and "could not install" in done.stderr
