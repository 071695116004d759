"""The words and numbers that all views share, and the making safe of foreign text."""

from __future__ import annotations

import re
import unicodedata

from lessonkit.records import Ending, Event, Limits, Timeline

__all__ = [
    "block",
    "clip",
    "columns",
    "duration",
    "ending_words",
    "event_words",
    "mode_words",
    "name",
    "number",
    "perturbs_words",
    "plural",
    "signal_name",
    "size",
    "wait_status_words",
]

MAX_BLOCK_CHARS = 20_000
MAX_NAME_CHARS = 200

# What a terminal would obey: CSI, OSC and the other string sequences, two-byte escapes.
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]"
)
_FROM_ONE = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT "
    "STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
_SIGNALS = {number: f"SIG{word}" for number, word in enumerate(_FROM_ONE.split(), start=1)}
_SIGNALS |= {34: "SIGRTMIN", 64: "SIGRTMAX"}
_JOINERS = "\u200c\u200d"  # emoji and several scripts are not legible without them


def name(text: str) -> str:
    r"""Make a name or a path safe for one line: `a<newline>b` becomes `a\nb`."""
    if len(text) > MAX_NAME_CHARS:
        text = text[:MAX_NAME_CHARS] + "..."
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def block(text: str, limit: int = MAX_BLOCK_CHARS) -> str:
    """Make output of a program safe to show: no terminal sequences, no invisible characters.

    Line ends stay, tabs become blanks. Of more than *limit* characters the middle is left
    out, and that is said in its place.
    """
    if len(text) > 2 * limit:  # first a coarse cut, so that the cleaning is bounded too
        text = text[:limit] + text[-limit:]
        cut = True
    else:
        cut = False
    text = _ESCAPE_SEQUENCE.sub("", text).replace("\r\n", "\n").expandtabs(8)
    safe = "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text)
    if cut or len(safe) > limit:
        safe = f"{safe[: limit // 2]}\n[... cut: too long to show ...]\n{safe[-(limit // 2) :]}"
    return safe


def columns(text: str) -> int:
    """Count the columns that *text* takes in a fixed-width font."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def clip(text: str, width: int) -> str:
    """Cut *text* to *width* columns, marking the cut with `~`, and fill it up with blanks."""
    if columns(text) > width:
        while text and columns(text) > width - 1:
            text = text[:-1]
        text += "~"
    return text + " " * (width - columns(text))


def number(value: float) -> str:
    """Write points and the like: 2, 1.5, 0.33."""
    return f"{round(value, 2):g}"


def duration(seconds: float) -> str:
    """Write a span of time with the unit that suits it: 0.3 ms, 45.1 ms, 2.50 s."""
    if abs(seconds) < 1:
        return f"{seconds * 1000:.1f} ms"
    return f"{seconds:.2f} s"


def size(count: int) -> str:
    """Write a number of bytes: 640 B, 12.3 MiB."""
    if count < 1024:
        return f"{count} B"
    amount = float(count)
    units = ["GiB", "MiB", "KiB"]
    while (amount := amount / 1024) >= 1024 and len(units) > 1:
        units.pop()
    return f"{amount:.1f} {units[-1]}"


def plural(count: int, one: str, many: str) -> str:
    """Write a count with its noun: 1 zombie, 2 zombies."""
    return f"{count} {one if count == 1 else many}"


def signal_name(signum: int) -> str:
    """Name a signal of Linux as signal(7) does, or by its number where it has no name.

    The record may be read on another system, whose numbers mean something else.
    """
    return _SIGNALS.get(signum, f"signal {signum}")


def wait_status_words(wait_status: int | None) -> str:
    """Read a wait status: "exit code 3", "SIGKILL (signal 9)". Source: wait(2)."""
    if wait_status is None:
        return "status not seen"
    signum = wait_status & 0x7F
    if signum == 0:
        return f"exit code {(wait_status >> 8) & 0xFF}"
    core = ", core dumped" if wait_status & 0x80 else ""
    return f"{signal_name(signum)} (signal {signum}{core})"


_LIMIT_WORDS = {
    "wall_seconds": "it ran longer than {} s",
    "cpu_seconds": "one process used more than {} s of CPU time",
    "tree_cpu_seconds": "all its processes together used more than {} s of CPU time",
    "memory_bytes": "one process used more than {} of memory",
    "tree_memory_bytes": "all its processes together used more than {} of memory",
    "max_processes": "it had more than {} processes and threads at a time",
    "file_bytes": "it wrote a file of more than {}",
    "open_files": "it opened more than {} files at a time",
    "output_bytes": "it printed more than {}",
    "disk_bytes": "it wrote more than {} to disk",
    "disk_inodes": "it made more than {} files",
}


def ending_words(ending: Ending, limits: Limits) -> str:
    """Say how a program ended, in one clause."""
    if ending.kind == "limit":
        field = ending.limit or ""
        allowed = getattr(limits, field, 0)
        shown = size(allowed) if field.endswith("bytes") else f"{allowed:g}"
        words = _LIMIT_WORDS.get(field, "it hit a limit").format(shown)
        return f"stopped at its limit {name(field)}: {words}"
    if ending.kind == "signaled" and ending.term_signal is not None:
        core = ", core dumped" if ending.core_dumped else ""
        return f"ended by {signal_name(ending.term_signal)} (signal {ending.term_signal}{core})"
    if ending.kind == "not run":
        return "was not run"
    return f"exited with code {ending.exit_code}"


def mode_words(timeline: Timeline, *, perturbs: bool = True) -> str:
    """Say how a timeline was made and what may be missing from it.

    perturbs: say what the making changed for the program, too.
    """
    if timeline.mode == "exact":
        words = "exact: every event, as the kernel reported it to a tracer"
    else:
        pace = f" every {duration(timeline.sample_seconds)}" if timeline.sample_seconds else ""
        words = f"sampled: photographs of /proc{pace}; what happened between two is worked out"
    if timeline.missed_processes is None and timeline.mode == "sampled":
        words += ". How many processes came and went unseen is not known"
    elif timeline.missed_processes:
        rate = f" ({timeline.miss_rate:.0%} of all)" if timeline.miss_rate is not None else ""
        count = plural(timeline.missed_processes, "process or thread", "processes or threads")
        words += f". {count} came and went unseen{rate}"
    elif timeline.mode == "sampled":
        words += ". No process was missed"
    if perturbs and timeline.perturbs:
        words += f". What this changes for the program: {perturbs_words(timeline)}"
    if timeline.truncated:
        words += ". Cut short: there were more events than are kept"
    return words + "."


def perturbs_words(timeline: Timeline) -> str:
    """Say what the making of a timeline changed for the program; "" if nothing."""
    return " ".join(block(timeline.perturbs).split())


def event_words(event: Event) -> tuple[int, str]:
    """Turn an event into who did something, and what: (3, "forks 4")."""
    pid, by, status = event.pid, event.by, wait_status_words(event.wait_status)
    words = {
        "start": "starts",
        "fork": "starts a thread" if event.how == "thread" else "forks",
        "exec": "runs a new program (exec)",
        "exit": f"ends: {status}",
        "zombie": "is a zombie now: ended, but not reaped",
        "reparent": f"has a new parent: {by}",
        "stop": "is stopped",
        "continue": "goes on",
        "signal": f"gets {signal_name(event.signal or 0)}",
        "send": f"sends {signal_name(event.signal or 0)} to {_target(event.child)}",
        "reap": "is gone: reaped, by whom was not seen",
    }.get(event.kind, event.kind)
    if event.kind == "fork" and event.child is not None:
        words += f" {event.child}" + (" (vfork)" if event.how == "vfork" else "")
    elif event.kind in ("start", "exec") and event.text:
        words += f": {name(event.text)}"
    elif event.kind == "zombie" and by is not None:
        words += f" by its parent {by}"
    elif event.kind == "reparent" and event.old is not None:
        words += f" (was {event.old})"
    elif event.kind == "signal" and by is not None:
        if by:
            words += f" from {by}"
        elif event.child is not None:
            words += f" from the kernel: news of its child {event.child}"
        else:
            words += " from the kernel or from outside"
    elif event.kind == "stop" and event.signal:
        words += f" by {signal_name(event.signal)}"
    elif event.kind == "send" and event.text:
        words += f", refused: {name(event.text)}"
    elif event.kind == "reap" and by == 0:
        words = "is gone at once: nobody had to reap it"
    elif event.kind == "reap" and by is not None:
        pid, words = by, f"reaps {pid}: {status}"
    if event.line is not None:
        words += f" (line {event.line})"
    return pid, words


def _target(pid: int | None) -> str:
    if pid is None:
        return "a process"
    if pid == 0:
        return "its own process group"
    if pid == -1:
        return "every process it may"
    return f"process group {-pid}" if pid < 0 else str(pid)


def _escaped(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "
    if character in _JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")
