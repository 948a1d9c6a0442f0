"""Lets the service's n-th call on a kind of file fail, and reads in which order it wrote, synced and answered."""

import errno
import mmap
import os
import pathlib
import struct
import subprocess
from contextlib import contextmanager
from typing import NamedTuple

SOURCE = pathlib.Path(__file__).parent / "faults/lpr_faults.c"
FILES = {"database": 1, "wal": 2, "pictures": 4, "pages": 8}
CALLS = {"write": 1, "sync": 2, "truncate": 4, "rename": 8, "open": 16}


class Entry(NamedTuple):
    word: str
    path: str
    data: bytes


def build(folder):
    library = folder / "lpr_faults.so"
    subprocess.run(
        ["gcc", "-std=c17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"],
        check=True,
    )
    return library


class Faults:
    """What lpr_faults.c maps: six numbers."""

    def __init__(self, library, folder):
        self.trace = folder / "trace"
        path = folder / "faults"
        path.write_bytes(bytes(24))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 24)
        self.settings = {"LD_PRELOAD": str(library), "LPR_FAULTS": str(path), "LPR_FAULTS_TRACE": str(self.trace)}

    @contextmanager
    def armed(self, files, calls, n, code):
        """The n-th of some calls on some files fails within it."""
        numbers = [sum(table[word] for word in words.split()) for table, words in ((FILES, files), (CALLS, calls))]
        self.map[:20] = struct.pack("5i", *numbers, n, getattr(errno, code), 0)
        yield
        self.disarm()

    def disarm(self):
        self.map[8:12] = struct.pack("i", 0)

    @property
    def failed(self):
        """How many calls failed since the last time."""
        return struct.unpack("i", self.map[16:20])[0]

    @contextmanager
    def traced(self):
        self.map[20:24] = struct.pack("i", 1)
        yield
        self.map[20:24] = struct.pack("i", 0)

    def entries(self):
        """What was written down, in its order."""
        entries, rest = [], self.trace.read_bytes()
        while rest:
            line, rest = rest.split(b"\n", 1)
            word, size, path = line.decode().split(" ", 2)
            entries.append(Entry(word, path, rest[: int(size)]))
            rest = rest[int(size):]
        return entries
