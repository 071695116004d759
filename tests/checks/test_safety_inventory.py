"""The pre-test says nothing before its end, and behind each wrong option is an idea."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from lessonkit.checks.safety.inventory import ITEMS, Item, misconceptions, summary

DOCS = Path(__file__).parents[2] / "docs"
RIGHT = {item.id: item.right for item in ITEMS.values()}


def test_there_are_two_items_for_each_lesson() -> None:
    """Twelve in all, and no letter is right so often that it is worth guessing."""
    lessons = Counter(item.lesson[:2] for item in ITEMS.values())
    assert lessons == {f"0{number}": 2 for number in range(1, 7)}
    assert set(Counter(RIGHT.values()).values()) == {3}


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_each_wrong_option_has_a_misconception(item: Item) -> None:
    """Exactly one option has none: that is the right one."""
    assert list(item.options) == ["A", "B", "C", "D"]
    assert len(item.held) == 3
    assert item.right not in item.held
    assert all(re.fullmatch(r"M[0-6]\.\d+", name) for name in item.held.values())


def test_nothing_is_said_before_all_are_answered() -> None:
    """Not even how many of those that are there are right."""
    for number in range(len(RIGHT)):
        given = dict(list(RIGHT.items())[:number])
        said = summary(given)
        assert said.startswith(f"{number} of 12 answered. Still open: ")
        assert said == summary(dict.fromkeys(given, "A"))


def test_in_the_end_each_lesson_says_how_many_but_not_which() -> None:
    """No letter of any answer stands there."""
    assert summary(RIGHT).count("2 of 2") == 6
    wrong = {item.id: next(iter(item.held)) for item in ITEMS.values()}
    assert summary(wrong).count("0 of 2") == 6
    assert re.search(r"\bP\d|\b[A-D]\b", summary(wrong)) is None
    assert summary({**RIGHT, "P1": "A"}).count("1 of 2") == 1


@pytest.mark.parametrize("odd", ["E", "", "AB", "a"])
def test_what_is_no_option_is_no_answer(odd: str) -> None:
    """The file may have been edited by hand."""
    assert "Still open: P4." in summary({**RIGHT, "P4": odd})
    assert misconceptions({"P4": odd}) == {}


def test_misconceptions_are_counted() -> None:
    """What a class believes, a teacher can add up."""
    assert misconceptions(RIGHT) == {}
    assert misconceptions({"P5": "A", "P7": "D"}) == {"M3.1": 1, "M3.2": 1}
