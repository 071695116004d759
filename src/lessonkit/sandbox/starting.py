"""Start the launcher and speak to it: the client's side.

Does not fork the calling process. May be used from several threads.
"""

from __future__ import annotations

import array
import json
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from lessonkit.errors import LaunchError
from lessonkit.sandbox import rootfs
from lessonkit.sandbox.tiers import Tier

__all__ = ["Launcher"]

_START_SECONDS = 20.0
_CODE = (
    "import sys, os; sys.path[:] = os.environ.pop('P').split('\\n'); "
    "from lessonkit.sandbox.launcher import main; main(int(sys.argv[1]))"
)
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Launcher:
    """A running launcher process for one tier. `close` ends it and all its boxes."""

    def __init__(self, tier: Tier, *, cgroup: bool = False, prepare: Sequence[str] = ()) -> None:
        """prepare: modules whose `prepare()` it calls once, before it makes any box."""
        self.tier = tier
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._asked: deque[object] = deque()
        self._answers: dict[object, tuple[dict[str, Any], list[int]]] = {}
        self._settings = tier.settings()
        search = _search_path()
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sock.settimeout(_START_SECONDS)
        words = os.memfd_create("launcher-stderr")  # read only when it does not start
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _CODE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                start_new_session=True,
                cwd="/",
                env={"P": "\n".join(search), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            )
        config = {**self._settings, **self._fixed(search), "cgroup": cgroup}
        config["prepare"] = list(prepare)
        try:
            self._sock.send(json.dumps(config).encode())
            answer = self._receive()[0]
        except OSError as error:
            self.close()
            last = os.pread(words, 4096, 0).decode("utf-8", "replace").strip().split("\n")[-1]
            raise LaunchError(
                f"the launcher did not start: {last or error}", tier=tier.name
            ) from error
        finally:
            os.close(words)
        if answer["op"] != "up":
            self.close()
            raise LaunchError(f"cannot use tier {tier.name!r}: {answer['why']}", tier=tier.name)

    @property
    def pid(self) -> int:
        """The launcher's pid."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """False once it has ended."""
        return self._process.poll() is None

    def _fixed(self, search: list[str]) -> dict[str, Any]:
        prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
        paths = rootfs.python_paths(sys.executable, prefixes, search)
        return {
            "paths": [*paths, _PACKAGE],
            "readable": [*paths, _PACKAGE],
            "hostname": "sandbox",
            "home": "/tmp",
            "environment": {},
            "disk_bytes": 32 << 20,
            "disk_inodes": 4096,
        }

    def send(self, who: object, message: dict[str, Any], fds: list[int]) -> None:
        """Ask for a box for *who*; its answer is taken by `answer_for`."""
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
        with self._lock:
            try:
                self._sock.sendmsg([json.dumps(message).encode()], [rights])
            except OSError as error:
                raise self._gone(error) from error
            self._asked.append(who)

    def answer_for(self, who: object) -> tuple[dict[str, Any], list[int]]:
        """The launcher's answer about the box of *who*. They come in the order of asking."""
        with self._lock:
            while who not in self._answers:
                try:
                    answer = self._receive()
                except OSError as error:
                    raise self._gone(error) from error
                self._answers[self._asked.popleft()] = answer
            return self._answers.pop(who)

    def _gone(self, error: OSError) -> LaunchError:
        return LaunchError(f"the launcher (pid {self.pid}) is gone: {error}", tier=self.tier.name)

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        data, control, _, _ = self._sock.recvmsg(1 << 18, socket.CMSG_SPACE(64))
        fds = array.array("i")
        for level, kind, payload in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
        if not data:
            raise ConnectionResetError(f"it ended (exit code {self._process.poll()})")
        answer: dict[str, Any] = json.loads(data)
        return answer, list(fds)

    def close(self) -> None:
        """End the launcher and every box it made; return when it is gone."""
        self._sock.close()
        if self.owner != os.getpid():
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
            return
        self._process.kill()
        self._process.wait()


def _search_path() -> list[str]:
    """Where the launcher may import from: packages, never a home or a course."""
    parent = os.path.dirname(_PACKAGE)
    prefixes = {os.path.realpath(p) + os.sep for p in (sys.prefix, sys.base_prefix)}
    kept = [
        path
        for path in sys.path
        if os.path.isabs(path)
        and (
            os.path.basename(path) in ("site-packages", "dist-packages")
            or any(os.path.realpath(path).startswith(p) for p in prefixes)
        )
    ]
    return kept if parent in kept else [*kept, parent]
