"""Follow the events of a timeline one by one, and keep for each life what changed at which step.

The rules are the kernel's, as far as events say: a pid belongs to one process until it is
reaped; only who runs can be stopped; with a process its threads are gone. Where a timeline is
cut, sampled or contradicts itself, nothing is made up: a parent that is not known stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lessonkit.records import Event, Timeline
from lessonkit.show.lanes import LETTERS, program_name
from lessonkit.show.words import wait_status_words

__all__ = ["Life", "State", "Telling"]

State = Literal["run", "stop", "ended", "zombie", "gone"]
_DEAD = ("ended", "zombie", "gone")


@dataclass(kw_only=True, slots=True, eq=False)
class Life:
    """One process, or thread, from its first to its last step.

    since: the first step at which it is known to have been there.
    told: the step at which it is first spoken of; later than `since` if its birth is not.
    born: the step of its birth, None if the timeline does not show it.
    gone: the step at which it was gone, None if it was there to the end.
    maker: who forked it; lanes are nested by that, whoever adopted it later.
    """

    pid: int
    since: int
    told: int
    born: int | None = None
    gone: int | None = None
    execed: int | None = None
    is_thread: bool = False
    was_killed: bool = False
    maker: Life | None = None
    depth: int = 0
    states: list[tuple[int, State, str]] = field(default_factory=list)
    names: list[tuple[int, str]] = field(default_factory=list)
    parents: list[tuple[int, Life | None]] = field(default_factory=list)
    how_it_ended: str = ""
    threads: list[Life] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Its state after the step that was told last."""
        return self.states[-1][1]

    @property
    def parent(self) -> Life | None:
        """Its parent after the step that was told last, None if unknown."""
        return self.parents[-1][1]

    def becomes(self, step: int, state: State, words: str) -> None:
        """Note that it is in another state from *step* on."""
        self.states.append((step, state, words))
        if state == "gone" and self.gone is None:
            self.gone = step


class Telling:
    """The lives of one timeline, while `tell` is called for each event in order.

    actors: per step, who acted; of a reaping that is the parent. None if nobody is known.
    marks: (step, life, letter of `LETTERS`).
    links: (step, from, to, "fork" | "reparent" | "reap" | "signal").
    """

    def __init__(self, timeline: Timeline) -> None:
        self.lives: list[Life] = []
        self.actors: list[Life | None] = []
        self.marks: list[tuple[int, Life, str]] = []
        self.links: list[tuple[int, Life, Life, str]] = []
        self._now: dict[int, Life] = {}
        self._last_names = timeline.names
        # The last known name is the first one too, of those that never ran another program.
        self._executed = {event.pid for event in timeline.events if event.kind == "exec"}

    def tell(self, step: int, event: Event) -> None:
        """Take one event in."""
        this = self._life(event.pid, step)
        getattr(self, f"_{event.kind}")(step, event, this)
        reaped_by = self._known(event.by) if event.kind == "reap" else None
        self.actors.append(reaped_by or this)

    def in_order(self) -> list[Life]:
        """All lives: those that nobody made first, each followed by those that it made."""
        made: dict[int, list[Life]] = {}
        for life in self.lives:
            if life.maker is not None:
                made.setdefault(id(life.maker), []).append(life)
        placed: dict[int, Life] = {}
        for first in [life for life in self.lives if life.maker is None] + self.lives:
            waiting = [(first, 0)]
            while waiting:
                life, depth = waiting.pop()
                if id(life) not in placed:
                    placed[id(life)] = life
                    life.depth = depth
                    waiting += [(child, depth + 1) for child in reversed(made.get(id(life), []))]
        return list(placed.values())

    def _life(self, pid: int, step: int) -> Life:
        """The process with this pid; made now if it is mentioned for the first time."""
        life = self._now.get(pid)
        if life is None or (life.gone is not None and life.gone < step):
            # Without a birth it was there before the first event, unless the pid was used then.
            life = self._new(pid, step, since=0 if life is None else step)
        return life

    def _new(self, pid: int, step: int, *, since: int) -> Life:
        life = Life(pid=pid, since=since, told=step)
        life.states.append((since, "run", "runs"))
        life.parents.append((since, None))
        life.names.append((since, "" if pid in self._executed else self._last_names.get(pid, "")))
        self.lives.append(life)
        self._now[pid] = life
        return life

    def _known(self, pid: int | None) -> Life | None:
        return None if pid is None else self._now.get(pid)

    def _parent(self, pid: int | None, step: int) -> Life | None:
        """The process that an event names as a parent: it is there, so it is shown."""
        return self._life(pid, step) if pid is not None and pid > 0 else None

    def _start(self, step: int, event: Event, this: Life) -> None:
        self._is_born(this, step)
        parent = self._parent(event.by, step)
        if parent is not None and parent is not this:
            this.parents.append((step, parent))
            this.maker = this.maker or parent
        if event.text:
            this.names.append((step, event.text))

    def _fork(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "fork")
        if event.child is None or event.child == event.pid:
            return
        child = self._now.get(event.child)
        # What a child does can be told before its birth.
        if child is None or child.born is not None or child.state in _DEAD:
            if child is not None and child.gone is None:  # its end was not seen, but is certain
                child.becomes(step, "gone", "gone, how was not seen")
            child = self._new(event.child, step, since=step)
        self._is_born(child, step)
        child.maker = child.maker or this
        child.is_thread = event.how == "thread"
        child.parents.append((step, this))
        if child.is_thread:  # the end of a thread is no event
            this.threads.append(child)
            child.states.append((step, "run", "thread, its end is not recorded"))
        if this.names[-1][1] and len(child.names) == 1:
            child.names.append((step, this.names[-1][1]))
        self.links.append((step, this, child, "fork"))

    def _is_born(self, life: Life, step: int) -> None:
        if life.born is None:
            life.born, life.since = step, max(life.since, life.told)

    def _exec(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "exec")
        this.execed = step if this.execed is None else this.execed
        this.names.append((step, program_name(event.text or "?")))
        self._end_threads(step, this)

    def _exit(self, step: int, event: Event, this: Life) -> None:
        killed = event.wait_status is not None and event.wait_status & 0x7F != 0
        self._mark(step, this, "kill" if killed else "exit")
        if this.state in _DEAD:
            return
        self._ends(this, event.wait_status)
        if this.is_thread:
            this.becomes(step, "gone", "gone, with its thread's end")
        else:
            this.becomes(step, "ended", _joined("has ended", this.how_it_ended))
        self._end_threads(step, this)

    def _zombie(self, step: int, event: Event, this: Life) -> None:
        parent = self._parent(event.by, step)
        if parent is not None and parent is not this and parent is not this.parent:
            this.parents.append((step, parent))
        if this.state not in ("zombie", "gone"):
            this.becomes(step, "zombie", _joined("zombie", this.how_it_ended))

    def _reap(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "reap")
        if event.wait_status is not None and not this.how_it_ended:
            self._ends(this, event.wait_status)
        reaper = self._parent(event.by, step)
        if reaper is not None and reaper is not this:
            self._mark(step, reaper, "wait")
            self.links.append((step, this, reaper, "reap"))
            words = f"gone, reaped by {reaper.pid}"
        elif event.by == 0:
            words = "gone, nobody had to reap it"
        else:
            words = "gone, by whom it was reaped was not seen"
        if this.state != "gone":
            this.becomes(step, "gone", words)
        self._end_threads(step, this)

    def _reparent(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "reparent")
        parent = self._parent(event.by, step)
        if parent is not this:
            this.parents.append((step, parent))
            if parent is not None:
                self.links.append((step, this, parent, "reparent"))

    def _signal(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "signal")
        sender = self._known(event.by) if event.by else None
        if sender is not None and sender is not this and sender.gone is None:
            self.links.append((step, sender, this, "signal"))

    def _send(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "send")

    def _stop(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "stop")
        if this.state == "run":
            this.becomes(step, "stop", "stopped")

    def _continue(self, step: int, event: Event, this: Life) -> None:
        self._mark(step, this, "continue")
        if this.state == "stop":
            this.becomes(step, "run", "runs")

    def _ends(self, this: Life, wait_status: int | None) -> None:
        if wait_status is not None:
            this.how_it_ended = wait_status_words(wait_status)
            this.was_killed = wait_status & 0x7F != 0

    def _end_threads(self, step: int, this: Life) -> None:
        for thread in this.threads:
            if thread.gone is None:
                thread.becomes(step, "gone", f"gone, with its process {this.pid}")
        this.threads.clear()

    def _mark(self, step: int, life: Life, what: str) -> None:
        self.marks.append((step, life, LETTERS[what]))


def _joined(state: str, how: str) -> str:
    return f"{state}, {how}" if how else state
