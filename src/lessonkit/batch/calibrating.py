"""Find out once, with the instructor's own solution, how the tests of an assignment are run.

A test that needs more than plain data of the student's functions cannot be run apart from them;
`lessonkit.grading` finds out which do. What it found is kept in the gradebook, until the notebook
is released in another form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lessonkit.batch.engines import Engine
from lessonkit.batch.gradebooks import Gradebook
from lessonkit.batch.pools import Pool
from lessonkit.batch.running import Task, run_jobs
from lessonkit.batch.specs import Assignment
from lessonkit.grading.records import Budget, Job, NotebookSpec

__all__ = ["with_modes"]


def with_modes(
    assignment: Assignment,
    book: Gradebook,
    engine: Engine,
    budget: Budget,
    pool: Callable[[], Pool],
    warn: Callable[[str], None],
) -> dict[str, NotebookSpec]:
    """The specifications of an assignment, each with the modes of its tests.

    pool: called where something has to be found out. warn: called with a sentence for the
    instructor where the instructor's own solution does not earn full points, or where it could
    not be found out; tests are run apart then, which is safe.
    """
    specs = dict(assignment.specs)
    if engine.calibrate is None:
        return specs
    for name, spec in assignment.specs.items():
        fingerprint = assignment.calibrated_by(name)
        known = book.modes(assignment.name, name, fingerprint)
        if known is None:
            known = _found_out(assignment, spec, engine, budget, pool())
            if "failed" in known:
                warn(f"{name}: how its tests are run could not be found out: {known['failed']}")
            else:
                book.keep_modes(assignment.name, name, fingerprint, known)
        for sentence in known.get("problems", ()):
            warn(f"{name}: {sentence}")
        specs[name] = replace(spec, modes=known.get("modes", {}))
    return specs


def _found_out(
    assignment: Assignment, spec: NotebookSpec, engine: Engine, budget: Budget, pool: Pool
) -> dict[str, Any]:
    assert engine.calibrate is not None
    job = Job(
        assignment=assignment.name,
        student="",
        spec=spec,
        submitted=b"",
        files=assignment.given,
        budget=budget,
    )
    task = Task(student="", notebook=spec.name, job=engine.encode(job))
    (outcome,) = run_jobs(iter([task]), pool, engine.calibrate)
    if not outcome.answer:
        return {"failed": outcome.why}
    found: dict[str, Any] = json.loads(outcome.answer)
    return found
