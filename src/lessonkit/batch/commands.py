"""Offer grading to a shell: `lessonkit grade ASSIGNMENT`.

Exit status: 0 when every submission has a grade or a reason that was told, 2 for bad usage, a
missing course or another grader at work, 3 when we failed on a submission or could not go on.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from lessonkit.batch.reports.command import add_report
from lessonkit.errors import LessonkitError, UsageError
from lessonkit.host import require_linux

if TYPE_CHECKING:
    from lessonkit.batch.engines import Engine

__all__ = ["add_commands", "run_grade"]

MARGIN_SECONDS = 30.0
"""Judging ends by itself when a submission's time is up; this is for when it does not."""
PATIENCE_SECONDS = 60.0
"""How long to wait for a gradebook that another program keeps locked, or for a cluster."""


def add_commands(commands: Any) -> None:
    """Add the command to the parsers of `lessonkit`."""
    grade = commands.add_parser(
        "grade",
        help="grade the submissions of an assignment",
        description="Judge every submission of an nbgrader assignment, students' code in a sandbox "
        "and apart from the tests, and write the gradebook and the autograded folders as "
        "`nbgrader autograde` does. What is graded already, in the form that it has now, is left "
        "as it is; so the same command goes on where an interrupted one stopped.",
    )
    grade.add_argument("assignment", metavar="ASSIGNMENT", help="its name, such as 03-zombies")
    grade.add_argument(
        "--jobs", type=int, metavar="N", help="how many to judge at a time; one for each processor"
    )
    grade.add_argument(
        "--student", action="append", default=[], metavar="ID", help="only this; may be repeated"
    )
    grade.add_argument("--resume", action="store_true", help="go on, and say how far it was")
    grade.add_argument("--force", action="store_true", help="also what is graded already")
    grade.add_argument("--json", action="store_true", help="print it as one JSON object")
    grade.add_argument(
        "--scheduler", metavar="ADDRESS", help="judge on the workers of a Dask scheduler: tcp://…"
    )
    grade.set_defaults(command=run_grade)
    add_report(commands)


def run_grade(arguments: argparse.Namespace, engine: Engine | None = None) -> int:
    """Do what the command line says; return the exit status. engine: the real one if left out."""
    require_linux()
    if arguments.resume and arguments.force:
        raise UsageError("--resume leaves alone what is graded, --force does not: give one of them")
    jobs = arguments.jobs
    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs is at least 1, not {jobs}")
    if arguments.scheduler and jobs is not None:
        raise UsageError(
            "--jobs is for this machine; a scheduler's workers are as many as there are"
        )
    from lessonkit.batch.course import find_course
    from lessonkit.batch.driving import grade
    from lessonkit.batch.engines import grading_engine
    from lessonkit.batch.telling import Teller

    course = find_course()
    engine = engine or grading_engine()
    teller = Teller(arguments.assignment, resume=arguments.resume, quiet=arguments.json)
    try:
        grade(
            course,
            arguments.assignment,
            pool=partial(
                _pool, arguments, course.budget.longest_seconds + MARGIN_SECONDS, engine.preload
            ),
            engine=engine,
            listener=teller,
            students=tuple(dict.fromkeys(arguments.student)),
            force=arguments.force,
            patience_seconds=PATIENCE_SECONDS,
        )
    except KeyboardInterrupt:
        teller.end()
        sys.stderr.write(
            f"lessonkit: interrupted; {len(teller.rows)} submissions were graded and stay so. The "
            "same command goes on from there\n"
        )
        return 3
    except LessonkitError:
        teller.end()
        if teller.rows:
            sys.stderr.write(f"lessonkit: {len(teller.rows)} submissions were graded and stay so\n")
        raise
    teller.end()
    sys.stdout.write((teller.json() if arguments.json else teller.text()) + "\n")
    return 3 if teller.failed else 0


def _pool(
    arguments: argparse.Namespace, seconds: float, preload: tuple[str, ...], most: int
) -> Any:
    if arguments.scheduler:
        from lessonkit.batch.cluster import ClusterPool

        return ClusterPool(
            arguments.scheduler,
            seconds=seconds,
            preload=preload,
            patience_seconds=PATIENCE_SECONDS,
        )
    from lessonkit.batch.pools import LocalPool

    jobs = arguments.jobs or len(os.sched_getaffinity(0))
    return LocalPool(min(jobs, most), seconds=seconds, preload=preload)
