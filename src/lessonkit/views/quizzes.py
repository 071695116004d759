"""Ask a question that answers at once: one, many, numeric, order, parsons.

    k3_3 = views.one(
        "K3.3",
        "In a shell, `kill -9 4711; echo $?`, where 4711 is a zombie of yours. What is printed?",
        {"A": "1, and \\"No such process\\"", "B": "137", "C": "9", "D": "0"},
        key="6972b35e674878e842c2",
        advice={"A": "Is the number free? Run D1 ...", "B": "...", "C": "...", "D": "..."},
    )
    k3_3

In JupyterLab this is a form; elsewhere it is text, and `k3_3.answer("B")` returns what there is
to say. The answer and the number of tries are kept beside the notebook. Keys are digests, made
with `lessonkit.checks.quiz`: out of sight, not out of reach.

These are for the learner alone: they give no points. A *graded* question stays a plain cell
with a function that returns the answer, and a locked cell with hidden tests that nbgrader
runs (`quiz.stored`, `quiz.is_right`); a form cannot be handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lessonkit.views.arranging import Arrangement
from lessonkit.views.asking import Many, Number, One
from lessonkit.views.questions import Quiz
from lessonkit.workbook import workbook_here

__all__ = ["many", "numeric", "one", "order", "parsons"]

_NOT_SO = "Read your lines from top to bottom, and ask for each what it needs before it."


def one(
    item: str, question: str, options: Mapping[str, str], *, key: str, advice: Mapping[str, str]
) -> Quiz:
    """Ask for one option. Self-check only: a graded question is a plain cell, see above.

    Args:
        item: Its name, such as "K3.3"; the salt of the key, and the name of what is kept.
        question: What is asked. `code` stands between backticks; nothing else is markup.
        options: Letter -> text.
        key: `quiz.digest(item, "D")`.
        advice: Letter -> what is said to it. Every option has one, also the right one: there
            it says why.
    """
    return Quiz(item, question, One(item, options, key, advice), workbook_here())


def many(
    item: str,
    question: str,
    options: Mapping[str, str],
    *,
    keys: Sequence[str],
    advice: Mapping[str, str],
) -> Quiz:
    """Ask for all options that belong. Like `one`; keys is `quiz.keys(item, "AC")`."""
    return Quiz(item, question, Many(item, options, keys, advice), workbook_here())


def numeric(
    item: str,
    question: str,
    *,
    key: str,
    tolerance: float = 0,
    step: float | None = None,
    unit: str = "",
    advice: Mapping[float, str] | None = None,
    otherwise: str = "",
    why: str = "",
) -> Quiz:
    """Ask for a number. Self-check only: a graded question is a plain cell, see above.

    Args:
        key: `quiz.digest(item, 250)`.
        tolerance: How far off an answer may be.
        step: The right value is a multiple of it; *tolerance* itself when left out. A small
            step makes checking slow (10 ms for each value that would do).
        unit: Shown behind the field; may be typed, too.
        advice: Wrong value -> the mistake that leads to it.
        otherwise: What is said to any other wrong value.
        why: What is said to a right answer.
    """
    kind = Number(
        item,
        key,
        tolerance=tolerance,
        step=step,
        unit=unit,
        advice=advice or {},
        otherwise=otherwise,
        why=why,
    )
    return Quiz(item, question, kind, workbook_here())


def order(
    item: str,
    question: str,
    lines: Sequence[str],
    *,
    key: str | Sequence[str],
    advice: Mapping[str, str] | None = None,
    otherwise: str = _NOT_SO,
    why: str = "",
) -> Quiz:
    """Ask to put lines in order. Self-check only: a graded question is a plain cell, see above.

    Args:
        lines: The lines, called A, B, C in the order written here; write them in any order.
            The page shows them in another one, always the same, and never the right one.
        key: `quiz.digest(item, quiz.sequence(["B", "A", "C"]))`; several, where several orders
            are right.
        advice: Rule -> what is said to a wrong answer that keeps it, the first that fits:
            "B>A" (B somewhere before A), "D" (D is used), "-D" (D is left out), "C+1" (C is
            one step in). A rule that the right answer keeps, too, gives nothing away.
        otherwise: What is said to any other wrong answer.
        why: What is said to a right answer.
    """
    keys = [key] if isinstance(key, str) else key
    kind = Arrangement(item, lines, keys, advice=advice or {}, otherwise=otherwise, why=why)
    return Quiz(item, question, kind, workbook_here())


def parsons(
    item: str,
    question: str,
    lines: Sequence[str],
    *,
    key: str | Sequence[str],
    distractors: bool = False,
    indent: bool = True,
    advice: Mapping[str, str] | None = None,
    otherwise: str = _NOT_SO,
    why: str = "",
) -> Quiz:
    """Ask to make a program of lines. Like `order`, and lines can be moved in and out.

    Args:
        lines: Without indentation of their own. Distractors stand among the others.
        key: `quiz.digest(item, quiz.sequence(["B", "A+1"]))`: then A, one step in.
        distractors: Whether some lines do not belong, and can be left out.
        indent: Whether lines can be moved in and out.
    """
    kind = Arrangement(
        item,
        lines,
        [key] if isinstance(key, str) else key,
        code=True,
        indent=indent,
        spare=distractors,
        advice=advice or {},
        otherwise=otherwise,
        why=why,
    )
    return Quiz(item, question, kind, workbook_here())
