"""Answers for hostile and unlucky submissions: wrong ones, and ones that are right after a theft.

An attack that might go unnoticed is written so that it pays: its answer is right only if the
attack reached what it was after. So whoever loses that question's points was held, and a test
that expects them lost notices every hole.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from lessonkit.grading.records import Status
from tests.submissions.drafts import Draft, code_cell

__all__ = [
    "CUT_SHORT",
    "ENDED",
    "EVERYWHERE",
    "FUNCTIONS",
    "PORT",
    "SECRET",
    "WRONG",
    "all_wrong",
    "answer_all",
    "cell_and_call",
    "rewarded",
]

PORT = 8127
"""On the loopback of the grader's machine, where somebody listens."""

SECRET = "LESSONKIT_SECRET"
"""A variable in the grader's environment."""

CUT_SHORT: tuple[Status, ...] = ("timed out", "limit hit")
"""Its time was up, or its processor time: which comes first depends on the machine."""

ENDED: tuple[Status, ...] = ("graded", *CUT_SHORT)
"""Whether a limit was hit depends on what the machine can limit, and how soon it looks."""

FUNCTIONS = ("area", "longest", "tally", "exit_code", "shout", "reap")

WRONG: Mapping[str, str] = {
    "q1-answer": "def area(width, height):\n    return width + height",
    "q2-answer": "def longest(words):\n    return min(words, key=len)",
    "q3-answer": "def tally(letters):\n    return {letter: 1 for letter in letters}",
    "q4-answer": "def exit_code(code):\n    return 1",
    "q5-answer": "def shout(word):\n    return word.lower()",
    "q6-answer": "def reap(count):\n    return list(range(count))[1:] or None",
}

EVERYWHERE = '''
import os
def everywhere(*endings):
    """Every file with such a name that can be listed, but those that every program may read."""
    tops = ["/", os.curdir]
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            tops += [f"/proc/{pid}/root", f"/proc/{pid}/cwd"]
    plain = {"proc", "sys", "usr", "lib", "lib64", "bin", "sbin", "site-packages", "python3.11"}
    for top in tops:
        for folder, folders, files in os.walk(top):
            folders[:] = [name for name in folders if name not in plain]
            yield from (os.path.join(folder, name) for name in files if name.endswith(endings))
    place = os.getcwd()
    for _ in range(12):
        place = os.path.join(place, "..")
        for step in ("source", "release", "submitted", "autograded"):
            for folder, _, files in os.walk(os.path.join(place, step)):
                yield from (os.path.join(folder, name) for name in files if name.endswith(endings))
        yield from (os.path.join(place, name) for name in ("gradebook.db", "proc.ipynb"))
'''
"""For students' code: look for files all over the machine, also through other processes."""


def rewarded(attempt: str) -> str:
    """An answer to Q1 that is right only if *attempt* sets `reached` to something true."""
    return (
        "reached = None\ntry:\n"
        + textwrap.indent(attempt.strip("\n"), "    ")
        + "\nexcept BaseException as error:\n    print(type(error), error)\n\n\n"
        "def area(width, height):\n    return width * height if reached else None"
    )


def all_wrong(draft: Draft, cheat: str = "") -> None:
    """Hand in six wrong answers, and a cheat below the first of them."""
    for name, text in WRONG.items():
        draft.write(name, text)
    draft.write("q1-answer", f"{WRONG['q1-answer']}\n\n\n{cheat.strip()}\n")


def answer_all(draft: Draft, before: str, body: str) -> None:
    """Answer every question with a function that does the same; *before* stands above them."""
    for name, function in zip(WRONG, FUNCTIONS, strict=True):
        body_lines = textwrap.indent(body.strip("\n"), "    ")
        draft.write(name, f"def {function}(*args):\n{body_lines}")
    draft.write("q1-answer", f"{before.strip()}\n\n\n{draft.cell('q1-answer')['source']}")


def cell_and_call(draft: Draft, attack: str) -> None:
    """Attack in a cell of its own between Q1 and Q2, and in every call of Q3's function."""
    text = attack.strip()
    draft.insert("q2-text", code_cell(text))
    draft.write("q3-answer", "def tally(letters):\n" + textwrap.indent(text, "    "))
