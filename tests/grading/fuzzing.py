"""Damage good notebooks at random, and know what the damage left intact.

`Damage(seed)` takes a good notebook and does to it, one after the other, what people do to cells,
what programs do to JSON, and what disks and networks do to bytes. The same seed does the same on
every machine. `intact` names the answers that nothing has touched: whoever repairs the notebook
has to find these, exactly.

    python -m tests.grading.properties 2000        # from the root of the repository
    python -m tests.grading.properties 1 4711      # one notebook, the one of that seed
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lessonkit.grading.records import CellSpec, NotebookSpec
from tests.submissions.drafts import ANSWERS, Draft, assignment_spec, code_cell, text_cell

__all__ = ["Base", "Damage", "bases", "lesson_base"]

ROOT = Path(__file__).resolve().parents[2]
LESSON = "03-zombies"

Json = Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """A good notebook to be damaged: its JSON, its answers, and what it is to be graded by."""

    notebook: Mapping[str, Json]
    answers: Mapping[str, str]
    spec: NotebookSpec


@cache
def bases() -> tuple[Base, ...]:
    """The tiny assignment, and one real lesson."""
    return (
        Base(notebook=Draft().notebook, answers=ANSWERS, spec=assignment_spec()),
        lesson_base(LESSON),
    )


@cache
def lesson_base(lesson: str) -> Base:
    """A lesson of the course, with the instructor's answers in it."""

    def cells_of(folder: str) -> dict[str, Json]:
        path = ROOT / folder / lesson / f"{lesson}.ipynb"
        notebook: dict[str, Json] = json.loads(path.read_text())
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
        return notebook

    source, course = cells_of("source"), cells_of("course")
    specs = []
    for cell in source["cells"]:
        label = cell["metadata"].get("nbgrader", {})
        specs.append(
            CellSpec(
                kind=cell["cell_type"],
                source=cell["source"],
                grade_id=label.get("grade_id", ""),
                points=label.get("points", 0.0),
                **{key: label.get(key, False) for key in ("grade", "solution", "task", "locked")},
            )
        )
    released = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
        for cell in course["cells"]
        if "nbgrader" in cell["metadata"]
    }
    solved = {
        spec.grade_id: spec.source.replace("### BEGIN SOLUTION", "# mine").replace("### END", "#")
        for spec in specs
        if spec.solution and spec.kind == "code"
    }
    for cell in course["cells"]:
        cell["source"] = solved.get(cell["id"], cell["source"])
    spec = NotebookSpec(name=lesson, cells=tuple(specs), released=released)
    return Base(notebook=course, answers=solved, spec=spec)


class Damage:
    """A good notebook, damaged. data: what is handed in. steps: what was done. base: to what."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.base = bases()[1 if self._chance.random() < 0.1 else 0]
        self.steps: list[str] = []
        self._draft = Draft(notebook=copy.deepcopy(dict(self.base.notebook)))
        self._intact = set(self.base.answers)
        self._with_cells()
        self._with_json()
        self.data = self._with_bytes()

    @property
    def intact(self) -> frozenset[str]:
        """The answers that nothing has touched."""
        return frozenset(self._intact)

    @property
    def _cells(self) -> list[Json]:
        """The cells; after damage to the JSON they may be anything."""
        cells: list[Json] = self._draft.notebook["cells"]
        return cells

    def _do(self, steps: list[Callable[[], None]]) -> None:
        step = self._chance.choice(steps)
        self.steps.append(step.__name__.strip("_"))
        step()

    # What people do to cells.

    def _with_cells(self) -> None:
        steps = [
            self._split, self._merge, self._copy, self._copy_blank, self._copy_changed,
            self._delete, self._move, self._move_many, self._retype, self._change_given,
            self._insert, self._lose_label, self._lose_ids, self._blank,
        ]  # fmt: skip
        for _ in range(self._chance.choice([0, 1, 1, 1, 2, 3, 5])):
            if len(self._cells) > 2:
                self._do(steps)

    def _any(self) -> tuple[int, dict[str, Json]]:
        place = self._chance.randrange(len(self._cells))
        return place, self._cells[place]

    def _answer_in(self, cell: Mapping[str, Json]) -> list[str]:
        """Which answers are, whole or in part, in a cell."""
        return [
            name
            for name, text in self.base.answers.items()
            if any(line.strip() and line in cell["source"] for line in text.split("\n"))
        ]

    def _spoil(self, cell: Mapping[str, Json]) -> None:
        self._intact.difference_update(self._answer_in(cell))

    def _split(self) -> None:
        place, cell = self._any()
        lines = cell["source"].split("\n")
        if len(lines) < 2:
            return
        cut = self._chance.randrange(1, len(lines))
        first = copy.deepcopy(cell) | {"source": "\n".join(lines[:cut]).strip("\n"), "id": "part"}
        cell["source"] = "\n".join(lines[cut:]).strip("\n")
        self._cells.insert(place, first)

    def _merge(self) -> None:
        place, _ = self._any()
        count = self._chance.choice([2, 2, 2, 3, 6])
        cells = self._cells[place : place + count]
        cells[0]["source"] = "\n\n".join(cell["source"] for cell in cells)
        del self._cells[place + 1 : place + count]

    def _copy(self) -> None:
        place, cell = self._any()
        below = self._chance.choice([place + 1, self._chance.randrange(len(self._cells))])
        self._cells.insert(below, copy.deepcopy(cell))

    def _copy_blank(self) -> None:
        name = self._chance.choice(sorted(self.base.answers))
        for place, cell in enumerate(self._cells):
            if cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") == name:
                blank = copy.deepcopy(cell) | {"source": self.base.spec.released[name]}
                self._cells.insert(place + self._chance.randrange(2), blank)
                return

    def _copy_changed(self) -> None:
        place, cell = self._any()
        changed = copy.deepcopy(cell) | {"source": cell["source"] + "\n# another try"}
        self._spoil(cell)
        self._cells.insert(place + 1, changed)

    def _delete(self) -> None:
        place, cell = self._any()
        del self._cells[place]
        left = "\n".join(one["source"] for one in self._cells)
        for name in self._answer_in(cell):
            if self.base.answers[name] not in left:
                self._intact.discard(name)

    def _move(self) -> None:
        place, cell = self._any()
        del self._cells[place]
        self._cells.insert(self._chance.randrange(len(self._cells) + 1), cell)

    def _move_many(self) -> None:
        self._chance.shuffle(self._cells)
        # Parts of what was split are not to be told apart from tries then.
        for cell in self._cells:
            for name in self._answer_in(cell):
                if self.base.answers[name] not in cell["source"]:
                    self._intact.discard(name)

    def _retype(self) -> None:
        _, cell = self._any()
        cell["cell_type"] = self._chance.choice(["code", "markdown", "raw"])

    def _change_given(self) -> None:
        _, cell = self._any()
        self._spoil(cell)
        lines = cell["source"].split("\n")
        lines[self._chance.randrange(len(lines))] = self._chance.choice(["", "x", "assert True"])
        cell["source"] = "\n".join(lines)

    def _insert(self) -> None:
        place, _ = self._any()
        text = self._chance.choice(["", "my_own = 1", "print(my_own)", "1 / 0", "%%bash\nls"])
        made = self._chance.choice([code_cell, text_cell])(text)
        self._cells.insert(place, made)

    def _lose_label(self) -> None:
        _, cell = self._any()
        cell["metadata"] = {}

    def _lose_ids(self) -> None:
        for number, cell in enumerate(self._cells):
            cell["id"] = f"{number:08x}"

    def _blank(self) -> None:
        _, cell = self._any()
        self._spoil(cell)
        cell["source"] = ""

    # What programs do to JSON.

    def _with_json(self) -> None:
        steps = [self._mutate_label, self._mutate_label, self._mutate_cell, self._mutate_top]
        for _ in range(self._chance.choice([0, 0, 1, 1, 2, 4])):
            if self._draft.notebook.get("cells") and isinstance(
                self._draft.notebook["cells"], list
            ):
                self._do(steps)

    def _value(self) -> Json:
        return copy.deepcopy(
            self._chance.choice(
                [None, True, False, 0, -1, 1, 99, 1e308, "", "x", "q1-answer", "q1-test", "code",
                 [], {}, [[]], {"a": 1}, ["q2-answer"], "\ud800", "\0", "3", "x" * 300, [None]]
            )
        )  # fmt: skip

    def _json_cell(self) -> dict[str, Json]:
        cells = [cell for cell in self._cells if isinstance(cell, dict)]
        return self._chance.choice(cells) if cells else {}

    def _mutate_label(self) -> None:
        cell = self._json_cell()
        metadata = cell.get("metadata")
        if not isinstance(metadata, dict):
            return
        label = metadata.get("nbgrader")
        if not isinstance(label, dict) or not label or self._chance.random() < 0.2:
            metadata["nbgrader"] = self._value()
            return
        key = self._chance.choice(sorted(label))
        if self._chance.random() < 0.3:
            del label[key]
        else:
            label[key] = self._value()

    def _mutate_cell(self) -> None:
        cell = self._json_cell()
        key = self._chance.choice(
            ["cell_type", "source", "metadata", "id", "outputs", "attachments", "execution_count"]
        )
        if key in ("cell_type", "source") and isinstance(cell.get("source"), str):
            self._spoil(cell)
        if self._chance.random() < 0.4:
            cell.pop(key, None)
        else:
            cell[key] = self._value()
        if not isinstance(cell.get("source"), str):
            cell["source"] = self._chance.choice(["", [], None, 5, ["a", None]])

    def _mutate_top(self) -> None:
        key = self._chance.choice(["metadata", "nbformat", "nbformat_minor", "cells", "new"])
        if key == "cells":
            place = self._chance.randrange(len(self._cells))
            cell = self._cells[place]
            if isinstance(cell, dict) and isinstance(cell.get("source"), str):
                self._spoil(cell)
            self._cells[place] = self._value()
        else:
            self._draft.notebook[key] = self._value()

    # What disks and networks do to bytes.

    def _with_bytes(self) -> bytes:
        self._keep_whole_answers()
        ascii_only = self._chance.random() < 0.5
        text = json.dumps(self._draft.notebook, ensure_ascii=ascii_only, indent=1, sort_keys=True)
        data = text.encode("utf-8", "replace")
        before = data
        for _ in range(self._chance.choice([0, 0, 0, 1, 1, 2, 6])):
            name, data = self._bytes_step(data)
            self.steps.append(name)
        if data != before:
            self._intact = {name for name in self._intact if self._is_whole_in(name, data)}
            # Of two copies one may have been spoilt, and is another try then.
            self._intact -= self._copied()
        name, data = self._encoded(data)
        self.steps.append(name)
        return data

    def _keep_whole_answers(self) -> None:
        """Texts in lines, as Jupyter writes them."""
        for cell in self._cells:
            if isinstance(cell, dict) and isinstance(cell.get("source"), str):
                cell["source"] = cell["source"].splitlines(keepends=True)

    def _copied(self) -> set[str]:
        cells = [cell for cell in self._cells if isinstance(cell, dict)]
        texts = [_joined(cell.get("source")) for cell in cells]
        return {
            name
            for name, answer in self.base.answers.items()
            if sum(answer.split("\n")[0] in text for text in texts) > 1
        }

    def _is_whole_in(self, name: str, data: bytes) -> bool:
        """Whether a cell with the whole answer stands, unchanged, in the damaged bytes."""
        text = self.base.answers[name]
        for cell in self._cells:
            if not isinstance(cell, dict) or text not in _joined(cell.get("source")):
                continue
            for ascii_only in (True, False):
                lines = json.dumps(cell, ensure_ascii=ascii_only, indent=1, sort_keys=True)
                indented = lines.replace("\n", "\n  ")
                if indented.encode("utf-8", "replace") in data:
                    return True
        return False

    def _bytes_step(self, data: bytes) -> tuple[str, bytes]:
        chance = self._chance
        kind = chance.choice(["cut", "flip", "remove", "insert", "zero", "append", "double"])
        place = chance.randrange(len(data) + 1) if data else 0
        size = chance.choice([1, 1, 3, 20, 400])
        match kind:
            case "cut":
                least = 0 if chance.random() < 0.2 else len(data) // 3
                return kind, data[: max(place, least)]
            case "flip":
                made = bytearray(data)
                for _ in range(min(size, 10)):
                    if made:
                        made[chance.randrange(len(made))] = chance.randrange(256)
                return kind, bytes(made)
            case "remove":
                return kind, data[:place] + data[place + size :]
            case "insert":
                noise = chance.choice([b'"', b"{", b"}", b"]", b",", b"\n<<<<<<< HEAD\n", b"\\"])
                return kind, data[:place] + noise + data[place:]
            case "zero":
                return kind, data[:place] + bytes(min(size, len(data) - place)) + data[
                    place + size :
                ]
            case "append":
                return kind, data + chance.choice([bytes(size), b"}]", data[-size:], b"\xff" * 3])
            case _:
                return kind, data[:place] + data[place:][:size] + data[place:]

    def _encoded(self, data: bytes) -> tuple[str, bytes]:
        kind = self._chance.choice(["as it is"] * 6 + ["bom", "crlf", "utf-16", "cr"])
        if kind == "bom":
            return kind, b"\xef\xbb\xbf" + data
        if kind == "crlf":
            return kind, data.replace(b"\n", b"\r\n")
        if kind == "cr":
            return kind, data.replace(b"\n", b"\r")
        if kind == "utf-16":
            return kind, data.decode("utf-8", "replace").encode("utf-16")
        return kind, data


def _joined(source: Json) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""
