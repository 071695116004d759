"""Judge 6.2: a handler in C that leaves alone what it interrupts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, fact, gated, need, plural, short
from lessonkit.checks.forking.common import fell_through, first, shown
from lessonkit.checks.reaping.common import Hints
from lessonkit.errors import NotObservedError
from lessonkit.records import Fact, Run
from lessonkit.scenes.compilers import COMPILERS

__all__ = ["looks"]

_Phase = Mapping[str, Any]

_CALL = "reaper_c()"
_NAMES = ", ".join(COMPILERS)
_SIGNALS = "signal(7), section Queueing and delivery semantics for standard signals"


def looks(run: Run, hints: Hints) -> list[Fact]:
    """Return the facts: a burst, again, the interrupted work, errno, read.

    Raises:
        NotObservedError: there is no C compiler in the box: nothing can be observed, nobody
            loses anything, and a wrong text gets the points as well as a right one.
    """
    compiler = need(run.facts, "compiler")
    if not compiler["ok"]:
        what = f"there is no C compiler ({_NAMES})"
        if not compiler["missing"]:
            what = f"the C compiler {compiler['compiler']} compiles nothing"
        raise NotObservedError(
            f"not observed here: {what} in the sandbox of this host, and 6.2 is judged by what the "
            "compiled handler does. Where one is installed (on Debian and Ubuntu: apt-get install "
            "gcc libc6-dev), the same cell judges it."
        )
    phases: Mapping[str, _Phase] = {phase["kind"]: phase for phase in run.facts.get("phases", ())}
    twice = phases.get("twice")
    burst = fact(
        "a burst",
        1,
        expected="children that end at the same time are collected and recorded, each once",
        good="all of them",
        finding=_no_program(run, hints) or _burst(twice, hints),
        manual=_SIGNALS,
    )
    others = [
        fact(
            "again",
            0.5,
            expected="a second burst is collected and recorded too",
            good="the handler was still there",
            finding=_again(twice, hints),
            manual="signal(2), section Portability; sigaction(2), SA_RESETHAND",
        ),
        fact(
            "the interrupted work",
            1,
            expected="half a line stays whole, and who is inside of malloc comes out again",
            good="the line is whole, malloc came back",
            finding=first([_line(phases.get("line"), hints), _malloc(phases.get("malloc"), hints)]),
            manual="signal-safety(7)",
        ),
        fact(
            "errno",
            0.5,
            expected="errno is after the handler what it was before",
            good="unchanged",
            finding=_errno(phases.get("errno"), hints),
            manual="signal-safety(7), section DESCRIPTION: errno",
        ),
        fact(
            "read goes on",
            0.5,
            expected="a read that was interrupted goes on, and gets its byte",
            good="it got its byte",
            finding=_read(phases.get("read"), hints),
            manual="signal(7), section Interruption of system calls; sigaction(2), SA_RESTART",
        ),
    ]
    return [burst, *gated(others, by=burst, until="until a burst is collected")]


def _no_program(run: Run, hints: Hints) -> Finding | None:
    call = need(run.facts, "answer")
    problem = call_finding(call, _CALL)
    if problem is not None:
        return problem
    fell = fell_through(call, _CALL, "")
    if fell is not None:
        return fell
    if not isinstance(call["value"], str):
        return Finding(
            seen=f"{_CALL} returned {short(call['value'])}",
            why="return the text of the C file, a string",
        )
    if run.facts.get("others"):
        return Finding(
            seen=f"it has started {shown(run.facts['others'])}, which cannot be ended",
            why="nothing but a text is asked for",
        )
    built = run.facts.get("build")
    if built is None:
        return Finding(seen=f"a text of {len(call['value'])} characters: that is too long")
    if built["ok"]:
        return None
    lines = [line for line in built["says"].splitlines() if "error" in line or "undefined" in line]
    lines += [line for line in built["says"].splitlines() if line.strip()]
    text = lines[0] if lines else "it was not done in time"
    undefined = "undefined reference to `start_reaping'" in built["says"]
    return Finding(
        seen=f"it does not compile: {short(text, 150)}",
        why="the file has to define start_reaping, which is not static"
        if undefined
        else "it is compiled alone, and has to include what it uses",
        manual="feature_test_macros(7)",
    )


def _recorded(phase: _Phase) -> list[tuple[int, int]]:
    """What `record` was told: pid, status."""
    found = []
    for line in phase["told"]:
        words = line.split()
        if words[:1] == ["r"] and len(words) == 3 and all(_is_int(word) for word in words[1:]):
            found.append((int(words[1]), int(words[2])))
    return found


def _is_int(word: str) -> bool:
    return word.lstrip("-").isdigit() and word.isascii() and len(word) < 20


def _said(phase: _Phase, what: str) -> bool:
    return any(line.split()[:1] == [what] for line in phase["told"])


def _not_there(phase: _Phase | None) -> Finding | None:
    """Why nothing can be said of a phase."""
    if phase is None:
        return Finding(seen="not tried")
    if not phase["started"]:
        return Finding(
            seen="the program did not come so far that its children were there"
            + (": it has ended" if phase["ended"] else ""),
            why="start_reaping has to come back, and to leave the program as it is",
        )
    return None


def _collected(phase: _Phase, hints: Hints) -> Finding | None:
    """All zombies gone, all recorded once, with their status."""
    wanted: Mapping[int, int] = phase["wanted"]
    if phase["left"]:
        some = len(phase["left"]) < len(wanted)
        return Finding(
            seen=f"{len(phase['left'])} of {plural(len(wanted), 'child', 'children')} that ended "
            "at the same time stayed zombies",
            why="one signal came for all of them: collect until nobody is ready"
            if some
            else "the handler did not run, or did not collect",
            misconception="M6.1" if some else None,
            hint=hints[0],
        )
    recorded = _recorded(phase)
    for pid, status in wanted.items():
        heard = [value for number, value in recorded if number == pid]
        if heard == [status]:
            continue
        return Finding(
            seen=f"pid {pid}: record was told {heard or 'nothing'}; its wait status is {status}",
            why="collected, and not recorded: a status can be had only once"
            if not heard
            else "record(pid, status), once, with the status as waitpid gives it",
            misconception="M3.7" if not recorded else None,
            hint=hints[2],
        )
    extra = [number for number, _ in recorded if number not in wanted]
    if extra:
        return Finding(
            seen=f"record was told of pid {extra[0]}, which is none that has ended",
            why="waitpid gives 0 when no child is ready, and -1 when there is none",
            misconception="M6.6",
            hint=hints[2],
        )
    return None


def _burst(phase: _Phase | None, hints: Hints) -> Finding | None:
    problem = _not_there(phase)
    if problem is not None or phase is None:
        return problem
    if phase["first_over"]:
        return _first_recorded(phase, hints)
    found = _collected(phase, hints)
    if found is not None:
        return found
    return Finding(
        seen="the program did not go on after the burst"
        + (": it has ended" if phase["ended"] else ""),
        why="a handler has to come back, at once, and must not end the program",
        misconception="M3.10",
        hint=hints[2],
    )


def _first_recorded(phase: _Phase, hints: Hints) -> Finding | None:
    """The first burst went through; what was recorded of it has to be right."""
    half = len(phase["wanted"]) // 2
    first_half = dict(list(phase["wanted"].items())[:half])
    recorded = [f"r {pid} {status}" for pid, status in _recorded(phase) if pid in first_half]
    return _collected({**phase, "wanted": first_half, "left": [], "told": recorded}, hints)


def _again(phase: _Phase | None, hints: Hints) -> Finding | None:
    if phase is None or not phase["first_over"]:
        return Finding(seen="not tried")
    found = _collected(phase, hints)
    if found is not None and phase["left"]:
        return Finding(
            seen="the second burst stayed: " + plural(len(phase["left"]), "zombie"),
            why="compiled like this, signal() installs a handler for one single time; elsewhere "
            "it stays. sigaction does the same everywhere",
            misconception="M6.3",
            hint=hints[2],
        )
    if found is None and not phase["over"]:
        return Finding(seen="the program did not go on after the second burst")
    return found


def _ran(phase: _Phase | None, hints: Hints) -> Finding | None:
    """Why a phase says nothing about the work that was interrupted."""
    problem = _not_there(phase)
    if problem is not None or phase is None:
        return problem
    if not phase["where"]:
        return Finding(seen="the program did not come to the place where it was to be interrupted")
    if phase["left"] and not _said(phase, "d"):
        return _collected(phase, hints)
    return None


def _line(phase: _Phase | None, hints: Hints) -> Finding | None:
    problem = _ran(phase, hints)
    if problem is not None or phase is None:
        return problem
    wanted = f"{phase['token']}-first-second-{phase['token']}\n"
    if wanted in phase["lines"]:
        if not phase["early"]:
            return None
        return Finding(
            seen="half of the line came out before main had written the rest of it",
            why="a handler leaves the buffers of stdio alone: fflush and printf work on what main "
            "may just be changing",
            misconception="M6.2",
            hint=hints[1],
        )
    if phase["ended"] or not phase["lines"]:
        return Finding(
            seen="the second half of the line was never written: "
            + ("the program has ended" if phase["ended"] else "it hangs in the handler"),
            why="exit() in a handler ends the program from within whatever it did",
            misconception="M6.2",
            hint=hints[1],
        )
    return Finding(
        seen=f"instead of {short(wanted, 60)} came {short(phase['lines'], 120)}",
        why="printf in the handler wrote into the buffer in which half a line stood",
        misconception="M6.2",
        hint=hints[1],
    )


def _malloc(phase: _Phase | None, hints: Hints) -> Finding | None:
    problem = _ran(phase, hints)
    if problem is not None or phase is None:
        return problem
    if _said(phase, "d"):
        return Finding(
            seen="the handler called malloc or free while main was inside of malloc: it waits "
            "for a lock that only main could give back, for ever",
            why="a handler may call only what signal-safety(7) lists; many functions call malloc",
            misconception="M6.2",
            hint=hints[1],
        )
    if phase["over"]:
        return None
    return Finding(
        seen="main did not come out of malloc" + (": it has ended" if phase["ended"] else ""),
        misconception="M6.2",
        hint=hints[1],
    )


def _errno(phase: _Phase | None, hints: Hints) -> Finding | None:
    problem = _ran(phase, hints)
    if problem is not None or phase is None:
        return problem
    answers = [line for line in phase["told"] if line.startswith("e ")]
    if answers and all(line == "e 1" for line in answers):
        return None
    if not answers:
        return _collected(phase, hints) or Finding(seen="main did not come so far")
    return Finding(
        seen="main had set errno, and found another number in it",
        why="waitpid, write and record set errno, and the handler runs in the middle of main, "
        "between a call that failed and the look at errno: save it first, restore it last",
        misconception="M6.10",
        hint=hints[2],
    )


def _read(phase: _Phase | None, hints: Hints) -> Finding | None:
    problem = _ran(phase, hints)
    if problem is not None or phase is None:
        return problem
    if _said(phase, "g") and not _said(phase, "i"):
        return None
    if _said(phase, "i"):
        return Finding(
            seen="read came back with EINTR, and without its byte",
            why="without SA_RESTART a handler ends the system call that it interrupts",
            misconception="M6.8",
            hint=hints[2],
        )
    return Finding(
        seen="read did not come back" + (": the program has ended" if phase["ended"] else ""),
    )
