"""Hold the facts: what ran, how it ended, what the kernel saw, what follows from it.

Running makes these records; showing and checking only read them. None of them holds
a live process. All are frozen, compare by value, and turn into JSON with `to_json`.

Times are seconds on the monotonic clock; in a `Run` they count from its start.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Corpse",
    "Ending",
    "Event",
    "Fact",
    "Limits",
    "ProcessInfo",
    "Run",
    "Snapshot",
    "Strength",
    "StudentError",
    "Timeline",
    "Usage",
    "Verdict",
    "register_renderer",
    "to_json",
]

Strength = Literal["kernel", "best effort", "none"]
"""How a guarantee is kept: by the kernel, by a watcher that can be late, or not at all."""

MiB = 1024 * 1024

_renderers: dict[str, Callable[[Any], dict[str, str]]] = {}


def register_renderer(kind: str, render: Callable[[Any], dict[str, str]]) -> None:
    """Say how records of the class named *kind* are shown: record -> {MIME type: text}.

    Called by `lessonkit.show` when it is imported; records know nothing of showing.
    """
    _renderers[kind] = render


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed, but can be copied, pickled and taken apart."""

    def _refuse(self, *args: Any, **names: Any) -> Any:
        raise TypeError("records cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self),)


class Shown:
    """A record that Jupyter can show, once a renderer for its class is registered."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        render = _renderers.get(type(self).__name__)
        return render(self) if render is not None else {"text/plain": repr(self)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a program may use. What it sees at each limit: `lessonkit.sandbox.limits`."""

    wall_seconds: float = 10.0
    cpu_seconds: float = 10.0
    tree_cpu_seconds: float = 20.0
    memory_bytes: int = 512 * MiB
    tree_memory_bytes: int = 1024 * MiB
    max_processes: int = 64
    file_bytes: int = 16 * MiB
    open_files: int = 256
    output_bytes: int = 1 * MiB
    disk_bytes: int = 32 * MiB
    disk_inodes: int = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessInfo:
    """One process as `/proc` showed it at one moment.

    `pid` and `start_ticks` together name a process for one boot; `pid` alone does not,
    because numbers are used again. Source: proc_pid_stat(5).
    """

    pid: int
    ppid: int
    pgid: int
    sid: int
    comm: str
    state: str
    start_ticks: int
    threads: int = 1
    flags: int = 0
    uid: int = -1
    user_ticks: int = 0
    system_ticks: int = 0
    children_user_ticks: int = 0
    children_system_ticks: int = 0
    children_minor_faults: int = 0
    rss_bytes: int = 0
    exit_status: int | None = None
    cmdline: tuple[str, ...] | None = None

    @property
    def identity(self) -> tuple[int, int]:
        """The pair that survives the reuse of a pid: (pid, start time in ticks)."""
        return self.pid, self.start_ticks

    @property
    def is_zombie(self) -> bool:
        """True in state Z (ended, not yet reaped) and X (about to vanish)."""
        return self.state in ("Z", "X")


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot(Shown):
    """All processes of a tree as one pass over `/proc` saw them, ordered by pid.

    left_out: how many more there were that are not listed.
    """

    at_seconds: float
    processes: tuple[ProcessInfo, ...]
    left_out: int = 0

    def get(self, pid: int) -> ProcessInfo | None:
        """The process with this pid, or None if it was not there."""
        return next((p for p in self.processes if p.pid == pid), None)

    def children_of(self, pid: int) -> tuple[ProcessInfo, ...]:
        """Processes whose parent is *pid*, ordered by pid."""
        return tuple(p for p in self.processes if p.ppid == pid)


EventKind = Literal[
    "start",  # the first program of the run; pid
    "fork",  # pid made child; how: "fork" | "vfork" | "clone" | "thread"
    "exec",  # pid runs a new program; text: its path
    "exit",  # pid ended; wait_status
    "zombie",  # pid is dead and waits for its parent `by`
    "reap",  # by collected pid with wait(); by 0: nobody had to (auto-reaped); wait_status
    "reparent",  # pid has a new parent; by: new parent, old: former parent
    "signal",  # pid was delivered signal; by: sender pid, 0 = the kernel or outside
    "send",  # pid asked to send signal to child (may be <= 0); text: errno name if refused
    "stop",  # pid stopped by signal
    "continue",  # pid continued
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened to one process. Which fields are set depends on `kind`.

    line, source: the line of the program's own text that made the call, and the text's name
    in `Timeline.sources`; of "reap" that is the wait call of `by`. None where no call made
    it happen, or where it is not known. The program could write there what it likes.
    """

    at_seconds: float
    kind: EventKind
    pid: int
    child: int | None = None
    by: int | None = None
    old: int | None = None
    signal: int | None = None
    wait_status: int | None = None
    how: str | None = None
    text: str | None = None
    line: int | None = None
    source: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline(Shown):
    """What happened, in order of time.

    mode: "exact" (every event, seen by ptrace) or "sampled" (photographs of /proc;
    what was born and reaped between two of them is missing).
    missed_processes: how many processes were made but never seen; None if unknown.
    miss_rate: missed_processes over all that were made, 0.0 to 1.0; None if unknown.
    names: pid -> the last known name of the process (comm).
    sources: file name -> text, of the files that events name, as they were sent.
    """

    mode: Literal["exact", "sampled"]
    events: tuple[Event, ...]
    names: Mapping[int, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    sample_seconds: float | None = None
    missed_processes: int | None = None
    miss_rate: float | None = None
    perturbs: str = ""
    truncated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """How the program ended: it exited, a signal ended it, or it hit one of its limits.

    kind "limit" names the `Limits` field in `limit`; what else is known (the signal that
    the limit was enforced with) stays set. kind "not run": it never began, and `Run.note`
    says why (it did not compile, or there was neither a way to run it nor a recording).
    Source: wait(2).
    """

    kind: Literal["exited", "signaled", "limit", "not run"]
    exit_code: int | None = None
    term_signal: int | None = None
    core_dumped: bool = False
    limit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StudentError:
    """The exception that ended the student's function; traceback shows their lines only."""

    type: str
    message: str
    traceback: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpse:
    """A process that ended without being reaped by the program; init had to do it."""

    pid: int
    wait_status: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What the whole tree used, and how each number was measured."""

    wall_seconds: float
    cpu_seconds: float
    cpu_source: str
    peak_memory_bytes: int
    peak_memory_source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Run(Shown):
    """Everything that is known of one run of a program in a sandbox.

    value: what the function returned, as plain data. It is the program's own claim:
        judge by the kernel's facts. None also when there is no value: see value_problem.
    forks: processes and threads made inside, as the kernel counted them; None if unknown.
    zombies_left: children that had ended and were not reaped when the program ended.
    orphans_adopted: processes that init adopted and reaped while the program ran.
    processes_left: still alive when the program ended; they were killed then.
    snapshots_dropped: how many snapshots were due for `watch` and could not be had.
    facts: what a scene observed, by name, as plain data.
    note: what is to be read before it, a sentence that may have more lines below it: where
        a recorded run was recorded, what the compiler said.
    """

    ending: Ending
    value: Any = None
    value_problem: str | None = None
    error: StudentError | None = None
    stdout: str = ""
    stderr: str = ""
    stdout_truncated: bool = False
    stderr_truncated: bool = False
    usage: Usage
    forks: int | None = None
    forks_source: str = ""
    orphans_adopted: tuple[Corpse, ...] = ()
    zombies_left: tuple[Corpse, ...] = ()
    processes_left: tuple[ProcessInfo, ...] = ()
    at_return: Snapshot | None = None
    main_pid: int = 0
    init_pid: int = 0
    timeline: Timeline | None = None
    snapshots_dropped: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    tier: str = ""
    guarantees: Mapping[str, Strength] = field(default_factory=dict)
    limits: Limits = Limits()
    note: str = ""

    @property
    def ok(self) -> bool:
        """True if it exited with code 0 and its function, if any, raised nothing."""
        return self.ending.kind == "exited" and self.ending.exit_code == 0 and self.error is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that a check looked at.

    ok: True, False, or None when it could not be observed on this host.
    misconception: the id of the likely wrong idea (M3.3), with `why` in plain words.
    """

    name: str
    ok: bool | None
    points: float
    expected: str
    seen: str
    misconception: str | None = None
    why: str = ""
    hint: str = ""
    manual: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict(Shown):
    """What a check found: facts in order, points earned and possible.

    run_again: why it was not judged; then everybody gets all points. observable: False if that
    is so on this host whenever it is tried.
    """

    exercise: str
    title: str
    facts: tuple[Fact, ...]
    max_points: float
    problem: str | None = None
    stdout: str = ""
    stderr: str = ""
    tier: str = ""
    run_again: str | None = None
    observable: bool = True

    @property
    def points(self) -> float:
        """Points earned, rounded to two places; full points when it could not be judged."""
        if self.run_again is not None:
            return self.max_points
        return round(sum(f.points for f in self.facts if f.ok), 2)

    @property
    def passed(self) -> bool:
        """True if it was judged and every fact is as expected."""
        return self.run_again is None and bool(self.facts) and all(f.ok for f in self.facts)


def to_json(record: object) -> Any:
    """Turn a record into plain data: dicts, lists, strings, numbers, booleans and None."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {f.name: to_json(getattr(record, f.name)) for f in dataclasses.fields(record)}
    if isinstance(record, Mapping):
        return {str(k): to_json(v) for k, v in record.items()}
    if isinstance(record, (set, frozenset)):
        return [to_json(v) for v in sorted(record, key=repr)]
    if isinstance(record, (list, tuple)):
        return [to_json(v) for v in record]
    if isinstance(record, bytes):
        return record.decode("utf-8", "backslashreplace")
    if isinstance(record, float) and not (-1e308 < record < 1e308):
        return str(record)  # JSON has no NaN and no infinity
    return record
