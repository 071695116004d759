"""Read the memory of a process from outside; nothing in it is stopped or changed by that.

`read` costs a system call; where that is refused (to root in a container, for one) it costs
many calls of ptrace, and the process has to be traced and stopped. A `Path` follows pointers
through a process: for one system call, where it goes the same way as it did the last time.

Source: process_vm_readv(2), "Permission" and ptrace(2), "Ptrace access mode checking".
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from lessonkit.sandbox.tracing import abi

__all__ = ["MOST_BYTES", "Path", "Shot", "read", "read_word", "to_end_of_page"]

MOST_BYTES = 1 << 16
_MOST_PLACES = 64
_PAGE = os.sysconf("SC_PAGE_SIZE")
_WORD = struct.Struct("=Q")

_buffer = ctypes.create_string_buffer(MOST_BYTES)
_buffer_at = ctypes.addressof(_buffer)
# Each a struct iovec, where and how long: the place here, and the place there.
_here = (ctypes.c_size_t * 2)(_buffer_at, 0)
_there = (ctypes.c_size_t * 2)()
_here_at, _there_at = ctypes.addressof(_here), ctypes.addressof(_there)
# PyDLL: nothing here blocks, so there is no use in letting go of the interpreter lock.
_readv = ctypes.PyDLL(None, use_errno=True).process_vm_readv
_readv.restype = ctypes.c_ssize_t
_readv.argtypes = (
    ctypes.c_int,
    *(ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong),
)


def read(pid: int, address: int, size: int) -> bytes:
    """What stands at *address* in the memory of *pid*, *size* bytes, at most MOST_BYTES; fewer
    or none where they cannot be read."""
    if not (0 < address < 1 << 63 and 0 < size <= MOST_BYTES):
        return b""
    _here[1] = _there[1] = size
    _there[0] = address
    count = _readv(pid, _here_at, 1, _there_at, 1, 0)
    if count < 0 and ctypes.get_errno() == errno.EPERM:
        return abi.peek(pid, address, size)
    return ctypes.string_at(_buffer_at, count) if count > 0 else b""


def to_end_of_page(address: int, most: int) -> int:
    """How much can be read at *address*, at most *most*, if anything can be read there."""
    return min(most, _PAGE - address % _PAGE)


def read_word(pid: int, address: int) -> int:
    """The pointer at *address* in the memory of *pid*; 0 if it cannot be read."""
    data = read(pid, address, 8)
    return int(_WORD.unpack(data)[0]) if len(data) == 8 else 0


class Path:
    """The places that are read one after the other, each found in the one before."""

    def __init__(self) -> None:
        self._pid = 0
        self._data = b""  # of all the places of the last time, as they are now
        self._starts: dict[tuple[int, int], int] = {}  # place -> where it stands in the data
        self._places = (ctypes.c_size_t * 0)()
        self._size = 0
        self._walked: list[tuple[int, int]] = []
        self._strayed = False

    def begin(self, pid: int) -> None:
        """Set out in the process *pid*."""
        self._pid, self._data, self._walked, self._strayed = pid, b"", [], False
        if self._size:
            _here[1] = self._size
            places, count = ctypes.addressof(self._places), len(self._starts)
            count = _readv(pid, _here_at, 1, places, count, 0)
            self._data = ctypes.string_at(_buffer_at, count) if count > 0 else b""

    def read(self, address: int, size: int) -> bytes:
        """What stands there; see `read`."""
        place = (address, size)
        self._walked.append(place)
        start = self._starts.get(place)
        if start is not None and start + size <= len(self._data):
            return self._data[start : start + size]
        self._strayed = True
        return read(self._pid, address, size)

    def word(self, address: int) -> int:
        """The pointer there; 0 if it cannot be read."""
        data = self.read(address, 8)
        return int(_WORD.unpack(data)[0]) if len(data) == 8 else 0

    def end(self) -> None:
        """Remember the way, if it was another one than the last time."""
        if not self._strayed:
            return
        self._starts, self._size = {}, 0
        for place in self._walked[:_MOST_PLACES]:
            address, size = place
            fits = 0 < address < 1 << 63 and 0 < size <= MOST_BYTES - self._size
            if fits and place not in self._starts:
                self._starts[place] = self._size
                self._size += size
        numbers = [number for place in self._starts for number in place]
        self._places = (ctypes.c_size_t * len(numbers))(*numbers)


class Shot:
    """Read our own memory in three steps, the middle one without calling a Python function.

    For what changes with every such call: `shot = Shot(where, size)`, `shot.fire(*shot.how)`,
    `shot.words()`.
    """

    fire = _readv

    def __init__(self, address: int, size: int) -> None:
        self.size = size
        self._buffer = ctypes.create_string_buffer(size)
        self._here = (ctypes.c_size_t * 2)(ctypes.addressof(self._buffer), size)
        self._there = (ctypes.c_size_t * 2)(address, size)
        places = ctypes.addressof(self._here), 1, ctypes.addressof(self._there), 1
        self.how = (os.getpid(), *places, 0)

    def words(self) -> tuple[int, ...]:
        """What was there, as pointers; zeros if it could not be read."""
        return struct.unpack_from(f"={self.size // 8}Q", self._buffer)
