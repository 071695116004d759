"""Put made-up answers into the notebooks that students get: what is handed in, to try grading on.

    python tools/sample_submissions.py FOLDER [LESSON...]

Writes FOLDER/STUDENT/LESSON/LESSON.ipynb, as nbgrader wants submissions, from course/ and from
one small file for each student in autograder/samples. Such a file holds answers and nothing of
a lesson, so it cannot fall behind one:

    about = "What kind of student this is."
    answers = "solutions"       # of every question, from source/; or "nothing": all as released

or, in place of `answers`, a table for each lesson that was handed in:

    ["03-zombies"]
    q3-2 = "wrong_kill_zero"    # a program of tests/exercises/03-zombies/3.2-*
    k3-1 = 7                    # what the function answer_k1 returns
    k3-7 = '''So that ...'''    # a written answer
    # a question that is not named here is left as it was found
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Student", "hand_in", "program_for", "students_in"]

ROOT = Path(__file__).resolve().parent.parent
MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
UNWRITTEN = "    # YOUR CODE HERE\n    raise NotImplementedError()"

Notebook = dict[str, Any]
Cell = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Student:
    """One made-up student.

    answers: "solutions", "nothing" or "own"; own: lesson -> question, such as "q3-2" -> answer.
    """

    name: str
    about: str
    answers: str
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def handed_in(self, lesson: str) -> bool:
        """Whether there is anything of this student for *lesson*."""
        return self.answers != "own" or lesson in self.own


def students_in(samples: Path) -> list[Student]:
    """Read the students' files in *samples*, by name.

    Raises:
        ValueError: a file is not of the form that is described above.
    """
    students = []
    for path in sorted(samples.glob("*.toml")):
        own = tomllib.loads(path.read_text(encoding="utf-8"))
        about, answers = own.pop("about", ""), own.pop("answers", "own")
        tables = all(isinstance(table, dict) for table in own.values())
        if not about or answers not in ("solutions", "nothing", "own") or not tables:
            raise ValueError(
                f"{path} is not a student: `about` and either `answers` "
                '("solutions" or "nothing") or a table for each lesson are wanted'
            )
        if bool(own) != (answers == "own"):
            raise ValueError(f"{path}: either `answers` or tables of answers, not both or neither")
        students.append(Student(name=path.stem, about=about, answers=answers, own=own))
    return students


def hand_in(student: Student, root: Path, released: Path, submitted: Path) -> Path:
    """Write what *student* hands in; return the notebook that was made.

    Args:
        root: The course, with source/ and tests/exercises/.
        released: The lesson's notebook as students get it, called LESSON.ipynb.
        submitted: The folder that nbgrader looks into; STUDENT/LESSON/ is made in it.

    Raises:
        ValueError: an answer is to no question of the lesson, or is a program that is not there.
    """
    lesson = released.stem
    notebook: Notebook = json.loads(released.read_text(encoding="utf-8"))
    cells = {
        cell["metadata"]["nbgrader"]["grade_id"].removesuffix("-answer"): cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("solution")
    }
    for question, text in _texts(student, lesson, cells, root).items():
        cells[question]["source"] = text.splitlines(keepends=True)
    path = submitted / student.name / lesson / released.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def program_for(question: str, name: str, exercises: Path) -> Path:
    """The file of tests/exercises with that *name* for a question such as "q3-2".

    Raises:
        ValueError: there is none.
    """
    number = question.removeprefix("q").replace("-", ".")
    found = sorted(exercises.glob(f"*/{number}-*/{name}.py"))
    if len(found) != 1:
        raise ValueError(
            f"{question}: no program {name!r} for it in {exercises}. Look which ones are there, "
            "and correct the student's file in autograder/samples"
        )
    return found[0]


def _texts(student: Student, lesson: str, cells: Mapping[str, Cell], root: Path) -> dict[str, str]:
    """Question -> what the student wrote in its answer cell."""
    if student.answers == "nothing":
        return {}
    if student.answers == "solutions":
        solved = _solved(root / "source" / lesson / f"{lesson}.ipynb")
        return {question: solved[question] for question in cells}
    own = student.own[lesson]
    if strange := sorted(own.keys() - cells.keys()):
        raise ValueError(
            f"{student.name} answers {', '.join(strange)}, and {lesson} asks no such question: "
            f"it has {', '.join(cells)}"
        )
    return {
        question: _text(question, answer, cells[question], root / "tests" / "exercises")
        for question, answer in own.items()
    }


def _solved(source: Path) -> dict[str, str]:
    """Question -> its answer cell in *source*, without the marks around the solution."""
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    return {
        entry["grade_id"].removesuffix("-answer"): MARKS.sub("", "".join(cell["source"])).rstrip()
        for cell in cells
        if (entry := cell["metadata"].get("nbgrader", {})).get("solution")
    }


def _text(question: str, answer: Any, cell: Cell, exercises: Path) -> str:
    if question.startswith("q"):
        return _without_docstring(program_for(question, answer, exercises).read_text("utf-8"))
    if cell["cell_type"] == "markdown":
        return str(answer).strip()
    asked = "".join(cell["source"])
    if UNWRITTEN not in asked:
        raise ValueError(f"{question}: no function to be written in its answer cell: {asked!r}")
    return asked.replace(UNWRITTEN, f"    return {answer!r}")


def _without_docstring(program: str) -> str:
    """The program as a student writes it: the first string says what is wrong with it."""
    first = ast.parse(program).body[0]
    if not isinstance(first, ast.Expr) or first.end_lineno is None:
        return program.strip()
    return "\n".join(program.splitlines()[first.end_lineno :]).strip()


def main(arguments: Iterable[str], say: Callable[[str], None] = print) -> int:
    """Write the submissions of all students for these lessons, or for all."""
    match list(arguments):
        case [folder, *chosen]:
            released = sorted((ROOT / "course").glob("[0-9][0-9]-*/*.ipynb"))
            for student in students_in(ROOT / "autograder" / "samples"):
                for notebook in released:
                    wanted = not chosen or notebook.stem in chosen
                    if wanted and student.handed_in(notebook.stem):
                        say(str(hand_in(student, ROOT, notebook, Path(folder))))
            return 0
        case _:
            say(__doc__ or "")
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
