"""Ask a question in a notebook without writing its key next to it.

A key is kept as a salted digest: neither the notebook nor the feedback page shows it, and
nobody reads it by accident. It is out of sight, not out of reach: who tries all answers of a
multiple-choice question finds the right one. So a graded item's key stands in a hidden test
only, and an item whose answer must be defended is a written one, graded by a person.

    def answer():
        return "B"

    print(self_check("K3.3", answer, key="5d1f...", advice={"A": "Run D1 again.", ...}))

What an author does: `digest("K3.3", "D")` gives the key to write down; `keys("K3.9", "AC")`
those of a question with several right options, each of which is judged alone; and
`digest("K3.10", sequence(["B", "A+1"]))` that of lines to be put in order, A one step in.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping

__all__ = ["digest", "is_right", "keys", "normalise", "self_check", "sequence", "stored"]

Answer = str | int | float | set[str] | frozenset[str] | tuple[str, ...] | list[str] | None
"""What a learner may answer: words, a number, or several letters in any order."""

Given = Answer | Callable[[], Answer]
"""An answer, or the function that returns it; an unwritten one raises NotImplementedError."""

_LETTERS = 20  # 80 bits of the digest are plenty to tell answers apart


def normalise(answer: Answer) -> str:
    """Write an answer so that equal ones look equal: "(b)." is "B", 6.0 is 6, order is free.

    Example:
        >>> normalise(" (b). "), normalise(6.0), normalise({"C", "a"})
        ('b', '6', 'a,c')
    """
    if isinstance(answer, (set, frozenset, list, tuple)):
        return ",".join(sorted({normalise(one) for one in answer}))
    if isinstance(answer, (int, float)):
        return f"{answer:g}" if abs(answer) < 1e6 else f"{answer:.6e}"
    text = re.sub(r"\s+", " ", str(answer)).strip(" ().:").casefold()
    try:
        return normalise(float(text.replace(",", "")))
    except ValueError:
        return text


def digest(item: str, answer: Answer) -> str:
    """Return what may be written down instead of the answer to *item*; the salt is the item.

    Source: RFC 7914 (scrypt). Takes about 10 ms and 4 MiB.
    """
    made = hashlib.scrypt(
        normalise(answer).encode(), salt=f"lessonkit quiz {item}".encode(), n=2**12, r=8, p=1
    )
    return made.hex()[:_LETTERS]


def keys(item: str, answers: Iterable[Answer]) -> tuple[str, ...]:
    """Return the digests of several right answers to *item*, in an order that says nothing."""
    return tuple(sorted(digest(item, answer) for answer in answers))


def sequence(places: Iterable[str]) -> str:
    """Write an answer whose order counts, so that it can be digested.

    Example:
        >>> sequence(["B", "A+1", "C"])
        'b>a+1>c'
    """
    return ">".join(place.strip().casefold().removesuffix("+0") for place in places)


def is_right(item: str, given: Given, *, key: str) -> bool:
    """Say if the answer is the one whose digest is *key*; an unwritten answer is not."""
    answer, problem = _ask(given)
    return problem is None and digest(item, answer) == key


def stored(item: str, given: Given) -> str:
    """Return a sentence with the answer as it will be graded; nothing on right or wrong."""
    answer, problem = _ask(given)
    if problem is not None:
        return f"{item}: {problem}"
    return f"{item}: your answer is stored as {answer!r}. It is graded after you hand it in."


def self_check(item: str, given: Given, *, key: str, advice: Mapping[str, str]) -> str:
    """Return a sentence that says if the answer is right and, if not, what to look at again.

    Args:
        advice: answer -> what to run or to read when this answer was given. Give one for every
            option, also for the right one: else the option without advice would be the key.
    """
    answer, problem = _ask(given)
    if problem is not None:
        return f"{item}: {problem}"
    if digest(item, answer) == key:
        return f"{item}: {answer!r} is right."
    words = {normalise(option): text for option, text in advice.items()}
    again = words.get(normalise(answer), "That is not one of the answers asked for.")
    return f"{item}: {answer!r} is not right. {again}"


def _ask(given: Given) -> tuple[Answer, str | None]:
    """The answer and None, or None and why there is none."""
    if not callable(given):
        answer = given
    else:
        try:
            answer = given()
        except NotImplementedError:
            return None, "no answer yet."
        except Exception as error:  # whatever a learner wrote must not stop the notebook
            return None, f"the answer could not be read: {type(error).__name__}: {error}"
    if answer is None or answer == "":
        return None, "no answer yet."
    if isinstance(answer, bool) or not isinstance(
        answer, (str, int, float, set, frozenset, list, tuple)
    ):
        return None, f"an answer is a text or a number, not {type(answer).__name__}."
    return answer, None
