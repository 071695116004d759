"""Offer lessons to a shell: `lessonkit progress`, `lessonkit check`, `lessonkit replay`.

What is asked for goes to stdout, and nothing else; how far a check is goes to stderr, as a
bar on a terminal and as lines elsewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from lessonkit.errors import LessonkitError, UsageError
from lessonkit.host import require_linux
from lessonkit.lessons.catalogue import (
    Item,
    Lesson,
    find_course,
    find_notebook,
    lesson_names,
    read_course,
    read_lesson,
)

__all__ = ["add_commands"]

_RECORDING = "To make one: lessonkit run --json --trace exact -- PROGRAM > record.json"


def add_commands(commands: Any) -> None:
    """Add the three commands to the parsers of `lessonkit`."""
    progress = commands.add_parser("progress", help="show what was done, and what is next")
    progress.add_argument("folder", nargs="?", metavar="FOLDER", help="where the lessons are")
    progress.add_argument("--json", action="store_true", help="print it as one JSON object")
    progress.add_argument("--answers", action="store_true", help="with the questions' answers")
    progress.set_defaults(command=_progress)
    check = commands.add_parser(
        "check",
        help="judge all exercises of a lesson",
        description="Run a lesson's notebook in a kernel of its own and print what each of its "
        "checks says. The notebook is only read; the points are kept in my-work.json beside it.",
    )
    check.add_argument("lesson", metavar="LESSON", help="a name such as 03-zombies, or a path")
    check.add_argument("--json", action="store_true", help="print it as one JSON object")
    check.add_argument(
        "--exercise",
        action="append",
        default=[],
        metavar="NUMBER",
        help="judge only this one, such as 3.1; may be repeated",
    )
    check.set_defaults(command=_check)
    replay = commands.add_parser(
        "replay",
        help="make a page from a recorded run",
        description="Turn what `lessonkit run --json --trace exact` printed into one HTML file "
        "that shows the run step by step, with nothing else needed.",
    )
    replay.add_argument("record", metavar="RECORD.json")
    replay.add_argument("-o", "--output", metavar="PAGE.html", help="else RECORD.html beside it")
    replay.set_defaults(command=_replay)


def _progress(arguments: argparse.Namespace) -> int:
    from lessonkit.lessons.progress import look
    from lessonkit.lessons.tables import progress_data, progress_text

    progress = look(read_course(find_course(arguments.folder)), date.today())
    if arguments.json:
        _say(json.dumps(progress_data(progress)))
    else:
        _say(progress_text(progress, answers=arguments.answers))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    require_linux()
    lesson = _lesson(arguments.lesson)
    wanted = _wanted(lesson, arguments.exercise)
    from lessonkit.lessons.judging import Judged, judge_lesson
    from lessonkit.lessons.progress import keep_points

    judged: list[Judged] = []
    unkept = ""
    with _bar(len(wanted)) as bar:
        for one in judge_lesson(lesson, wanted, bar.begin):
            judged.append(one)
            if not one.ours:
                try:
                    keep_points(lesson, one.exercise, one.points)
                except LessonkitError as error:
                    unkept = str(error)
            bar.end(None if arguments.json else one.text)
    if unkept:
        sys.stderr.write(f"lessonkit: {unkept}\n")
    if arguments.json:
        _say(json.dumps(_check_data(lesson, judged)))
    else:
        _say(_sum(lesson, judged))
    return 3 if any(one.ours for one in judged) else 0


def _lesson(word: str) -> Lesson:
    """The lesson that a word on the command line means."""
    path = Path(word)
    if path.is_file():
        if path.suffix != ".ipynb":
            raise UsageError(f"{word} is no notebook: its name does not end in .ipynb.")
        return read_lesson(path)
    if path.is_dir():
        if inside := lesson_names(path):
            raise UsageError(f"{word} is a course: name one of its lessons: {', '.join(inside)}.")
        return read_lesson(find_notebook(path))
    if path.suffix == ".ipynb" or len(path.parts) != 1:
        raise UsageError(f"{word}: there is no such notebook or folder.")
    course = find_course()
    names = lesson_names(course)
    found = [name for name in names if name == word or name.startswith(f"{word.zfill(2)}-")]
    if len(found) != 1:
        raise UsageError(f"no lesson is named {word!r}; there are: {', '.join(names)}.")
    return read_lesson(find_notebook(course / found[0]))


def _wanted(lesson: Lesson, names: list[str]) -> list[Item]:
    if not lesson.exercises:
        raise UsageError(
            f"{lesson.notebook} has no exercises: no graded cell whose only line is a check, "
            'such as check("3.1", make_zombies).'
        )
    known = {item.id: item for item in lesson.exercises}
    for name in names:
        if name not in known:
            raise UsageError(
                f"no exercise {name!r} in {lesson.name}; there are: {', '.join(known)}."
            )
    return [item for item in lesson.exercises if not names or item.id in names]


class _Bar:
    """How far it is: tqdm's bar on a terminal, a line per exercise elsewhere."""

    def __init__(self, total: int, bar: Any) -> None:
        self.total, self.bar, self.begun = total, bar, 0

    def begin(self, item: Item) -> None:
        self.begun += 1
        words = f"{item.id} {item.title}"
        if self.bar is not None:
            self.bar.set_description_str(words)
        else:
            sys.stderr.write(f"lessonkit: judging {words} ({self.begun} of {self.total})\n")

    def end(self, text: str | None) -> None:
        if self.bar is not None:
            self.bar.clear()
        if text is not None:
            _say(f"{text}\n")
            sys.stdout.flush()
        if self.bar is not None:
            self.bar.update()


@contextmanager
def _bar(total: int) -> Iterator[_Bar]:
    if not sys.stderr.isatty():
        yield _Bar(total, None)
        return
    from tqdm import tqdm

    form = "{desc} {bar} {n_fmt} of {total_fmt}, {elapsed}"
    with tqdm(total=total, leave=False, bar_format=form, dynamic_ncols=True) as bar:
        yield _Bar(total, bar)


def _check_data(lesson: Lesson, judged: list[Any]) -> dict[str, Any]:
    return {
        "lesson": lesson.name,
        "notebook": str(lesson.notebook),
        "points": round(sum(one.points for one in judged), 2),
        "max_points": sum(one.exercise.points for one in judged),
        "exercises": [
            {
                "exercise": one.exercise.id,
                "title": one.exercise.title,
                "points": one.points,
                "max_points": one.exercise.points,
                "problem": one.problem,
                "failed_to_judge": one.ours,
                "verdict": one.verdict,
            }
            for one in judged
        ],
    }


def _sum(lesson: Lesson, judged: list[Any]) -> str:
    from lessonkit.show.words import number

    data = _check_data(lesson, judged)
    lines = [f"{lesson.name}: {number(data['points'])} of {number(data['max_points'])} points"]
    for one in judged:
        points = "could not be judged" if one.ours else number(one.points)
        most = "" if one.ours else f" of {number(one.exercise.points)}"
        lines.append(f"  {one.exercise.id} {one.exercise.title}: {points}{most}")
    later = lesson.graded_later
    if later and len(judged) == len(lesson.exercises):
        points = number(sum(item.points for item in later))
        lines.append(f"Not judged here: {len(later)} questions, {points} points, graded later.")
    return "\n".join(lines)


def _replay(arguments: argparse.Namespace) -> int:
    from lessonkit.views.pages import write_page

    record = Path(arguments.record)
    output = Path(arguments.output or record.with_suffix(".html"))
    if output.exists() and record.exists() and output.samefile(record):
        raise UsageError(f"{output} is the record itself: name another file with -o.")
    try:
        write_page(record, output)
    except UsageError as error:
        what = str(error) if str(record) in str(error) else f"{record}: {error}"
        raise UsageError(f"{what}. {_RECORDING}") from error
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.") from error
    _say(str(output))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
