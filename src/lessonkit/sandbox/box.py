"""Hold the client's ends of one box: give it its job, read what it writes, let it go.

`Box` is one sandbox that waits for one job; `Launcher` (starting.py) makes it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lessonkit.errors import LaunchError, SandboxError
from lessonkit.plain import encode_text
from lessonkit.sandbox.channel import ChannelError, Frames, send_frame
from lessonkit.sandbox.patience import MOST_OF_ALL
from lessonkit.sandbox.starting import Launcher
from lessonkit.sandbox.watching import Watch

__all__ = ["Box", "Output"]

OVERTIME_SECONDS = 20.0
"""How long after the wall clock's limit the box is ended from outside: see `_listen`."""


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

    def __init__(
        self, launcher: Launcher, *, trace: bool = False, scene: str | None = None
    ) -> None:
        self.launcher = launcher
        self.trace = trace
        self._ctl, ctl = socket.socketpair()
        self._out, out = os.pipe2(os.O_CLOEXEC)
        self._err, err = os.pipe2(os.O_CLOEXEC)
        self.pidfd = -1
        self._answered = False
        self.began = False
        self._watch: Watch | None = None
        try:
            # In a pid namespace of its own a program cannot name anybody outside.
            protected = [] if launcher.tier.parts.get("pid_ns") else _ourselves()
            message = {"op": "box", "trace": trace, "scene": scene, "protected": protected}
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
        watch: Watch | None = None,
        after_send: Callable[[], object] | None = None,
    ) -> tuple[dict[str, Any], Output, Output]:
        """Run *job* to its end; return init's report and what was written.

        Returns only when every process of the program is dead and reaped. Init, where it was
        alone in its pid namespace then, may still be exiting: it has nothing else to do, and
        its last milliseconds, in which the kernel takes the namespaces down, are not waited
        for. Raises LaunchError when the box failed. An interrupt (KeyboardInterrupt) ends the
        box first and is then raised.
        """
        limit = job["limits"]["output_bytes"]
        self._watch = watch
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
            seconds = job["limits"]["wall_seconds"] + OVERTIME_SECONDS
            if job.get("scene"):  # its clock may wait for a busy host
                seconds += MOST_OF_ALL * job["limits"]["wall_seconds"]
            report = self._listen({self._out: out, self._err: err}, seconds)
        except BaseException:
            self.kill()
            raise
        finally:
            self.close()
        if report == {"op": "overtime"}:
            report = _overtime(seconds)
        if report is None:
            raise LaunchError("the box ended without a report", tier=self.launcher.tier.name)
        report["snapshots_dropped"] = 0 if watch is None else watch.dropped
        return report, out, err

    def _listen(self, streams: dict[int, Output], seconds: float) -> dict[str, Any] | None:
        frames, report, ended, stopped = Frames(self._ctl), None, False, False
        until = time.monotonic() + seconds
        poller = select.poll()
        for fd in (self._ctl.fileno(), self.pidfd, *streams):
            poller.register(fd, select.POLLIN)
        while True:
            # Init can be gone while the end of what it sent still waits to be read.
            heard = report is not None or frames.closed
            if not streams and ((ended and heard) or (report is not None and report["alone"])):
                return report
            turn = until
            if self._watch is not None:
                self._watch.ask_if_due(self._ctl)
                turn = min(turn, self._watch.next_at)
            ready = poller.poll(max(0.0, min(turn - time.monotonic(), 1e6)) * 1000 + 1)
            if not ready and time.monotonic() >= until and self.began:
                # Init is kept busy and does not end the box. The program did that.
                self.kill()
                return {"op": "overtime"}
            for fd, _ in ready:
                if fd in streams:
                    chunk = os.read(fd, 1 << 16)
                    if not chunk:
                        del streams[fd]
                        poller.unregister(fd)
                    elif not streams[fd].take(chunk) and not stopped:
                        stopped = True
                        self._stop("output_bytes")
                elif fd == self.pidfd:
                    ended = True
                    poller.unregister(fd)
                else:
                    frames.feed()
                    report = self._read_frames(frames) or report
                    if frames.closed:
                        poller.unregister(fd)

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
            if message["op"] == "running":
                self.began = True
                if self._watch is not None:
                    self._watch.begin()
            if message["op"] == "snapshot" and self._watch is not None:
                self._watch.take(message)
            if message["op"] == "report":
                report = message

    def _stop(self, limit: str) -> None:
        with suppress(OSError):
            send_frame(self._ctl, {"op": "stop", "limit": limit})

    def has_ended(self, milliseconds: int = 0) -> bool:
        """Whether its init has ended, or does so within that time. Only of a box that was made."""
        gone = select.poll()
        gone.register(self.pidfd, select.POLLIN)
        return bool(gone.poll(milliseconds))

    def kill(self) -> None:
        """End the box now, and wait until nothing of it is left."""
        with suppress(LaunchError):
            self._take_answer()
        if self.pidfd < 0:
            return
        with suppress(OSError):
            self._ctl.shutdown(socket.SHUT_RDWR)  # init ends everything when we are gone
        if not self.has_ended(3000):
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            self.has_ended(3000)

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


def _overtime(seconds: float) -> dict[str, Any]:
    """The report of a box that had to be ended from outside: nothing but the limit is known."""
    return {
        "wait_status": None,
        "limit": "wall_seconds",
        "replies": [],
        "facts": encode_text({}),
        "wall_seconds": seconds,
        "cpu_seconds": 0.0,
        "program_cpu_seconds": 0.0,
        "largest_process_bytes": 0,
        "sampled_tree_bytes": 0,
        "cgroup_peak_bytes": None,
        "forks": None,
        "orphans_adopted": [],
        "zombies_left": [],
        "processes_left": [],
        "survivors": [],
        "alone": False,
        "at_return": None,
        "main_pid": 0,
        "init_pid": 1,
        "started": 0.0,
        "timeline": None,
        "truncated": True,
        "photographs": None,
    }


def _ourselves() -> list[int]:
    """Pids that a program must not touch where only a list protects them: every thread of
    this process (kill(2) takes the number of any of them), and its elders."""
    threads = [int(name) for name in os.listdir("/proc/self/task")]
    elders = [os.getpgid(0), os.getsid(0), os.getppid()]
    return sorted({pid for pid in (*threads, *elders) if pid > 1})


def _to(live: Callable[[str, bytes], object], name: str) -> Callable[[bytes], object]:
    return lambda chunk: live(name, chunk)
