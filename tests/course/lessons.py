"""Read the lessons of source/ as text, for the tests of their form and of what they claim."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["LESSONS", "Asked", "Cell", "Lesson", "form_calls", "released", "without"]

ROOT = Path(__file__).resolve().parents[2]
STUB = "raise NotImplementedError()"


@dataclass(frozen=True)
class Cell:
    """One cell, with the fields the tests ask for."""

    lesson: str
    id: str
    kind: str
    source: str
    metadata: dict[str, Any]
    raw: dict[str, Any]

    @property
    def grader(self) -> dict[str, Any]:
        """The nbgrader entry of the metadata, empty where there is none."""
        found: dict[str, Any] = self.metadata.get("nbgrader", {})
        return found

    @property
    def is_form(self) -> bool:
        """Does it show a form, whose code is folded away until it was filled in?"""
        return self.kind == "code" and "views." in self.source and bool(form_calls(self))

    @property
    def is_check(self) -> bool:
        """Is it the last cell of a question?"""
        return self.kind == "code" and self.id.endswith("-check")


@dataclass(frozen=True)
class Asked:
    """An exercise as docs/exercises/LESSON.md has it; text without marks and line breaks."""

    id: str
    title: str
    points: str
    signature: str
    text: str
    hints: list[str]


@dataclass(frozen=True)
class Lesson:
    """A lesson of source/. number: 3 for 03-zombies."""

    name: str

    @property
    def number(self) -> int:
        """Its number: 3 for 03-zombies."""
        return int(self.name[:2])

    @cached_property
    def cells(self) -> list[Cell]:
        """Its cells in order."""
        notebook = json.loads((ROOT / "source" / self.name / f"{self.name}.ipynb").read_text())
        return [
            Cell(self.name, c["id"], c["cell_type"], "".join(c["source"]), c["metadata"], c)
            for c in notebook["cells"]
        ]

    @cached_property
    def by_id(self) -> dict[str, Cell]:
        """Its cells by their names."""
        return {cell.id: cell for cell in self.cells}

    @property
    def code(self) -> list[Cell]:
        """The cells with code."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def text(self) -> list[Cell]:
        """The cells with text."""
        return [cell for cell in self.cells if cell.kind == "markdown"]

    @property
    def quizzes(self) -> list[str]:
        """The items of its knowledge check, such as "k3-1"."""
        found = (re.fullmatch(r"(k\d+-\d+)-text", cell.id) for cell in self.cells)
        return [match[1] for match in found if match]

    @property
    def written(self) -> list[str]:
        """Those that a person reads."""
        answers = ((name, self.by_id.get(f"{name}-answer")) for name in self.quizzes)
        return [name for name, cell in answers if cell is not None and cell.kind == "markdown"]

    @property
    def self_checks(self) -> list[str]:
        """Those that answer at once and give no points."""
        return [
            name
            for name in self.quizzes
            if name not in self.written and not self.by_id[f"{name}-check"].grader["grade"]
        ]

    @property
    def hidden(self) -> list[str]:
        """Those that are graded by a hidden test."""
        return [n for n in self.quizzes if n not in self.written and n not in self.self_checks]

    @property
    def demonstrations(self) -> list[str]:
        """Its demonstrations, such as "d1"."""
        found = (re.fullmatch(r"(d\d+)-prediction", cell.id) for cell in self.cells)
        return [match[1] for match in found if match]

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """Its exercises as its page in docs/exercises has them, by the name of their cells."""
        page = (ROOT / "docs" / "exercises" / f"{self.name}.md").read_text()
        found = {}
        for part in re.finditer(
            rf"^## (?P<id>{self.number}\.\d+) (?P<title>.+?) \((?P<points>[\d.]+) points?\)\n"
            r"(?P<body>.*?)(?=^## |\Z)",
            page,
            re.MULTILINE | re.DOTALL,
        ):
            signature = re.search(r"^    def (\w+\([^)]*\)): \.\.\.", part["body"], re.MULTILINE)
            assert signature is not None, part["id"]
            text = one_line("\n".join(re.findall(r"^>.*$", part["body"], re.MULTILINE)))
            hints = re.search(
                r"^Hints:\n\n(.*?)(?=\n\n|\Z)", part["body"], re.MULTILINE | re.DOTALL
            )
            assert hints is not None, part["id"]
            numbered = re.split(r"^\d\. ", hints[1], flags=re.MULTILINE)
            three = [" ".join(hint.split()) for hint in numbered[1:]]
            asked = Asked(part["id"], part["title"], part["points"], signature[1], text, three)
            found["q" + part["id"].replace(".", "-")] = asked
        return found


LESSONS = [
    Lesson(path.name)
    for path in sorted((ROOT / "source").iterdir())
    if (path / f"{path.name}.ipynb").is_file()
]


def without(source: str, *, kind: str, put: str = "") -> str:
    """The source as nbgrader releases it, without its "SOLUTION" or "HIDDEN TESTS" region."""
    region = rf"^([ \t]*)### BEGIN {kind}\n.*?### END {kind}"
    return re.sub(region, lambda m: m[1] + put, source, flags=re.DOTALL | re.MULTILINE)


def released(cell: Cell) -> str:
    """What a student gets of this cell."""
    put = STUB if cell.kind == "code" else "YOUR ANSWER HERE"
    return without(without(cell.source, kind="SOLUTION", put=put), kind="HIDDEN TESTS")


def words(text: str) -> list[str]:
    """What is read at once: no folded answers, no drawings, no tables, no addresses."""
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return " ".join(line for line in text.splitlines() if not line.startswith("|")).split()


def one_line(text: str) -> str:
    """The words of a text without its line breaks, list marks, quotes and fences."""
    bare = (re.sub(r"^(>|- |\s)+", "", line) for line in text.splitlines())
    return " ".join(" ".join(line for line in bare if not line.startswith("```")).split())


def python_of(source: str) -> str:
    """The Python in a cell: a magic line is none, and below `%%` there is another program."""
    if source.startswith("%%"):
        source = "" if source.split()[0] != "%%sandbox" else source.partition("\n")[2]
    return re.sub(r"^%.*$", "", source, flags=re.MULTILINE)


def form_calls(cell: Cell) -> list[ast.Call]:
    """The calls of views.* in a cell that ask something."""
    nodes = ast.walk(ast.parse(python_of(cell.source)))
    asks = {f"views.{name}" for name in ("predict", "one", "many", "numeric", "order", "parsons")}
    return [c for c in nodes if isinstance(c, ast.Call) and ast.unparse(c.func) in asks]
