"""What the judges of this lesson say alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import (
    Finding,
    call_finding,
    ending_text,
    plural,
    short,
    stray_words,
)
from lessonkit.records import Run

__all__ = [
    "Call",
    "Hints",
    "descriptors_finding",
    "fell_through",
    "first",
    "is_number",
    "left_in_the_end",
    "not_the_program",
    "shown",
    "too_early",
    "too_few",
    "wrong_code",
]

Hints = tuple[str, str, str]
Call = Mapping[str, Any]


def first(findings: Iterable[Finding | None]) -> Finding | None:
    """The first thing that is wrong, if anything is."""
    return next((finding for finding in findings if finding is not None), None)


def fell_through(call: Call, what: str, hint: str) -> Finding | None:
    """Copies of the student's process that came back from the call too."""
    strays = call["strays"]
    if not strays:
        return None
    return Finding(
        seen=f"{plural(strays, 'copy', 'copies')} of your process came back from {what} in "
        f"addition to your process{stray_words(call)}",
        why="a child runs on behind the fork, all of your function and what comes after it, until "
        "os._exit ends it or exec replaces its program",
        misconception="M3.11",
        hint=hint,
        manual="fork(2), section DESCRIPTION",
    )


def wrong_code(given: object, code: int) -> tuple[str | None, str]:
    """The likely idea behind a code that is not the right one, and a sentence on it."""
    if code < 0 and is_number(given, 0):
        return "M3.6", "WEXITSTATUS means something only if WIFEXITED says so"
    if code < 0 and is_number(given, 128 - code):
        return "M3.5", "128 + N is what a shell shows in $?; here -N is asked for"
    if code < 0 and is_number(given, -code):
        return "M3.5", "that is the wait status; a minus sign marks a signal"
    if code > 0 and is_number(given, code << 8):
        return "M3.5", "that is the wait status, which holds more than the code"
    if given is None:
        return None, "there is no answer: does your function return it?"
    return None, ""


def too_early(given: object, left: Sequence[Mapping[str, Any]], pids: Collection[int]) -> str:
    """Why there is no code yet: nobody has waited for the program; "" if somebody has.

    left: what was there after the call; by then it may have ended. pids: of the program.
    """
    if given is not None or not any(p["pid"] in pids for p in left):
        return ""
    return (
        "the program was still running then: who sleeps for a while and then asks has guessed. "
        "os.waitpid(pid, 0) comes back when it has ended, however long that takes"
    )


def shown(processes: Sequence[Mapping[str, Any]]) -> str:
    """ "pid 7 (python3, state S), pid 9 (sh, state Z)"; at most four of them."""
    text = ", ".join(f"pid {p['pid']} ({p['comm']}, state {p['state']})" for p in processes[:4])
    return text + (f" and {len(processes) - 4} more" if len(processes) > 4 else "")


def left_in_the_end(run: Run, others: Collection[int] = ()) -> Finding | None:
    """What was still there when the student's process had ended, but for these pids."""
    living = [p for p in run.processes_left if p.pid not in others]
    if living:
        left = ", ".join(f"pid {p.pid} ({p.comm}, state {p.state})" for p in living)
        return Finding(seen=f"still running at the end: {left}")
    dead = [c for c in run.zombies_left if c.pid not in others]
    if dead:
        left = ", ".join(f"pid {c.pid} ({ending_text(c.wait_status)})" for c in dead)
        return Finding(seen=f"not collected at the end: {left}", misconception="M3.9")
    return None


def not_the_program(case: Mapping[str, Any], student: int, call: str, hint: str) -> Finding | None:
    """Say why what was seen is not one child with exactly the argv of the case."""
    seen, argv = case["seen"], case["argv"]
    exact = next((p for p in seen if p["cmdline"] == argv), None)
    if exact is None:
        words = (
            "each string of the list is one argument: nothing is to be joined, split or given to "
            "a shell"
        )
        others = [p for p in seen if p["cmdline"] and p["state"] not in "ZX"]
        if others:
            return Finding(
                seen=f"{call}: not seen; instead pid {others[0]['pid']} with the argv "
                f"{short(others[0]['cmdline'])}",
                why=words,
                hint=hint,
            )
        problem = call_finding(case["call"], call)
        value = case["call"]["value"]
        why = f"nothing was run, or something else: {words}"
        if is_number(value, 127) or is_number(value, 126):
            why = (
                "exec was not reached in the child, or it failed there: does what comes before it "
                f"work, is {argv[0]} looked up in PATH, does it get the list as it is?"
            )
        return problem or Finding(
            seen=f"{call}: no process with this argv was there before it came back"
            + ("" if value is None else f" with {short(value, 40)}"),
            why=why,
            hint=hint,
        )
    if exact["ppid"] != student:
        parent = next((p for p in seen if p["pid"] == exact["ppid"]), None)
        name = f" ({parent['comm']})" if parent else ""
        return Finding(
            seen=f"{call}: pid {exact['pid']} runs it, but its parent is pid {exact['ppid']}"
            f"{name}, not your process",
            why="somebody stands between: os.system, for example, starts a shell that starts the "
            "program",
            hint=hint,
        )
    exe = (case["look"] or {}).get("exe", case["exe"])
    if exe != case["exe"]:
        return Finding(
            seen=f"{call}: pid {exact['pid']} calls itself so, but it still runs {exe}, not "
            f"{case['exe']}",
            why="a process that was only given another name is not another program",
            misconception="M1.16",
            hint=hint,
        )
    rest = [p for p in seen if p["pid"] != exact["pid"]]
    if rest:
        return Finding(
            seen=f"{call}: besides the program there was {shown(rest)}",
            why="one process is to be made, and it is to become the program",
            hint=hint,
        )
    return None


def descriptors_finding(facts: Mapping[str, Any], hint: str) -> Finding | None:
    """What has changed in the table of descriptors of the student's process."""
    before, after = facts["before"], facts["after"]
    if not after:
        return Finding(
            seen="the descriptors of your process could not be looked at",
            why="the process of the check that looks was ended or stopped, or yours hides",
        )
    for number in sorted({*before, *after}, key=int):
        old, new = before.get(number), after.get(number)
        if old == new:
            continue
        if old is None:
            return Finding(
                seen=f"descriptor {number} ({new}) is still open in your process",
                why="after the fork both processes have it: each has to close its own",
                misconception="M1.4",
                hint=hint,
            )
        if new is None:
            return Finding(seen=f"descriptor {number} ({old}) of your process was closed")
        return Finding(
            seen=f"descriptor {number} of your process was {old} before, and is {new} now",
            why="the table of descriptors is copied by fork: change it in the child",
            misconception="M1.4",
            hint=hint,
        )
    return None


def too_few(rounds: Sequence[object], wanted: int) -> Finding | None:
    """A call that was not made although nothing else was wrong: what was seen was not steady."""
    if len(rounds) >= wanted:
        return None
    return Finding(
        seen=f"the function was called {len(rounds)} of {wanted} times: what it had left changed "
        "while it was looked at",
        why="something that it started goes on making and ending processes",
    )


def is_number(given: object, number: int) -> bool:
    """True if it is this int, and not True or 3.0 or an object that claims to be equal."""
    return isinstance(given, int) and not isinstance(given, bool) and given == number
