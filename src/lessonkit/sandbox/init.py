"""Be init: pid 1 of a box. Set the box up, run one job in it, report, end everything.

Trusted, and never runs student code. Without a pid namespace the same code is the
"keeper": a subreaper outside the student's reach.

Life of a box: set up, fork the student's process (which waits), report "ready", wait for
one job, run it, kill and reap all that is left, report, exit. When the client or the
launcher goes away at any moment, everything in the box ends.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from lessonkit.plain import decode_text, encode_text
from lessonkit.records import Limits, Snapshot, Timeline, to_json
from lessonkit.sandbox import cgroup, homes, kernel, killing, landlock, namespaces, plays, program
from lessonkit.sandbox.channel import (
    MOST_JOB_BYTES,
    ChannelError,
    Frames,
    Outbox,
    Packets,
    send_frame,
    send_packets,
)
from lessonkit.sandbox.counting import tasks_of_user
from lessonkit.sandbox.keeper import Keeper, LimitHit
from lessonkit.sandbox.photographs import Photographs
from lessonkit.sandbox.stage import Stage
from lessonkit.sandbox.tracer import Tracer
from lessonkit.sandbox.watching import ASK, message_of, plain_process, plain_snapshot

__all__ = ["main"]


class _Gone(Exception):
    """The client has gone: end everything, there is nobody to report to."""


class _Stopped(Exception):
    """The client saw a limit that only it can see (output), or was interrupted."""


def main(settings: dict[str, Any], ctl: socket.socket, out: int, err: int) -> NoReturn:
    """Run one box from its set-up to its end. Never returns."""
    code = 1
    try:
        _Init(settings, ctl, out, err).live()
        code = 0
    except _Gone:
        _end(settings)
    except BaseException as error:  # report what we can: the client must not guess
        _end(settings)
        _report_failure(ctl, error)
    finally:
        os._exit(code)


def _end(settings: dict[str, Any]) -> None:
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    killing.end_all(settings)
    if not settings["new_root"]:
        homes.remove_home(settings["home"])


def _launcher_died(*_: object) -> NoReturn:
    raise _Gone


def _report_failure(ctl: socket.socket, error: BaseException) -> None:
    import traceback

    trace = "".join(traceback.format_exception(error))
    try:
        send_frame(ctl, {"op": "failed", "why": f"{error}" or repr(error), "trace": trace})
    except OSError:
        pass


class _Init:
    def __init__(self, settings: dict[str, Any], ctl: socket.socket, out: int, err: int) -> None:
        self._settings = settings
        self._ctl = ctl
        self._frames = Frames(ctl)
        self._outbox = Outbox(ctl)
        self._jobs: list[tuple[dict[str, Any], bytes]] = []
        self._talks: list[tuple[dict[str, Any], bytes]] = []
        self._stop: str | None = None
        self._set_up(out, err)

    # -- set-up ---------------------------------------------------------------------------

    def _set_up(self, out: int, err: int) -> None:
        settings = self._settings
        if settings["pid_ns"]:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            namespaces.set_up(settings, out, err)
        else:
            # Killed with its launcher, a keeper could not end the program: it is told.
            signal.signal(signal.SIGUSR1, _launcher_died)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGUSR1)
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
            os.setsid()
            if settings["landlock"]:
                landlock.enter_keeper_domain()
                settings["in_keeper_domain"] = True
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        kernel.set_name("init")
        kernel.set_command_line("init")
        self._keeper = Keeper(settings)
        self._fork_student(out, err)
        send_frame(self._ctl, {"op": "ready", "pid": os.getpid()})
        if not self._settings["trace"] and not self._frames.is_waiting:
            self._rehearse()

    def _rehearse(self) -> None:
        """Go through a job's motions once, while nobody waits, and leave no trace of it.

        A forked process copies each page that it writes to for the first time, be it only to
        count references to what is in there; so write to them now.
        """
        keeper, limits = self._keeper, to_json(Limits())
        nothing = encode_text({"args": [1, "a"], "stdin": b"", "files": {}})
        here, there = socket.socketpair()
        with here, there:
            send_frame(here, {"op": "job", "plain": nothing, "limits": limits}, b"blob")
            frames = Frames(there)
            frames.feed()
            message, blob = frames.take() or ({}, b"")
        job = _REHEARSAL | message | decode_text(message["plain"])
        stage = Stage(keeper, self._channel, self._packets, job, blob)
        photographs = Photographs(keeper, None)
        keeper.start_clock(limits)
        reply = stage.request({"op": "rehearse", **{k: job.get(k) for k in _JOB_KEYS}}, blob=blob)
        stage.keep_reply(reply)
        stage.photograph_return()
        killing.is_childless()
        forks, wall = keeper.forks(), keeper.stop_clock()
        report = self._report(stage, None, forks, wall, [], photographs)
        encode_text(json.dumps(report))
        keeper.peak_rss_bytes = 0
        if reply.kind != "value":
            raise OSError(5, f"the program's process did not get ready: {reply.problem}")

    def _fork_student(self, out: int, err: int) -> None:
        keeper = self._keeper
        # In a pid namespace nobody but init can be named, and init is 1.
        own = [os.getpid()] if self._settings["pid_ns"] else [os.getpid(), os.getppid()]
        others = [] if self._settings["pid_ns"] else self._settings["protected"]
        self._settings["protected"] = [*others, *own]
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            ours.close()
            program.main(self._settings, theirs, out, err)
        theirs.close()
        os.close(out)
        os.close(err)
        keeper.student_pid = pid
        self._channel = ours
        self._packets = Packets(ours, trusted=False)
        keeper.watch(ours.fileno(), self._hear_student)
        keeper.watch(self._ctl.fileno(), self._hear_client)
        keeper.pump(lambda: self._packets.messages or keeper.student_status is not None, 10.0)
        if not self._packets.messages:
            raise OSError(5, f"the program's process did not start ({keeper.student_status})")
        self._packets.messages.clear()
        if self._settings["student_user_ns"]:
            namespaces.map_user(pid, self._settings)
        if self._settings["trace"]:
            keeper.tracer = Tracer()
            keeper.tracer.seize(pid)
        send_packets(ours, {"op": "go"})

    def _hear_student(self) -> None:
        try:
            self._packets.feed()
        except ChannelError as error:
            self._keeper.on_channel_error(str(error))
        if self._packets.closed:
            self._keeper.unwatch(self._channel.fileno())

    def _hear_client(self) -> None:
        self._frames.feed()
        while (frame := self._frames.take()) is not None:
            message, blob = frame
            if message["op"] == "stop":
                self._stop = message["limit"]
            elif message["op"] == "talk":
                self._talks.append((message, blob))
            elif message["op"] == ASK:
                show = self._send_snapshot
                self._keeper.show_next_sample(show, message["seconds"], now=message["now"])
            else:
                self._jobs.append((message, blob))
        if self._frames.closed:
            raise _Gone
        if self._stop is not None:
            raise _Stopped

    def _send_snapshot(self, snapshot: Snapshot) -> None:
        if self._outbox.is_empty:
            self._outbox.offer(message_of(snapshot, self._keeper.started))
            if not self._outbox.is_empty:
                self._keeper.when_writable(self._ctl.fileno(), self._send_more)

    def _send_more(self) -> bool:
        self._outbox.push()
        return self._outbox.is_empty

    # -- the job --------------------------------------------------------------------------

    def live(self) -> None:
        """Wait for one job, run it, report."""
        try:
            self._live()
        except _Gone:
            raise
        except BaseException:
            with suppress(OSError):
                self._outbox.finish()  # the report of the failure comes after it
            raise

    def _live(self) -> None:
        keeper = self._keeper
        keeper.pump(lambda: self._jobs or keeper.student_status is not None)
        if not self._jobs:
            raise OSError(5, "the program's process ended before it got anything to do")
        job, blob = self._jobs.pop(0)
        job |= decode_text(job.pop("plain"), max_bytes=MOST_JOB_BYTES)
        job["extra_processes"] = self._extra_processes()
        if self._settings["new_root"]:
            namespaces.resize_tmp(self._settings, job["limits"])
        cgroup.set_limits(self._settings, job["limits"])
        if keeper.tracer is not None:
            keeper.tracer.tell_lines_of(job["sources"])
        stage = Stage(keeper, self._channel, self._packets, job, blob)
        photographs = Photographs(keeper, job["sample_seconds"])
        limit = self._run(stage, job)
        if limit is None and cgroup.memory_kills(self._settings):
            limit = "tree_memory_bytes"
        stage.take_stock()
        forks = keeper.forks()
        wall = keeper.stop_clock()
        survivors = keeper.end_all()
        if not self._settings["new_root"]:
            homes.remove_home(self._settings["home"])
        report = self._report(stage, limit, forks, wall, survivors, photographs)
        self._outbox.finish()
        send_frame(self._ctl, report)

    def _extra_processes(self) -> int:
        """How many processes that are not the program's count against its limit."""
        settings = self._settings
        if settings["pid_ns"] or settings["unused_uid"]:
            extra: int = settings["extra_processes"]
            return extra
        return tasks_of_user() - 1

    def _run(self, stage: Stage, job: dict[str, Any]) -> str | None:
        """Play the job to its end; return the name of the limit that ended it, if any."""
        told = {"op": "job", "lines": bool(job["sources"])}
        stage.hand_over({k: job[k] for k in _JOB_KEYS} | told)
        self._keeper.start_clock(job["limits"], waited=stage.waited if job["scene"] else None)
        send_frame(self._ctl, {"op": "running"})  # from here on it must not be run again
        try:
            play: Callable[[Stage], None] = plays.play_program
            if job["scene"] is not None:
                module_name, name = job["scene"].split(":")
                module = importlib.import_module(f"lessonkit.scenes.{module_name}")
                play = module.SCENES[name]
                stage.wait_for_job()
            elif job["mode"] == "function":
                play = plays.play_function
            elif job["mode"] == "session":
                play = self._hold_session
            play(stage)
            if self._keeper.student_status is None:
                stage.finish()
        except LimitHit as hit:
            return hit.name
        except _Stopped:
            return self._stop
        return None

    def _hold_session(self, stage: Stage) -> None:
        from lessonkit.sandbox import sessions  # only sessions need it: see `Launcher`

        def answer(head: dict[str, Any], blob: bytes) -> None:
            self._outbox.finish()
            send_frame(self._ctl, head, blob)

        sessions.hold(stage, self._keeper, self._channel, self._packets, self._talks, answer)

    def _timeline(self) -> Timeline | None:
        keeper = self._keeper
        if keeper.tracer is None:
            return None
        ended = sum(status is not None for status in keeper.fixtures.values())
        return keeper.tracer.timeline(keeper.started, strangers=ended)

    def _report(
        self,
        stage: Stage,
        limit: str | None,
        forks: int | None,
        wall: float,
        survivors: list[Any],
        photographs: Photographs,
    ) -> dict[str, Any]:
        keeper = self._keeper
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        largest = usage.ru_maxrss * 1024
        return {
            "op": "report",
            "wait_status": keeper.student_status,
            "limit": limit,
            "replies": stage.replies,
            "facts": encode_text(stage.facts, max_bytes=MOST_JOB_BYTES),
            "wall_seconds": wall,
            "cpu_seconds": keeper.cpu_seconds(),
            "largest_process_bytes": largest,
            "sampled_tree_bytes": keeper.peak_rss_bytes,
            "cgroup_peak_bytes": cgroup.peak_memory(self._settings),
            "forks": forks,
            "orphans_adopted": to_json(stage.orphans_adopted),
            "zombies_left": to_json(stage.zombies_left),
            "processes_left": [plain_process(p) for p in stage.processes_left],
            "survivors": [plain_process(p) for p in survivors],
            "at_return": plain_snapshot(stage.at_return),
            "main_pid": keeper.student_pid,
            "init_pid": os.getpid(),
            # Nobody but init is left in its pid namespace: it has reaped to the last (ECHILD).
            "alone": bool(self._settings["pid_ns"]) and not survivors,
            "started": keeper.started,
            "program_cpu_seconds": keeper.student_cpu_seconds,
            "timeline": to_json(self._timeline()),
            "truncated": photographs.truncated,
            "photographs": [plain_snapshot(s) for s in photographs.kept]
            if photographs.wanted
            else None,
        }


_REHEARSAL: dict[str, Any] = {"params": {}, "seed": 0, "sources": {}}
_JOB_KEYS = (
    "scene",
    "limits",
    "sources",
    "stdin",
    "files",
    "line_buffered",
    "trace",
    "extra_processes",
)
