"""When a submission was handed in, and what being late costs.

Source: nbgrader.utils.parse_utc, nbgrader.plugins.latesubmission.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dateutil import parser, tz

from lessonkit.batch.course import Course
from lessonkit.batch.writing import Penalty
from lessonkit.errors import LessonkitError, UsageError

__all__ = ["TIMESTAMP", "PenaltyError", "late_penalty", "parse_timestamp"]

TIMESTAMP = "timestamp.txt"
_DEFAULTS = ("LateSubmissionPlugin", "nbgrader.plugins.LateSubmissionPlugin")


class PenaltyError(LessonkitError):
    """The course's own plugin for late submissions failed."""


def parse_timestamp(text: str) -> datetime:
    """Read what nbgrader's exchange writes into timestamp.txt, as UTC without a zone.

    Raises:
        ValueError: It is no time.
    """
    words = text.split(" ")
    try:
        if len(words) == 3:
            zone: Any = words[2]
            try:
                # Seconds, of all things: nbgrader reads "+0100" so. Its formgrader compares what
                # is in the gradebook with what it reads itself, so it has to be the same.
                zone = int(zone)
            except ValueError:
                zone = tz.gettz(zone)
            when: datetime = parser.parse(" ".join([*words[:2], "TZ"]), tzinfos={"TZ": zone})
        else:
            when = parser.parse(text)
        if (offset := when.utcoffset()) is not None:
            when -= offset
    except (ValueError, OverflowError, TypeError) as error:
        raise ValueError(f"{text!r:.60} is no time: {error}") from error
    return when.replace(tzinfo=None)


def late_penalty(course: Course) -> Penalty:
    """What the course's configuration says being late costs.

    nbgrader's own plugin has two methods that need no import of nbgrader; another plugin is
    made and called as nbgrader does it.

    Raises:
        UsageError: The plugin cannot be loaded.
    """
    plugin = course.setting("AssignLatePenalties", "plugin_class", _DEFAULTS[-1])
    name = plugin if isinstance(plugin, str) else f"{plugin.__module__}.{plugin.__name__}"
    if name.startswith("nbgrader.plugins") and name.endswith(_DEFAULTS[0]):
        if course.setting("LateSubmissionPlugin", "penalty_method", "none") == "zero":
            return lambda student, score, late: score
        return lambda student, score, late: None
    try:
        if isinstance(plugin, str):
            from traitlets.utils.importstring import import_item

            plugin = import_item(plugin)
        made = plugin(config=course.config)
    except Exception as error:
        raise UsageError(
            f"the plugin for late submissions, {name}, cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from error

    def ask(student: str, score: float, late: float) -> float | None:
        try:
            cost = made.late_submission_penalty(student, score, late)
            return None if cost is None else float(cost)
        except Exception as error:
            raise PenaltyError(
                f"the plugin for late submissions, {name}, failed: {type(error).__name__}: {error}"
            ) from error

    return ask
