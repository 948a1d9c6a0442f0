"""Another machine: a network namespace, joined with this one by a pair of virtual interfaces."""

import ctypes
import os
import subprocess
import threading

import pytest

CLONE_NEWNET = 0x40000000


class Namespace:
    """Needs root. `here` is this machine's address as seen from there, `there` the other one's."""

    def __init__(self, number):
        # Addresses of RFC 2544, which no real network has.
        self.here, self.there = f"198.18.{number}.1", f"198.18.{number}.2"
        self.name = f"lprserver-test-{number}"
        self.outer, self.inner = f"lprt{number}a", f"lprt{number}b"

    def __enter__(self):
        self.remove()
        for command in (
            f"netns add {self.name}", f"link add {self.outer} type veth peer name {self.inner} netns {self.name}",
            f"addr add {self.here}/24 dev {self.outer}", f"link set {self.outer} up",
            f"-n {self.name} addr add {self.there}/24 dev {self.inner}", f"-n {self.name} link set {self.inner} up",
            f"-n {self.name} link set lo up",
        ):
            made = subprocess.run(["ip", *command.split()], capture_output=True, text=True)
            if made.returncode:
                self.remove()
                pytest.skip(f"this machine makes no network namespaces: ip {command}: {made.stderr.strip()}")
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        subprocess.run(["ip", "link", "del", self.outer], capture_output=True)
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)

    def run(self, work, *arguments, **options):
        """Calls a function there. Its threads are there, too: a thread begins where it was started."""
        outcome = []

        def inside():
            with open(f"/run/netns/{self.name}") as namespace:
                libc = ctypes.CDLL(None, use_errno=True)
                if libc.setns(namespace.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            try:
                outcome.append((True, work(*arguments, **options)))
            except BaseException as error:
                outcome.append((False, error))

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        worked, value = outcome[0]
        if not worked:
            raise value
        return value

    def program(self, folder, program):
        """A script that starts a program there."""
        script = folder / "elsewhere"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} {program} "$@"\n')
        script.chmod(0o755)
        return script


@pytest.fixture(scope="module")
def elsewhere():
    if os.geteuid() != 0:
        pytest.skip("only root can make another network namespace")
    with Namespace(os.getpid() % 250) as namespace:
        yield namespace
