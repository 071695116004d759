"""Scene 3.7: are the commands started, do they end without a zombie, and at what price?

A command blocks on a FIFO until init writes a line that nobody could know before; then it
writes that line to a file. So a command that was seen with its exact argv and whose file
holds the line was truly run, and init decides when it ends.

Facts: `call`, `commands` (pid, parents, whether the last one ignores SIGCHLD, whether init
reaped it, finished), `children` (of the student's process at the end), `left` (what else runs
then), `waited_faults` (cminflt that the call and the ends of the commands added),
`sigchld_ignored`, `codes` (of later children), `kept` (whether the kernel kept their statuses for
the student's process), `later_faults` (cminflt that rose before anybody asked), `delivered`.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field
from typing import Any

from lessonkit import procfs
from lessonkit.records import ProcessInfo
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.later import use_the_process, waited_faults
from lessonkit.scenes.zombies.stage import (
    ask,
    at_rest,
    family,
    loaded,
    state,
    steady,
)

__all__ = ["no_corpses"]

CALL_SECONDS = 10.0
START_SECONDS = 1.0
BUSY_SECONDS = 5.0
"""The same while somebody new is at work or waits for a CPU: a busy host is nobody's mistake."""

END_SECONDS = 3.0
SETTLE_SECONDS = 2.0
HOLD_SECONDS = 0.25
"""How long init keeps a command that it has seen, so that who returns early has returned."""

LONG_HOLD_SECONDS = (2.0, 3.0)
"""The same for one of them: who only guesses when the commands have ended shall be wrong."""

BUSY_HOLD_SECONDS = 1.0
"""At least this while the student's process is at work or waits for a CPU."""

LEAVE_SECONDS = 2.0
"""How long a helper may take to see that the last command has ended, and to end as well."""


@dataclass(kw_only=True, slots=True)
class _Command:
    """One command of the list and what was seen of it."""

    argv: tuple[str, ...]
    folder: int
    gate: str
    out: str
    line: str
    hold_seconds: float
    pid: int | None = None
    parents: list[int] = field(default_factory=list)
    ignored: bool = False
    seen_at: float = 0.0
    released: bool = False

    def finished(self) -> bool:
        """True once it has written the line that init gave it."""
        try:
            # Whatever lies there by now was made by others: never wait for it.
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
            fd = os.open(self.out, flags, dir_fd=self.folder)
        except OSError:
            return False
        try:
            return os.read(fd, 100) == self.line.encode() + b"\n"
        except OSError:
            return False
        finally:
            os.close(fd)


def no_corpses(box: Box) -> None:
    """Hand over the commands, let them end one after the other, then use the process."""
    commands = _commands(box)
    if not loaded(box):
        return
    known = {p.pid for p in box.snapshot().processes}
    faults = waited_faults(box)
    reply, note = ask(
        box,
        None,
        [list(command.argv) for command in commands],
        seconds=CALL_SECONDS,
        while_waiting=lambda: _watch(box, commands),
    )
    box.fact("call", note)
    box.fact("commands", _described(box, commands))
    if reply.kind != "value":
        return
    if not box.wait_until(lambda: _all_seen(box, commands), START_SECONDS):
        resting = steady(lambda: at_rest(p for p in box.snapshot().processes if p.pid not in known))
        box.wait_until(lambda: _all_seen(box, commands) or resting(), BUSY_SECONDS)
    box.wait_until(lambda: _all_ended(commands), END_SECONDS)
    _settle(box, commands)
    children = box.snapshot().children_of(box.student_pid)
    box.fact("commands", _described(box, commands))
    box.fact("children", family(children))

    def left() -> list[ProcessInfo]:
        return [p for p in box.snapshot().processes if p.pid not in known and not p.is_zombie]

    box.wait_until(lambda: not left(), LEAVE_SECONDS)
    box.wait_until(lambda: at_rest(left()), END_SECONDS)
    box.fact("left", family(left()))
    box.fact("waited_faults", waited_faults(box) - faults)
    use_the_process(box)


def _commands(box: Box) -> list[_Command]:
    place = os.path.join(box.home, f"jobs-{box.rng.getrandbits(32):08x}")
    os.mkdir(place)
    os.chmod(place, 0o777)
    # By now it is surely ours. Later its name may lead elsewhere: the student's code may write
    # beside it, and where there are no namespaces init may be root of the host.
    folder = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    commands = []
    count = box.rng.randint(3, 4)
    long = box.rng.randrange(count)
    for number in range(count):
        gate, out = f"{place}/gate-{number}", f"{place}/out-{number}"
        os.mkfifo(f"gate-{number}", dir_fd=folder)
        os.chmod(f"gate-{number}", 0o644, dir_fd=folder)
        code = box.rng.randint(0, 255)
        script = f'read line < {gate}; echo "$line" > {out}; exit {code}'
        commands.append(
            _Command(
                argv=("sh", "-c", script),
                folder=folder,
                gate=f"gate-{number}",
                out=f"out-{number}",
                line=f"{box.rng.getrandbits(64):016x}",
                hold_seconds=box.rng.uniform(*LONG_HOLD_SECONDS)
                if number == long
                else HOLD_SECONDS,
            )
        )
    return commands


def _watch(box: Box, commands: list[_Command]) -> None:
    """During the call: find the commands, and let each end a while after it was seen."""
    _find(box, commands)
    now = time.monotonic()
    least = 0.0 if state(box, box.student_pid) == "S" else BUSY_HOLD_SECONDS
    for command in commands:
        hold = max(command.hold_seconds, least)
        if command.pid is not None and now >= command.seen_at + hold:
            _release(command)


def _all_seen(box: Box, commands: list[_Command]) -> bool:
    _find(box, commands)
    return all(command.pid is not None for command in commands)


def _all_ended(commands: list[_Command]) -> bool:
    started = [command for command in commands if command.pid is not None]
    for command in started:
        _release(command)
    return all(command.finished() for command in started)


def _settle(box: Box, commands: list[_Command]) -> None:
    """Wait until nothing will change any more: no command ends, no handler is about to run."""
    box.wait_until(steady(lambda: _at_end(box, commands)), SETTLE_SECONDS)


def _at_end(box: Box, commands: list[_Command]) -> bool:
    """True if all commands are gone or zombies of the student's process, and it is asleep."""
    snapshot, ours = box.snapshot(), box.student_pid
    found = [snapshot.get(c.pid) for c in commands if c.pid is not None]
    ended = all(p is None or (p.is_zombie and p.ppid == ours) for p in found)
    return ended and at_rest(p for p in snapshot.processes if ours in (p.pid, p.ppid))


def _find(box: Box, commands: list[_Command]) -> None:
    """Look for processes that run the commands; remember who their parents are."""
    waiting = {command.argv: command for command in commands if not command.released}
    if not waiting:
        return
    for process in box.snapshot().processes:
        full = procfs.read_process(process.pid, cmdline=True)
        command = waiting.get(full.cmdline or ()) if full is not None else None
        if command is None or full is None:
            continue
        if command.pid is None:
            command.pid, command.seen_at = full.pid, time.monotonic()
        if full.pid == command.pid:
            if full.ppid not in command.parents[-1:]:
                command.parents.append(full.ppid)
            mask = box.status_field(full.ppid, "SigIgn")
            command.ignored = mask is not None and bool(int(mask, 16) >> 16 & 1)


def _release(command: _Command) -> None:
    """Write the line into the FIFO, if the command has it open for reading by now."""
    if command.released:
        return
    try:
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW
        fd = os.open(command.gate, flags, dir_fd=command.folder)
    except OSError:  # ENXIO: it has not come to its `read` yet; we are asked again
        return
    try:
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            os.write(fd, (command.line + "\n").encode())
    except OSError:
        pass  # it ended in this very moment, or the FIFO is none any more
    finally:
        os.close(fd)
    command.released = True


def _described(box: Box, commands: list[_Command]) -> list[dict[str, Any]]:
    adopted = {corpse.pid for corpse in box.adopted}
    return [
        {
            "argv": list(c.argv),
            "pid": c.pid,
            "parents": c.parents,
            "ignored": c.ignored,
            "adopted": c.pid in adopted,
            "finished": c.finished(),
        }
        for c in commands
    ]
