"""Hold the client's ends of launcher and box: start them, speak to them, let them go.

`Launcher` is one launcher process; `Box` is one sandbox that waits for one job. Neither
forks the calling process. Both may be used from several threads, and after a fork of the
caller a new launcher is started, because the old one belongs to the parent.
"""

from __future__ import annotations

import array
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lessonkit.errors import LaunchError, SandboxError
from lessonkit.sandbox import rootfs
from lessonkit.sandbox.channel import ChannelError, Frames, send_frame
from lessonkit.sandbox.tiers import Tier

__all__ = ["Box", "Launcher", "Output"]

_START_SECONDS = 20.0
_CODE = (
    "import sys, os; sys.path[:] = os.environ.pop('P').split('\\n'); "
    "from lessonkit.sandbox.launcher import main; main(int(sys.argv[1]))"
)
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Launcher:
    """A running launcher process for one tier. `close` ends it and all its boxes."""

    def __init__(self, tier: Tier, *, cgroup: bool = False) -> None:
        self.tier = tier
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._asked: deque[Box] = deque()
        self._answers: dict[Box, tuple[dict[str, Any], list[int]]] = {}
        self._settings = tier.settings()
        search = _search_path()
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sock.settimeout(_START_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _CODE, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("LK_DEBUG") else subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
                env={"P": "\n".join(search), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
            )
        config = {**self._settings, **self._fixed(search), "cgroup": cgroup}
        try:
            self._sock.send(json.dumps(config).encode())
            answer = self._receive()[0]
        except OSError as error:
            self.close()
            raise LaunchError(f"the launcher did not start: {error}", tier=tier.name) from error
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
            "protected": [os.getpid(), os.getpgid(0), os.getsid(0), os.getppid()],
            "disk_bytes": 32 << 20,
            "disk_inodes": 4096,
        }

    def start_box(self, *, trace: bool = False, settings: dict[str, Any] | None = None) -> Box:
        """Make a box that waits for its job. Does not wait for it to be made."""
        return Box(self, trace=trace, settings=settings or {})

    def send(self, box: Box, message: dict[str, Any], fds: list[int]) -> None:
        """Ask for *box*; its answer is taken by `answer_for`."""
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
        with self._lock:
            try:
                self._sock.sendmsg([json.dumps(message).encode()], [rights])
            except OSError as error:
                raise self._gone(error) from error
            self._asked.append(box)

    def answer_for(self, box: Box) -> tuple[dict[str, Any], list[int]]:
        """The launcher's answer about *box*. Answers come in the order of the requests."""
        with self._lock:
            while box not in self._answers:
                try:
                    answer = self._receive()
                except OSError as error:
                    raise self._gone(error) from error
                self._answers[self._asked.popleft()] = answer
            return self._answers.pop(box)

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


class Output:
    """What a program wrote to one stream, up to a limit."""

    def __init__(self, limit: int, live: Callable[[bytes], object] | None) -> None:
        self.data = bytearray()
        self.truncated = False
        self._limit = limit
        self._live = live

    def take(self, chunk: bytes) -> bool:
        """Keep what fits; False once more came than is allowed."""
        room = self._limit - len(self.data)
        kept = chunk[:room]
        self.data += kept
        if self._live is not None and kept:
            self._live(kept)
        self.truncated = self.truncated or len(chunk) > room
        return not self.truncated


class Box:
    """One sandbox that waits for one job."""

    def __init__(self, launcher: Launcher, *, trace: bool, settings: dict[str, Any]) -> None:
        self.launcher = launcher
        self.trace = trace
        self._ctl, ctl = socket.socketpair()
        self._out, out = os.pipe2(os.O_CLOEXEC)
        self._err, err = os.pipe2(os.O_CLOEXEC)
        self.pidfd = -1
        self._answered = False
        try:
            message = {"op": "box", "trace": trace, **settings}
            launcher.send(self, message, [ctl.fileno(), out, err])
        except BaseException:
            self._answered = True
            self.close()
            raise
        finally:
            ctl.close()
            os.close(out)
            os.close(err)

    def _take_answer(self) -> None:
        """Wait until the launcher has made the box. Raises LaunchError if it could not."""
        if self._answered:
            return
        self._answered = True
        answer, fds = self.launcher.answer_for(self)
        if answer["op"] != "started":
            raise LaunchError(
                f"a box could not be made: {answer['why']}", tier=self.launcher.tier.name
            )
        self.pidfd = fds[0]

    def run_job(
        self,
        job: dict[str, Any],
        blob: bytes,
        *,
        live: Callable[[str, bytes], object] | None = None,
        after_send: Callable[[], object] | None = None,
    ) -> tuple[dict[str, Any], Output, Output]:
        """Run *job* to its end; return init's report and what was written.

        Returns only when every process of the box is gone. Raises LaunchError when the box
        failed. An interrupt (KeyboardInterrupt) ends the box first and is then raised.
        """
        limit = job["limits"]["output_bytes"]
        out, err = (
            Output(limit, None if live is None else _to(live, name))
            for name in ("stdout", "stderr")
        )
        try:
            with suppress(OSError):  # it ended already: the end of its control socket tells
                send_frame(self._ctl, job, blob)
            self._take_answer()
            if after_send is not None:
                after_send()
            report = self._listen({self._out: out, self._err: err})
        except BaseException:
            self.kill()
            raise
        finally:
            self.close()
        if report is None:
            raise LaunchError("the box ended without a report", tier=self.launcher.tier.name)
        return report, out, err

    def _listen(self, streams: dict[int, Output]) -> dict[str, Any] | None:
        frames, report, ended = Frames(self._ctl), None, False
        poller = select.poll()
        for fd in (self._ctl.fileno(), self.pidfd, *streams):
            poller.register(fd, select.POLLIN)
        while streams or not ended:
            for fd, _ in poller.poll():
                if fd in streams:
                    chunk = os.read(fd, 1 << 16)
                    if not chunk:
                        del streams[fd]
                        poller.unregister(fd)
                    elif not streams[fd].take(chunk):
                        self._stop("output_bytes")
                elif fd == self.pidfd:
                    ended = True
                    poller.unregister(fd)
                else:
                    frames.feed()
                    report = self._read_frames(frames) or report
                    if frames.closed:
                        poller.unregister(fd)
        return report

    def _read_frames(self, frames: Frames) -> dict[str, Any] | None:
        report = None
        while True:
            try:
                frame = frames.take()
            except ChannelError as error:
                raise SandboxError(f"init sent nonsense: {error}") from error
            if frame is None:
                return report
            message = frame[0]
            if message["op"] == "failed":
                raise LaunchError(
                    f"the box failed: {message['why']}\n{message['trace']}",
                    tier=self.launcher.tier.name,
                )
            if message["op"] == "report":
                report = message

    def _stop(self, limit: str) -> None:
        with suppress(OSError):
            send_frame(self._ctl, {"op": "stop", "limit": limit})

    def kill(self) -> None:
        """End the box now, and wait until nothing of it is left."""
        with suppress(LaunchError):
            self._take_answer()
        if self.pidfd < 0:
            return
        with suppress(OSError):
            self._ctl.shutdown(socket.SHUT_RDWR)  # init ends everything when we are gone
        gone = select.poll()
        gone.register(self.pidfd, select.POLLIN)
        if not gone.poll(3000):
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            gone.poll(3000)

    def close(self) -> None:
        """Give back the descriptors of this box."""
        if not self._answered and self.launcher.owner == os.getpid():
            with suppress(LaunchError):  # its answer must not be taken for another box's
                self._take_answer()
        self._ctl.close()
        for name in ("_out", "_err", "pidfd"):
            fd = getattr(self, name)
            if fd >= 0:
                os.close(fd)
                setattr(self, name, -1)


def _to(live: Callable[[str, bytes], object], name: str) -> Callable[[bytes], object]:
    return lambda chunk: live(name, chunk)


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
