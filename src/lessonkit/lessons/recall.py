"""Ask three questions a day about lessons already begun: spaced recall, in Leitner boxes.

Where questions come from (so that they are written once, in the lesson):

- below the heading `## Interview preparation`: each <details>, its <summary> is the question
  and the rest the answer;
- `views.one("K3.3", question, options, key=..., advice=...)` in a cell: the answer is the option
  whose digest is the key, and what is said to it. The other forms of question are not asked
  again: what is put in order once is not recalled, but done;
- self-checks in plain cells (`### K3.3 ... (self-check)`): the text is the question, the key is
  `key="..."` in the cell below it.

The rule. A question that was known moves up one box of five, one that was not goes back to
box 1; in box 1 to 5 it rests 1, 3, 7, 21, 60 days. Each day asks first what is due, the lowest
box first, then what waits longest; then questions never asked, in an order drawn from the
date; then the rest, soonest first. A self-check answered in its lesson starts in box 2, or in
box 1 if the answer was wrong. What is answered today changes tomorrow's questions, never
today's. The boxes are in the section "recall" of `my-work.json` in the course folder.
"""

from __future__ import annotations

import ast
import hashlib
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, Protocol

from lessonkit.checks.quiz import digest
from lessonkit.lessons.catalogue import HEADING, Lesson
from lessonkit.lessons.prose import to_text

__all__ = ["DAYS_OF_REST", "Answer", "Question", "Resting", "choose", "next_state", "questions_of"]

DAYS_OF_REST = {1: 1, 2: 3, 3: 7, 4: 21, 5: 60}
HOW_MANY = 3
_NOT_FOUND = "The lesson has it."

_DETAILS = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
_OPTION = re.compile(r"^- \*\*([A-Z])\*\*", re.MULTILINE)
_KEY = re.compile(r"""\bkey\s*=\s*["']([0-9a-f]{20})["']""")
_INTERVIEW = re.compile(r"^## +Interview preparation\b", re.MULTILINE)
_PART = re.compile(r"^## ", re.MULTILINE)


class Answer(Protocol):
    """Works out an answer when it is wanted: finding a self-check's takes some milliseconds."""

    def __call__(self) -> str:
        """Return the answer, in Markdown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question, in Markdown. key: "03-zombies/K3.3"; item: its id where it has one."""

    key: str
    lesson: Lesson
    text: str
    answer: Answer
    item: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Resting:
    """Where a question lies: in which box, since when."""

    box: int
    since: date

    @property
    def due(self) -> date:
        """The first day on which it is to be asked again."""
        return self.since + timedelta(days=DAYS_OF_REST[self.box])


def questions_of(lesson: Lesson) -> list[Question]:
    """Return the questions of one lesson, in its order."""
    found = [*_self_checks(lesson), *_forms(lesson), *_interview(lesson)]
    return list({question.key: question for question in found}.values())


def choose(
    questions: Sequence[Question],
    boxes: Mapping[str, Mapping[str, Any]],
    answered: Mapping[str, Mapping[str, Any]],
    today: date,
) -> list[Question]:
    """Choose today's questions.

    Args:
        boxes: The section "recall" of the course folder: key -> fields.
        answered: Fields of the section "quizzes" of the lessons, by key.
    """

    def rank(question: Question) -> tuple[Any, ...]:
        lies = _this_morning(boxes.get(question.key, {}), today)
        if lies is None:
            lies = _from_lesson(answered.get(question.key, {}), today)
        chance = hashlib.sha256(f"{today} {question.key}".encode()).hexdigest()
        if lies is None:
            return 1, 0, date.min, chance
        if lies.due <= today:
            return 0, lies.box, lies.due, chance
        return 2, 0, lies.due, chance

    return sorted(questions, key=rank)[:HOW_MANY]


def next_state(
    known: Mapping[str, Any], answered: Mapping[str, Any], knew: bool, today: date
) -> dict[str, Any]:
    """Return the fields to keep for a question, now that it was answered.

    known: its fields in "recall" so far; answered: those of the lesson's "quizzes". Where it
    lay this morning is kept too: so a second click the same day corrects the first.
    """
    lay = _this_morning(known, today) or _from_lesson(answered, today)
    box = min(lay.box + 1 if lay else 2, max(DAYS_OF_REST)) if knew else 1
    return {
        "box": box,
        "asked": today.isoformat(),
        "knew": knew,
        "box_before": lay.box if lay else None,
        "asked_before": lay.since.isoformat() if lay else None,
    }


def _this_morning(fields: Mapping[str, Any], today: date) -> Resting | None:
    """Where a question lay when the day began; None: it had never been asked."""
    lies = _resting(fields.get("box"), fields.get("asked"))
    if lies is not None and lies.since >= today:
        return _resting(fields.get("box_before"), fields.get("asked_before"))
    return lies


def _from_lesson(fields: Mapping[str, Any], today: date) -> Resting | None:
    right = fields.get("right")
    if not isinstance(right, bool):
        return None
    lies = _resting(2 if right else 1, str(fields.get("changed"))[:10])
    return lies if lies is None or lies.since < today else None


def _resting(box: object, since: object) -> Resting | None:
    if not isinstance(box, int) or box not in DAYS_OF_REST or not isinstance(since, str):
        return None
    try:
        return Resting(box=int(box), since=date.fromisoformat(since))
    except ValueError:
        return None


def _interview(lesson: Lesson) -> Iterator[Question]:
    inside = False
    for cell in lesson.cells:
        if cell.kind != "markdown":
            continue
        if _INTERVIEW.search(cell.source):
            inside = True
        elif _PART.search(cell.source):
            inside = False
        if inside:
            for summary, rest in _DETAILS.findall(cell.source):
                text, answer = summary.strip(), rest.strip()
                if text and answer:
                    key = f"{lesson.name}/{_slug(text)}"
                    yield Question(key=key, lesson=lesson, text=text, answer=partial(str, answer))


def _self_checks(lesson: Lesson) -> Iterator[Question]:
    for item in lesson.items:
        if item.kind != "self-check":
            continue
        text = lesson.cells[item.cell].source
        heading = next((found for found in HEADING.finditer(text) if found["id"] == item.id), None)
        body = text[heading.end() :].strip() if heading else ""
        key = _key_below(lesson, item.cell)
        if body and key is not None and len(_OPTION.findall(body)) > 1:
            yield Question(
                key=f"{lesson.name}/{item.id}",
                lesson=lesson,
                text=body,
                answer=partial(_option_with, item.id, body, key),
                item=item.id,
            )


def _forms(lesson: Lesson) -> Iterator[Question]:
    for cell in lesson.cells:
        if cell.kind != "code" or "one(" not in cell.source:
            continue
        source = re.sub(r"^[%!].*$", "", cell.source, flags=re.MULTILINE)
        try:
            with warnings.catch_warnings(action="ignore"):  # of "\\d" and the like
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # a learner is at work there
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) == "one":
                yield from _form(lesson, node)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _form(lesson: Lesson, call: ast.Call) -> Iterator[Question]:
    """The question that a call asks, if all of it is written out there."""
    written = dict(zip(("item", "question", "options"), call.args, strict=False))
    written |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    try:
        given = {name: ast.literal_eval(value) for name, value in written.items()}
        item, question, key = (str(given[name]) for name in ("item", "question", "key"))
        options = {str(letter): str(words) for letter, words in given["options"].items()}
        advice = dict(given.get("advice") or {})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, MemoryError):
        return
    lines = (f"- **{letter}** — {words}" for letter, words in options.items())
    text = "\n".join([question, "", *lines])
    answer = partial(_option_of, item, options, key, advice)
    yield Question(key=f"{lesson.name}/{item}", lesson=lesson, text=text, answer=answer, item=item)


def _option_of(
    item: str, options: Mapping[str, str], key: str, advice: Mapping[object, object]
) -> str:
    for letter, words in options.items():
        if digest(item, letter) == key:
            return f"**{letter}** — {words}\n\n{advice.get(letter, '')}".strip()
    return _NOT_FOUND


def _key_below(lesson: Lesson, place: int) -> str | None:
    """The digest in the code cells that follow the question."""
    for cell in lesson.cells[place + 1 :]:
        if cell.kind != "code":
            return None
        if found := _KEY.search(cell.source):
            return found[1]
    return None


def _option_with(item: str, body: str, key: str) -> str:
    for letter in _OPTION.findall(body):
        if digest(item, letter) == key:
            line = re.search(rf"^- (\*\*{letter}\*\*.*)$", body, re.MULTILINE)
            return line[1] if line else letter
    return _NOT_FOUND


def _slug(text: str) -> str:
    """A name that lasts as long as the question is worded like this."""
    words = re.sub(r"[^a-z0-9]+", "-", to_text(text).casefold()).strip("-")[:48]
    return f"{words}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
