"""An engine for tests of the driver: it judges by what is written in the cells, and runs nothing.

A solution cell whose text holds "right" earns all points of the test after it, "half" half of
them; other words make it misbehave, as `judge` shows.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import time
from pathlib import Path

from lessonkit.batch.engines import Engine
from lessonkit.grading.records import CellResult, Job, Judgement

__all__ = ["FAKE", "judge"]


def judge(data: bytes) -> bytes:
    """Stand in for `lessonkit.grading.judge`."""
    return pickle.dumps(_judge(pickle.loads(data)))


def _judge(job: Job) -> Judgement:
    text = job.submitted.decode()
    if "kills its judge" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "kills its first judge" in text:
        _once(job)
    if "takes for ever" in text:
        time.sleep(600)
    if "raises" in text:
        raise RuntimeError("a test of what happens when judging fails")
    if "slow" in text:
        time.sleep(0.3)
    try:
        notebook = json.loads(text)
    except ValueError:
        return Judgement(status="not gradable", reason="It is no notebook.")
    cells = []
    answer = ""
    for cell in notebook["cells"]:
        entry = cell["metadata"].get("nbgrader", {})
        answer = cell["source"] if entry.get("solution") else answer
        if not (entry.get("grade") or entry.get("task")):
            continue
        most = float(entry["points"])
        points: float | None = most if "right" in answer else most / 2 if "half" in answer else 0.0
        if entry["solution"] or entry["task"]:
            points = None
        cells.append(CellResult(grade_id=entry["grade_id"], points=points, max_points=most))
    return Judgement(status="graded", notebook=json.dumps(notebook).encode(), cells=tuple(cells))


def _once(job: Job) -> None:
    mark = Path(json.loads(job.submitted)["metadata"]["mark"])
    if not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)


FAKE = Engine(encode=pickle.dumps, judge=judge, decode=pickle.loads, preload=(__name__,))
