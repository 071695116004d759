"""Play the plain run and the scenes of checks: init's side of the student's process.

`Stage` implements `lessonkit.scenes.api.Box` on top of a `Keeper` and the channel to the
student's process. What comes through that channel is a claim, never a fact.
"""

from __future__ import annotations

import os
import random
import signal
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from lessonkit.plain import encode_text
from lessonkit.records import Corpse, ProcessInfo, Snapshot, to_json
from lessonkit.sandbox import kernel, killing, program
from lessonkit.sandbox.channel import ChannelError, Packets, send_packets
from lessonkit.sandbox.keeper import Keeper
from lessonkit.sandbox.limits import apply_limits
from lessonkit.sandbox.patience import Deadline
from lessonkit.sandbox.replies import error_of, reply_of
from lessonkit.scenes.api import Reply

__all__ = ["Stage"]

POLL_SECONDS = 0.01
_LAST_PACKETS = 256
_JOB_SECONDS = 20.0
_FIXTURE_PROCESSES = 16
_TICK = os.sysconf("SC_CLK_TCK")


class Stage:
    """One job in one box. See `lessonkit.scenes.api.Box` for what scenes may call."""

    def __init__(
        self, keeper: Keeper, channel: Any, packets: Packets, job: dict[str, Any], blob: bytes
    ) -> None:
        self.params: dict[str, Any] = job["params"]
        self.rng = random.Random(job["seed"])
        self.student_pid = keeper.student_pid
        self.init_pid = os.getpid()
        self.home: str = keeper.settings["home"]
        self.adopted: list[Corpse] = keeper.adopted
        self.zombies_left: list[Corpse] = []
        self.processes_left: list[ProcessInfo] = []
        self.facts: dict[str, Any] = {}
        self.replies: list[dict[str, Any]] = []
        self.args: list[Any] = job["args"]
        self.exit_code = 0
        self.at_return: Snapshot | None = None
        self._stock_taken = False
        self.orphans_adopted: list[Corpse] = []
        self._count = 0
        self._job_number = 0
        self._keeper = keeper
        self._channel = channel
        self._packets = packets
        self._job = job
        self._blob = blob

    # -- talking to the student's process -------------------------------------------------

    def hand_over(self, job: dict[str, Any]) -> None:
        """Send the job itself. Its answer is looked at before that of the first request."""
        self._count += 1
        self._job_number = self._count
        with suppress(OSError):  # it has ended already: the first request finds that out
            send_packets(self._channel, {**job, "number": self._count})

    def wait_for_job(self) -> None:
        """Return when the process has taken the job: from then on it is as scenes expect it,
        with the student's user, directory and signals. Raises OSError when it has not."""
        self._keeper.pump(
            lambda: self._packets.messages or self._keeper.student_status is not None, _JOB_SECONDS
        )
        self._check_job()
        if self._job_number:
            raise OSError(5, f"the program's process did not take the job in {_JOB_SECONDS:g} s")

    def _check_job(self) -> None:
        """Raise OSError when the process could not take the job. The answer is the first that
        it sends, from before any code of the student's was loaded: it can be trusted."""
        if not self._job_number or not self._packets.messages:
            return
        reply = reply_of(self._packets.messages.popleft()[0], {})
        self._job_number = 0
        if reply.kind != "value":
            why = reply.error.message if reply.error else reply.problem or reply.kind
            raise OSError(5, f"the program's process could not take the job: {why}")

    def request(
        self,
        message: dict[str, Any],
        *,
        blob: bytes = b"",
        fds: Sequence[int] = (),
        seconds: float = float("inf"),
        while_waiting: Callable[[], object] | None = None,
        measured: bool = False,
    ) -> Reply:
        """Send one request and wait for its reply, the process's end, or the time.

        What the process waits for a processor of a busy host is not counted (`patience`).
        """
        keeper, packets = self._keeper, self._packets
        self._count += 1
        message = {**message, "number": self._count}
        began, deadline = time.monotonic(), Deadline(seconds, self.waited)
        cpu = self._student_cpu() if measured else 0.0
        try:
            send_packets(self._channel, message, tuple(fds), blob=blob)
        except OSError:
            packets.closed = True  # the program closed its end; it may still be running
        problem: list[str] = []
        keeper.on_channel_error = problem.append

        def done() -> bool:
            self._check_job()
            while packets.messages and not _answers(packets.messages[0][0], self._count):
                packets.messages.popleft()  # late, from a call that was given up before
            return bool(packets.messages or problem or keeper.student_status is not None)

        at_a_time = float("inf") if while_waiting is None else POLL_SECONDS
        while not keeper.pump(done, min(at_a_time, deadline.left())):
            if not deadline.left():
                break
            if while_waiting is not None:
                while_waiting()
        self._last_words()
        self._check_job()
        if self._job_number and keeper.student_status is not None:
            raise OSError(5, "the program's process ended before it could take the job")
        spent: dict[str, Any] = {
            "wall_seconds": time.monotonic() - began,
            "cpu_seconds": max(0.0, self._student_cpu() - cpu) if measured else 0.0,
            "strays": packets.strays,
            "stray_errors": tuple(map(error_of, packets.stray_errors)),
        }
        # One that comes later is told with the next reply.
        packets.strays, packets.stray_errors = 0, []
        if packets.messages:
            return reply_of(packets.messages.popleft()[0], spent)
        if problem:
            return Reply(kind="bad", problem=problem[0], **spent)
        if keeper.student_status is not None:
            return Reply(kind="gone", wait_status=keeper.student_status, **spent)
        return Reply(kind="timeout", **spent)

    def _last_words(self) -> None:
        """Take what was sent just before the process ended."""
        if self._keeper.student_status is None or self._packets.messages:
            return
        with suppress(ChannelError):
            for _ in range(_LAST_PACKETS):  # others may still be sending: not for ever
                before = len(self._packets.messages), self._packets.strays
                self._packets.feed()
                if self._packets.closed or self._packets.messages:
                    break
                if before == (len(self._packets.messages), self._packets.strays):
                    break

    def _student_cpu(self) -> float:
        process = self._keeper.view.process(self.student_pid)
        if process is None:
            return 0.0
        return (process.user_ticks + process.system_ticks) / _TICK

    def load(self) -> Reply:
        """Load the student's code."""
        return self.request({"op": "load", **self._loading()}, blob=self._blob, seconds=5.0)

    def load_and_call(self) -> Reply:
        """Load the student's function and call it with the job's arguments, in one step."""
        message = {"op": "function", "args": self._job["args"], **self._loading()}
        return self.request(message, blob=self._blob)

    def _loading(self) -> dict[str, Any]:
        return {name: self._job[name] for name in ("how", "name", "filename")}

    def call(
        self,
        handle: int | None,
        *args: Any,
        seconds: float = 3.0,
        while_waiting: Callable[[], object] | None = None,
    ) -> Reply:
        """Call the student's function, or a callable that it returned before."""
        message = {"op": "call", "handle": handle, "args": list(args)}
        return self.request(message, seconds=seconds, while_waiting=while_waiting, measured=True)

    def run_program(self) -> Reply:
        """Run the job's source text, or become its argv; returns at the program's end."""
        job = self._job
        if job["mode"] == "argv":
            return self.request({"op": "exec", "argv": job["args"]})
        message = {"op": "program", "filename": job["filename"], "args": job["args"]}
        return self.request(message, blob=self._blob)

    def photograph_return(self) -> None:
        """Photograph what the program left at its return; it is blocked until we go on."""
        if self._keeper.student_status is None:
            self.at_return = self.snapshot()

    def keep_reply(self, reply: Reply) -> None:
        """Put a reply into the report: the client makes value and error of it."""
        self.replies.append(
            {
                "kind": reply.kind,
                "value": encode_text(reply.value),
                "is_callable": reply.handle is not None,
                "problem": reply.problem,
                "error": to_json(reply.error),
                "strays": reply.strays,
            }
        )

    def fixture(
        self, name: str, *args: Any, fds: Sequence[int] = (), with_function: bool = False
    ) -> Reply:
        """Run a trusted helper of the scene's module in the student's process."""
        message = {"op": "fixture", "name": name, "args": list(args), "function": with_function}
        return self.request(message, fds=fds, seconds=5.0)

    # -- the stage ------------------------------------------------------------------------

    def spawn(self, function: Callable[..., object], *args: Any) -> int:
        """Fork a trusted fixture process that runs under the student's user."""
        pid = os.fork()
        if pid == 0:
            self._be_fixture(function, args)
        self._keeper.fixtures[pid] = None
        return pid

    def _be_fixture(self, function: Callable[..., object], args: tuple[Any, ...]) -> NoReturn:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])  # init blocks SIGCHLD
            # What init handles or ignores; a child of this process could otherwise miss a signal
            # that it gets before it has set anything itself.
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGUSR1):
                signal.signal(number, signal.SIG_DFL)
            os.setsid()
            settings = self._keeper.settings
            if settings["student_user_ns"]:
                fd = os.open(f"/proc/{self.student_pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
                kernel.setns(fd, kernel.CLONE_NEWUSER)
            _keep_only_pipes(args)
            program.become_student(settings)
            # The same user as the student's process, with a copy of init's memory: not to be
            # traced, read, or robbed of its descriptors.
            kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
            # As many others as the student's process was allowed, and a few more: where the box
            # has no user of its own, all that this user runs on the host counts against the limit.
            extra = self._job["extra_processes"] + _FIXTURE_PROCESSES
            apply_limits(self._job["limits"], extra_processes=extra)
            os.environ.clear()
            os.environ.update(program.ENVIRONMENT)
            function(*args)
        finally:
            os._exit(0)

    def snapshot(self) -> Snapshot:
        """All processes in the box now."""
        return self._keeper.snapshot()

    def process(self, pid: int) -> ProcessInfo | None:
        """One process now, or None."""
        return self._keeper.view.process(pid)

    def status_field(self, pid: int, name: str) -> str | None:
        """One line of /proc/PID/status."""
        return self._keeper.view.status_field(pid, name)

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Poll *condition* every few milliseconds until it is true or time is up.

        What the box waits for a processor of a busy host is not counted (`patience`).
        """
        deadline = Deadline(seconds, self.waited)
        while not condition():
            left = deadline.left()
            if left <= 0:
                return bool(condition())  # init may have been kept waiting since it looked
            self._keeper.pump(lambda: False, min(0.003, left))
        return True

    def waited(self) -> tuple[float, float]:
        """How long the student's process, and init, stood ready to run without a processor, and
        the processor time that the box has used: what `patience.Deadline` asks for.

        The sum: what one of them waits from now on counts, however much the other has waited.
        """
        view = self._keeper.view
        waited = view.waited_seconds(self.student_pid) + view.waited_seconds(self.init_pid)
        return waited, self._keeper.used_seconds

    def kill(self, pid: int, sig: int) -> None:
        """Send a signal as init."""
        with suppress(ProcessLookupError):
            os.kill(pid, sig)

    @contextmanager
    def hold_reaping(self) -> Iterator[None]:
        """While entered, init does not reap what it adopted."""
        self._keeper.holding = True
        try:
            yield
        finally:
            self._keeper.holding = False
            self._keeper.reap()

    def forks(self) -> int | None:
        """Processes and threads made in the box so far."""
        return self._keeper.forks()

    def fact(self, name: str, value: Any) -> None:
        """Write down plain data for the judge."""
        self.facts[name] = value

    def finish(self, seconds: float = 3.0) -> None:
        """Let the student's process exit, and see what it leaves behind."""
        keeper = self._keeper
        if keeper.student_status is None:
            with suppress(OSError):
                send_packets(self._channel, {"op": "exit", "code": self.exit_code})
            if not keeper.pump(lambda: keeper.student_status is not None, seconds):
                self.kill(self.student_pid, signal.SIGKILL)
                keeper.pump(lambda: keeper.student_status is not None)
        self.take_stock()

    def take_stock(self) -> None:
        """Sort what is dead or still alive at the program's end, or at the end of its time."""
        keeper = self._keeper
        if self._stock_taken:
            return
        self._stock_taken = keeper.student_status is not None
        late = keeper.adopted[keeper.adopted_before_end :]
        # Without children of init there is nothing to see: not worth a look into /proc.
        now = None if killing.is_childless() else keeper.snapshot()
        alive = [] if now is None else [p for p in keeper.others(now) if not p.is_zombie]
        if keeper.student_status is None and now is not None:
            # A limit ended it: its corpses are still its own.
            late = [
                Corpse(pid=p.pid, wait_status=p.exit_status or 0)
                for p in now.children_of(self.student_pid)
                if p.is_zombie
            ]
            self.orphans_adopted = list(keeper.adopted)
        else:
            self.orphans_adopted = keeper.adopted[: keeper.adopted_before_end]
            self.orphans_adopted += [c for c in late if c.pid in keeper.known_orphans]
        self.zombies_left[:] = [c for c in late if c.pid not in keeper.known_orphans]
        self.processes_left[:] = alive


def _answers(message: Any, number: int) -> bool:
    """Whether this is the answer to that request. What is no answer at all counts as one:
    it is looked at, and found to be nonsense, by `reply_of`."""
    return not isinstance(message, dict) or message.get("number", number) == number


def _keep_only_pipes(args: tuple[Any, ...]) -> None:
    """Close all that init had open, but the pipe ends that the fixture was given."""
    wanted = {arg for arg in args if type(arg) is int and arg > 2 and _is_pipe(arg)}
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    for fd in range(3, 1024):
        if fd not in wanted:
            with suppress(OSError):
                os.close(fd)


def _is_pipe(fd: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False
