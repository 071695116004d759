"""Scene 4.2: commands that start daemons and end; who adopts these, and who hears their codes?

Facts: `call`, `daemons` (pid, the parents that were seen, the code that init let it end with,
whether init had to reap it, its state in the end), `left`: what else is there afterwards.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.forking.inspector import Inspector
from lessonkit.scenes.forking.patience import Patience
from lessonkit.scenes.orphans.gates import place, running, tell
from lessonkit.scenes.zombies.stage import ask, at_rest, left_over, loaded, state, steady

__all__ = ["adopt"]

CALL_SECONDS = 8.0
START_SECONDS = 2.0
END_SECONDS = 5.0
HOLD_SECONDS = 0.05
"""How long each daemon stays after its adoption was seen."""

LONG_HOLD_SECONDS = 0.4
"""The same for one of them, so that they do not end in the order in which they began."""

LATE_SECONDS = 1.0
MOST_SECONDS = 4.0
"""After that a daemon is let go, even if the one that started it is still there: asleep, or at
work, perhaps because it waits for a processor."""

_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1)


@dataclass(kw_only=True, slots=True)
class _Daemon:
    """One daemon: the command that starts it, and what was seen of it."""

    command: tuple[str, ...]
    argv: tuple[str, ...]
    gate: str
    code: int
    hold_seconds: float
    pid: int | None = None
    parents: list[int] = field(default_factory=list)
    seen_at: float = 0.0
    adopted_at: float | None = None
    released: bool = False


def adopt(box: Box) -> None:
    """Hand over the commands, let the daemons end one after the other."""
    daemons = _daemons(box)
    patience = Patience(box, Inspector(box))
    if not loaded(box):
        return
    known = {p.identity for p in box.snapshot().processes}
    commands = [list(daemon.command) for daemon in daemons]
    reply, note = ask(
        box,
        None,
        commands,
        seconds=CALL_SECONDS,
        while_waiting=lambda: _watch(box, daemons, patience),
    )
    box.fact("call", note)
    if reply.kind == "value":
        box.wait_until(lambda: _all_seen(box, daemons), START_SECONDS)
        box.wait_until(lambda: _all_let_go(box, daemons), LATE_SECONDS + END_SECONDS)
        box.wait_until(steady(lambda: _all_ended(box, daemons)), END_SECONDS)
    box.fact("daemons", [_described(box, daemon) for daemon in daemons])
    box.fact(
        "left",
        left_over(box, lambda: [p for p in box.snapshot().processes if p.identity not in known]),
    )


def _daemons(box: Box) -> list[_Daemon]:
    count = box.rng.randint(3, 4)
    gates = [f"gate-{number}" for number in range(count)]
    folder = place(box, *gates)
    long, killed = box.rng.randrange(count), box.rng.randrange(count)
    codes = box.rng.sample(range(1, 256), count)
    codes[killed] = -box.rng.choice(_SIGNALS)
    daemons = []
    for number, (name, code) in enumerate(zip(gates, codes, strict=True)):
        inner = f"read code < {folder}/{name}; exit $code"
        outer = f"sh -c '{inner}' </dev/null >/dev/null 2>&1 & : > {folder}/{name}-run"
        daemons.append(
            _Daemon(
                command=("sh", "-c", outer),
                argv=("sh", "-c", inner),
                gate=f"{folder}/{name}",
                code=code,
                hold_seconds=LONG_HOLD_SECONDS if number == long else HOLD_SECONDS,
            )
        )
    return daemons


def _watch(box: Box, daemons: list[_Daemon], patience: Patience | None = None) -> None:
    """Find the daemons, and let each end a while after its adoption.

    The last one stays as long as who has adopted it only sleeps.
    """
    _find(box, daemons)
    now = time.monotonic()
    waiting = [daemon for daemon in daemons if not daemon.released]
    for daemon in daemons:
        if patience is not None and waiting == [daemon] and daemon.parents:
            adopter = daemon.parents[-1]
            if adopter != box.init_pid and not patience.over(adopter):
                continue
        if daemon.pid is None or daemon.released:
            continue
        adopted = daemon.adopted_at is not None and now >= daemon.adopted_at + daemon.hold_seconds
        late = MOST_SECONDS if _still_comes(box, daemon) else LATE_SECONDS
        if adopted or now >= daemon.seen_at + late:
            _let_go(box, daemon)


def _still_comes(box: Box, daemon: _Daemon) -> bool:
    """True if the process that has started it is at work: it may be about to end."""
    parent = box.process(daemon.parents[-1]) if daemon.parents else None
    return parent is not None and not at_rest([parent])


def _find(box: Box, daemons: list[_Daemon]) -> None:
    snapshot = box.snapshot()
    for daemon in daemons:
        if daemon.released:
            continue
        for process in running(snapshot, daemon.argv)[:1]:
            if daemon.pid is None:
                daemon.pid, daemon.seen_at = process.pid, time.monotonic()
            if process.pid != daemon.pid:
                continue
            if process.ppid not in daemon.parents[-1:]:
                daemon.parents.append(process.ppid)
            if daemon.adopted_at is None and process.ppid in (box.student_pid, box.init_pid):
                daemon.adopted_at = time.monotonic()


def _let_go(box: Box, daemon: _Daemon) -> None:
    if daemon.pid is None:
        return
    if daemon.code < 0:
        box.kill(daemon.pid, -daemon.code)
        daemon.released = True
    else:
        daemon.released = tell(daemon.gate, str(daemon.code))


def _all_seen(box: Box, daemons: list[_Daemon]) -> bool:
    _find(box, daemons)
    return all(daemon.pid is not None for daemon in daemons)


def _all_let_go(box: Box, daemons: list[_Daemon]) -> bool:
    _watch(box, daemons)
    return all(daemon.released for daemon in daemons if daemon.pid is not None)


def _all_ended(box: Box, daemons: list[_Daemon]) -> bool:
    """True if all daemons have ended and the student's process sleeps: all is as it stays."""
    ended = all(state(box, d.pid) in (None, "Z") for d in daemons if d.pid is not None)
    student = box.process(box.student_pid)
    return ended and (student is None or at_rest([student]))


def _described(box: Box, daemon: _Daemon) -> dict[str, Any]:
    return {
        "command": list(daemon.command),
        "pid": daemon.pid,
        "parents": daemon.parents,
        "code": daemon.code,
        "released": daemon.released,
        "command_run": os.path.lexists(f"{daemon.gate}-run"),
        "reaped_by_init": daemon.pid in {corpse.pid for corpse in box.adopted},
        "state": None if daemon.pid is None else state(box, daemon.pid),
    }
