"""Sixty-three honest submissions of all lessons: nine of each, made from a seed, always the same.

`solution` has every question as source/ has it, `unusual` every question in another right way,
`wrong` every question wrong in a way that students find, `blank` nothing. Each `mixed-N` chooses
for every question by chance among these, and some of its programs are not finished; it has cells
that the student added, too. Programs are those of tests/exercises.

Such a submission knows what it deserves, so that a test can tell two graders that agree from two
that give nobody anything.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sample_submissions
from sample_submissions import MARKS, Student, program_for
from tests.course.lessons import ROOT, Lesson

__all__ = ["KINDS", "Choice", "hand_in", "honest"]

KINDS = ("solution", "unusual", "wrong", "blank", *(f"mixed-{number}" for number in range(1, 6)))
WRITTEN = "The parent has not asked for the exit status yet, so the kernel keeps it."
# What becomes of a question in a mixed submission, and how often of twenty.
OFTEN = {"solution": 5, "unusual": 4, "wrong": 6, "blank": 3, "unfinished": 2}

Cells = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a student did with a question. how: one of OFTEN's names; answer: a program's name, a
    value, or a text."""

    how: str
    answer: Any = None

    @property
    def earns(self) -> str:
        """What it deserves: "all" points, "less" than all, "none", or it "waits" for a person."""
        words = {"solution": "all", "unusual": "all", "wrong": "less", "written": "waits"}
        return words.get(self.how, "none")


def honest(lesson: Lesson, kind: str) -> dict[str, Choice]:
    """Question, such as "q3-2" or "k3-1", -> what became of it in this submission."""
    chance = random.Random(f"{lesson.name} {kind}")
    return {
        question: _choose(lesson, question, _how(kind, chance), chance)
        for question in _questions(lesson)
    }


def hand_in(lesson: Lesson, kind: str, course: Path) -> Path:
    """Write it where nbgrader looks for it in *course*, whose lessons are released; return the
    notebook. The student is called like the kind."""
    choices = honest(lesson, kind)
    answered = {name: one.answer for name, one in choices.items() if one.how != "blank"}
    whole = kind == "solution"
    student = Student(
        name=kind,
        about="made by chance",
        answers="solutions" if whole else "own",
        own={} if whole else {lesson.name: answered},
    )
    released = course / "course" / lesson.name / f"{lesson.name}.ipynb"
    path = sample_submissions.hand_in(student, ROOT, released, course / "autograder" / "submitted")
    if kind.startswith("mixed"):
        notebook = json.loads(path.read_text())
        _work_on(lesson, notebook["cells"], choices, random.Random(kind))
        path.write_text(json.dumps(notebook))
    return path


def _questions(lesson: Lesson) -> list[str]:
    graded = [cell.id for cell in lesson.cells if cell.grader.get("solution")]
    return [name.removesuffix("-answer") for name in graded]


def _how(kind: str, chance: random.Random) -> str:
    if kind in OFTEN:
        return kind
    return chance.choices(list(OFTEN), list(OFTEN.values()))[0]


def _choose(lesson: Lesson, question: str, how: str, chance: random.Random) -> Choice:
    if question.startswith("q"):
        programs = _programs(lesson, question, "odd_right" if how == "unusual" else "wrong")
        first, second = chance.choice(programs), chance.choice(programs)
        if how in ("unusual", "wrong"):
            named = first if how == "unusual" else second
            following = programs[programs.index(named) :] + programs
            return Choice(how, next(one for one in following if _fits(question, one)))
        return Choice(how, None if how == "blank" else "solution")
    if how == "blank":
        return Choice(how)
    if question in lesson.written:
        return Choice("written", WRITTEN)
    right = _right(lesson, question)
    if how == "unfinished":
        return Choice("blank")
    if how == "wrong":
        return Choice(how, _mistaken(right, chance))
    return Choice(how, _otherwise(right, chance) if how == "unusual" else right)


def _programs(lesson: Lesson, question: str, kind: str) -> list[str]:
    number = question.removeprefix("q").replace("-", ".")
    folder = ROOT / "tests" / "exercises" / lesson.name
    return sorted(path.stem for path in folder.glob(f"{number}-*/{kind}_*.py"))


def _fits(question: str, name: str) -> bool:
    """Can it be in an honest notebook? One that reaches for this library is up to something."""
    text = program_for(question, name, ROOT / "tests" / "exercises").read_text()
    return "lessonkit" not in text


def _right(lesson: Lesson, question: str) -> Any:
    source = lesson.by_id[f"{question}-answer"].source
    found = re.search(r"return (.+)$", source, flags=re.MULTILINE)
    assert found is not None, source
    return ast.literal_eval(found[1])


def _mistaken(right: Any, chance: random.Random) -> Any:
    """Another answer of the same type, or none at all."""
    if isinstance(right, bool | int):
        return chance.choice([right + 1, right * 2 + 3, str(right + 1), None])
    if isinstance(right, str):
        if len(right) > 1:
            return " ".join(reversed(right.split()))
        return chance.choice([letter for letter in "ABCD" if letter != right] + ["?"])
    return chance.choice([sorted(right)[:-1], [], sorted(right)[0]])


def _otherwise(right: Any, chance: random.Random) -> Any:
    """The same answer in a form that is right as well."""
    if isinstance(right, bool | int):
        return chance.choice([right, float(right), str(right)])
    if isinstance(right, str):
        return chance.choice([right.lower(), f" {right} "])
    return tuple(sorted(right)) if isinstance(right, set) else tuple(right)


def _work_on(
    lesson: Lesson, cells: Cells, choices: Mapping[str, Choice], chance: random.Random
) -> None:
    """Solve as source/ does; cut off what is not finished; add cells of the student's; leave
    outputs of an old run."""
    for cell in cells:
        choice = choices.get(cell["id"].removesuffix("-answer"), Choice("blank"))
        if choice.answer == "solution":
            text = MARKS.sub("", lesson.by_id[cell["id"]].source).rstrip()
            cell["source"] = f"{text} + (" if choice.how == "unfinished" else text
        if cell["cell_type"] == "code" and cell["id"].endswith("-check"):
            cell["execution_count"] = 7
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "3 of 3\n"}]
    for number in range(3):
        place = chance.randrange(1, len(cells))
        cells.insert(place, _tried(number, "import os\nprint('pid', os.getpid() > 0)"))


def _tried(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"tried-{number}",
        "metadata": {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }
