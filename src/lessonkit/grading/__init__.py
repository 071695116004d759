"""Judge one submitted notebook: bytes in, bytes out, whatever is in it.

    judge(job: bytes) -> bytes        # any concurrent.futures.Executor can run it
    judge_job(Job) -> Judgement       # the same, without the bytes
    calibrate(spec, files, budget)    # which tests have to run beside the student's code

Nothing here knows a gradebook, a folder or nbgrader; `lessonkit.batch` brings submissions here
and writes down what comes back.

Who is who

    judging.py      from the repaired notebook to the judgement, cell by cell
    student.py      the student's interpreter in a box (sandbox/sessions*.py, cells*.py), which
                    runs their cells once; replayed when it dies
    trusted.py      runs the tests, in this process, in which no student's code ever is
    proxies.py      stand for the student's functions there; standins.py, for their exceptions
    together.py     runs a test beside the student's code, where there is no other way
    names.py        which names a test needs, and whose they are
    scoring.py      what a test came to, as points and as outputs that nbgrader reads
    repair.py       makes a whole notebook of what was handed in
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lessonkit.grading.calibrating import Calibration as Calibration
    from lessonkit.grading.calibrating import calibrate as calibrate
    from lessonkit.grading.judging import judge_job as judge_job

__all__ = ["Calibration", "calibrate", "judge", "judge_job"]

_WHERE = {"Calibration": "calibrating", "calibrate": "calibrating", "judge_job": "judging"}


def judge(job: bytes) -> bytes:
    """Judge the notebook in *job*, as `codec.job_to_bytes` wrote it; return a judgement, for
    `codec.judgement_from_bytes`. Here, so that another process finds it by a short name."""
    from lessonkit.grading import judging

    return judging.judge(job)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'lessonkit.grading' has no attribute {name!r}")
    return getattr(importlib.import_module(f"lessonkit.grading.{_WHERE[name]}"), name)
