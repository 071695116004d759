"""What has to hold of every repaired notebook, whatever was handed in.

    python -m tests.grading.properties COUNT [FIRST]

damages COUNT notebooks, with the seeds from FIRST on, repairs them, and tells what does not hold.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import Any

import nbformat
from nbgrader.nbgraderformat import MetadataValidator

from lessonkit.grading.records import Budget, NotebookSpec
from lessonkit.grading.repair import NotGradable, Repaired, repair
from lessonkit.grading.repairing.outline import defined_names, folded
from tests.grading.fuzzing import Damage

__all__ = ["problems_of", "sentence_problems", "structure_problems", "validation_problems"]

CPU_SECONDS = 2.0  # for a notebook of some ten kilobytes; it takes some milliseconds


def problems_of(damage: Damage, *, validate: bool = True) -> tuple[list[str], str]:
    """Repair a damaged notebook; return what is wrong with the outcome, and the outcome."""
    begin = time.process_time()
    try:
        repaired = repair(damage.data, damage.base.spec, Budget())
    except NotGradable as refusal:
        return _refusal_problems(damage, str(refusal)), "refused"
    problems = []
    took = time.process_time() - begin
    if took > CPU_SECONDS:
        problems.append(f"it took {took:.1f} s")
    problems += structure_problems(repaired, damage.base.spec)
    for name in sorted(damage.intact):
        if not _test_sees(repaired, damage.base.spec, name, damage.base.answers[name]):
            problems.append(f"the test of {name} does not see the student's answer")
    if validate:
        problems += validation_problems(repaired)
    return problems, "repaired" if repaired.repairs else "whole"


def structure_problems(repaired: Repaired, spec: NotebookSpec) -> list[str]:
    """What a repaired notebook lacks of its promises."""
    problems = []
    cells = repaired.notebook["cells"]
    names = [
        cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if "nbgrader" in cell["metadata"]
    ]
    if sorted(names) != sorted(spec.by_id) or len(set(names)) != len(names):
        problems.append("not every cell of the instructor's is there once")
    for name, place in repaired.places.items():
        cell, wanted = cells[place], spec.by_id[name]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") != name:
            problems.append(f"{name} is not where it is said to be")
        if cell["cell_type"] != wanted.kind:
            problems.append(f"{name} is of another type")
        if (
            not wanted.solution
            and (wanted.grade or wanted.locked)
            and cell["source"] != wanted.source
        ):
            problems.append(f"{name} has not the instructor's text")
    tests = [name for name in names if spec.by_id[name].is_test]
    if tests != [cell.grade_id for cell in spec.cells if cell.is_test]:
        problems.append("the tests are not in the instructor's order")
    problems += _order_problems(repaired, spec)
    places = [cell.place for cell in repaired.cells]
    if places != sorted(set(places)):
        problems.append("cells that run are not in order")
    for run in repaired.cells:
        if cells[run.place]["source"] != run.source or cells[run.place]["cell_type"] != "code":
            problems.append(f"cell {run.place} does not run as it stands there")
    hidden = [cell.source for cell in spec.cells if cell.solution]
    for cell in cells:
        if "### BEGIN SOLUTION" in cell["source"] and cell["source"] in hidden:
            problems.append("a solution of the instructor's got into the notebook")
    for sentence in repaired.repairs:
        problems += sentence_problems(sentence)
    return problems


def validation_problems(repaired: Repaired) -> list[str]:
    """What nbformat and nbgrader say against the notebook."""
    notebook: Any = nbformat.from_dict(repaired.notebook)  # type: ignore[no-untyped-call]
    try:
        nbformat.validate(notebook)
        MetadataValidator().validate_nb(notebook)
    except Exception as error:
        return [f"{type(error).__name__}: {str(error)[:300]}"]
    return []


def _order_problems(repaired: Repaired, spec: NotebookSpec) -> list[str]:
    """Each test comes after the answers that it followed."""
    before: list[str] = []
    problems = []
    for cell in spec.cells:
        if cell.solution:
            before.append(cell.grade_id)
        elif cell.is_test:
            place = repaired.places[cell.grade_id]
            late = [name for name in before if repaired.places[name] > place]
            if late:
                problems.append(f"{cell.grade_id} stands before {', '.join(late)}")
    return problems


def _test_sees(repaired: Repaired, spec: NotebookSpec, name: str, answer: str) -> bool:
    """Whether the last cell before an answer's test that defines its functions is the answer."""
    ids = [cell.grade_id for cell in spec.cells]
    test = next(c.grade_id for c in spec.cells[ids.index(name) :] if c.is_test)
    wanted = _squeezed(answer)
    names = defined_names(answer)
    seen = [
        cell.source
        for cell in repaired.cells
        if cell.place < repaired.places[test] and names & defined_names(cell.source)
    ]
    return bool(seen) and wanted in _squeezed(seen[-1])


def _squeezed(text: str) -> str:
    return "\n".join(line for line in folded(text).split("\n") if line)


def _refusal_problems(damage: Damage, reason: str) -> list[str]:
    problems = sentence_problems(reason)
    if damage.intact:
        problems.append(f"refused ({reason}) although {sorted(damage.intact)} are intact")
    return problems


def sentence_problems(text: str) -> list[str]:
    """What is wrong with a sentence that a person is to read."""
    begins = text[0].isupper() or text[0].isdigit()
    if not begins or not text.endswith(".") or "\n" in text or len(text) > 500:
        return [f"not one plain sentence: {text!r}"]
    return []


def main() -> int:
    """Damage as many notebooks as the command line says; the exit status is 1 for problems."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    outcomes: Counter[str] = Counter()
    begin, slowest = time.process_time(), 0.0
    for seed in range(first, first + count):
        damage = Damage(seed)
        before = time.process_time()
        problems, outcome = problems_of(damage)
        slowest = max(slowest, time.process_time() - before)
        outcomes[outcome] += 1
        if problems:
            outcomes["wrong"] += 1
            print(f"seed {seed}: {', '.join(damage.steps)}", *problems, sep="\n    ")
    took = time.process_time() - begin
    print(f"{dict(outcomes)}; {took:.0f} s of processor, {slowest:.2f} s for the slowest")
    return 1 if outcomes["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
