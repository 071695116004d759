"""Carry plain data between client, launcher, init and the student's process.

Two kinds of pipe, both made of unix sockets:

* `send_frame` and `Frames`: length-prefixed frames on a stream, between client and init,
  which trust each other. What is not JSON in them was encoded by `lessonkit.plain` before.
* `send_packets` and `Packets`: sequenced packets, between init and the student's process.
  The far end is hostile: anything odd that it sends becomes a `ChannelError`, and nothing
  is ever evaluated or unpickled.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from collections import deque
from contextlib import suppress
from typing import Any

from lessonkit.plain import PlainError, decode, encode

__all__ = [
    "MOST_JOB_BYTES",
    "MOST_REPLY_BYTES",
    "ChannelError",
    "Frames",
    "Outbox",
    "Packets",
    "send_frame",
    "send_packets",
]

MOST_JOB_BYTES = 48 << 20
"""How large the arguments, input and files of one job may be, encoded."""

_HEADER = struct.Struct("!II")
_MAX_FRAME = 64 * 1024 * 1024
_PACKET = 64 * 1024
_MOST_STRAY_ERRORS = 3
MOST_REPLY_BYTES = 1024 * 1024
_MORE, _LAST, _STRAY = b"+", b".", b"s"


class ChannelError(Exception):
    """What came through the channel is not a message of ours."""


def send_frame(sock: socket.socket, message: Any, blob: bytes = b"") -> None:
    """Send one message (JSON) and, unencoded, its *blob*; blocks until it is written."""
    data = json.dumps(message).encode()
    sock.sendall(_HEADER.pack(len(data), len(blob)) + data + blob)


class Outbox:
    """Send frames without ever waiting for the reader; what does not go out at once is kept,
    and while something is kept nothing else is taken."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._rest = b""

    @property
    def is_empty(self) -> bool:
        """True if everything has gone out."""
        return not self._rest

    def offer(self, message: Any) -> None:
        """Send one message, or forget it while there is a former one."""
        if self.is_empty:
            data = json.dumps(message).encode()
            self._rest = _HEADER.pack(len(data), 0) + data
            self.push()

    def push(self) -> None:
        """Send what the socket takes now."""
        try:
            sent = self._sock.send(self._rest, socket.MSG_DONTWAIT) if self._rest else 0
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # the reader is gone: reading tells
            self._rest = b""
            return
        self._rest = self._rest[sent:]

    def finish(self) -> None:
        """Send what is left, and wait for that: another frame may follow."""
        self._sock.sendall(self._rest)
        self._rest = b""


class Frames:
    """Take messages out of a stream, as many as have arrived."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self.closed = False

    @property
    def is_waiting(self) -> bool:
        """True if something has arrived, or the far end has gone."""
        try:
            self._sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

    def feed(self) -> None:
        """Read what is there, once. Sets `closed` at the end of the stream."""
        try:
            data = self._sock.recv(1 << 16)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # ECONNRESET: the other side was killed with data unread
            data = b""
        if not data:
            self.closed = True
        self._buffer += data

    def take(self) -> tuple[Any, bytes] | None:
        """The next whole message with its blob, or None."""
        if len(self._buffer) < _HEADER.size:
            return None
        size, blob_size = _HEADER.unpack_from(self._buffer)
        if size + blob_size > _MAX_FRAME:
            raise ChannelError(f"a frame of {size + blob_size} bytes is too large")
        end = _HEADER.size + size + blob_size
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[_HEADER.size : end])
        del self._buffer[:end]
        return json.loads(body[:size]), body[size:]


def send_packets(
    sock: socket.socket,
    message: Any,
    fds: tuple[int, ...] = (),
    *,
    blob: bytes = b"",
    max_bytes: int = _MAX_FRAME,
) -> None:
    """Send one message as packets, with descriptors on the first one."""
    data = encode(message, max_bytes=max_bytes)
    data = struct.pack("!I", len(data)) + data + blob
    chunks = [data[i : i + _PACKET] for i in range(0, len(data), _PACKET)]
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    for number, chunk in enumerate(chunks):
        mark = _LAST if number == len(chunks) - 1 else _MORE
        sock.sendmsg([mark, chunk], rights if number == 0 else [])


def send_stray(sock: socket.socket, error: dict[str, Any] | None = None) -> None:
    """Say that a copy of the student's process came back where only one should.

    error: what had brought it back, if it had raised something: type, message and traceback.
    """
    words = b""
    if error is not None:
        most = {"type": 200, "message": 1000, "traceback": 4000}
        with suppress(PlainError, MemoryError):  # that it came back is to be told in any case
            words = encode({name: str(error[name])[-n:] for name, n in most.items()})
    sock.send(_STRAY + words)


class Packets:
    """Put messages together from packets.

    strays: how many copies of the student's process reported. stray_errors: what brought the
    first of them back, as they say: dicts of anything, to be trusted like any other message.
    """

    def __init__(self, sock: socket.socket, *, trusted: bool) -> None:
        self._sock = sock
        self._parts: list[bytes] = []
        self._size = 0
        self._trusted = trusted
        self.messages: deque[tuple[Any, bytes, list[int]]] = deque()
        self.fds: list[int] = []
        self.strays = 0
        self.stray_errors: list[dict[str, Any]] = []
        self.closed = False

    def feed(self, *, block: bool = False) -> None:
        """Read one packet. Raises ChannelError for what is not ours."""
        flags = 0 if block else socket.MSG_DONTWAIT
        try:
            data, fds = self._receive(flags)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data, fds = b"", []
        if not self._trusted:
            for fd in fds:  # descriptors from the student's side are not wanted
                os.close(fd)
        else:
            self.fds += fds
        if not data:
            self.closed = True
        elif data[:1] == _STRAY:
            self._add_stray(data[1:])
        else:
            self._add(data)

    def _receive(self, flags: int) -> tuple[bytes, list[int]]:
        size = array.array("i").itemsize
        room = socket.CMSG_SPACE(64 * size) if self._trusted else 0
        data, control, _, _ = self._sock.recvmsg(_PACKET + 16, room, flags)
        fds = array.array("i")
        for level, kind, payload in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(payload[: len(payload) - len(payload) % size])
        return data, list(fds)

    def _add_stray(self, words: bytes) -> None:
        self.strays += 1
        if not words or len(self.stray_errors) >= _MOST_STRAY_ERRORS:
            return
        try:
            error = decode(words, max_bytes=_PACKET)
        except PlainError as problem:
            raise ChannelError(str(problem)) from problem
        if isinstance(error, dict):
            self.stray_errors.append(error)

    def _add(self, data: bytes) -> None:
        mark, chunk = data[:1], data[1:]
        self._parts.append(chunk)
        self._size += len(chunk)
        limit = _MAX_FRAME if self._trusted else MOST_REPLY_BYTES + 64
        if mark not in (_MORE, _LAST) or self._size > limit:
            self._parts, self._size = [], 0
            raise ChannelError(f"{len(data)} bytes that are not a message")
        if mark == _LAST:
            whole, self._parts, self._size = b"".join(self._parts), [], 0
            fds, self.fds = self.fds, []
            most = _MAX_FRAME if self._trusted else MOST_REPLY_BYTES
            self.messages.append((*_split(whole, most), fds))


def _split(whole: bytes, most: int) -> tuple[Any, bytes]:
    if len(whole) < 4:
        raise ChannelError(f"{len(whole)} bytes that are not a message")
    (size,) = struct.unpack_from("!I", whole)
    try:
        message = decode(whole[4 : 4 + size], max_bytes=most)
    except PlainError as error:
        raise ChannelError(str(error)) from error
    return message, whole[4 + size :]
