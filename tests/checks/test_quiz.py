"""Keys of quiz items are out of sight, answers are read kindly, and nothing ever raises."""

from __future__ import annotations

import pytest

from lessonkit.checks import quiz

KEY = quiz.digest("colour", "B")
ADVICE = {"A": "look at A again", "B": "look at B again", "C": "look at C again"}


def unwritten() -> str:
    """A stub, as nbgrader leaves it."""
    raise NotImplementedError


@pytest.mark.parametrize("answer", ["B", "b", " (b) ", "B.", ["B"], {"b"}])
def test_the_same_answer_written_otherwise_is_right(answer: quiz.Given) -> None:
    """Case, brackets, spaces and a full stop do not matter."""
    assert quiz.is_right("colour", answer, key=KEY)


@pytest.mark.parametrize("answer", [6, 6.0, "6", " 6. ", "6.0"])
def test_a_number_is_the_same_number_in_any_writing(answer: quiz.Given) -> None:
    """6, 6.0 and "6" are one answer."""
    assert quiz.is_right("count", answer, key=quiz.digest("count", 6))


@pytest.mark.parametrize("answer", ["A", "C", "", None, ..., unwritten, 2, "BB", True, object])
def test_any_other_answer_is_not_right(answer: quiz.Given) -> None:
    """Wrong, empty, unwritten and senseless answers are all simply not right."""
    assert not quiz.is_right("colour", answer, key=KEY)


def test_several_letters_count_in_any_order() -> None:
    """A multi-select answer is a set."""
    assert quiz.is_right("many", ["c", "A"], key=quiz.digest("many", {"A", "C"}))


def test_the_same_answer_to_another_item_has_another_digest() -> None:
    """One known key does not give away the others."""
    assert quiz.digest("one", "B") != quiz.digest("two", "B")


def test_stored_says_nothing_about_right_or_wrong() -> None:
    """The line for a right answer differs from that for a wrong one only in the answer."""
    right = quiz.stored("colour", "B")

    assert quiz.stored("colour", "A") == right.replace("'B'", "'A'")


def test_self_check_gives_the_advice_for_the_answer_that_was_given() -> None:
    """A wrong option is met with its own advice, and no other option is named."""
    said = quiz.self_check("colour", "c", key=KEY, advice=ADVICE)

    assert said == "colour: 'c' is not right. look at C again"


def test_self_check_confirms_a_right_answer() -> None:
    """A right answer is called right."""
    assert quiz.self_check("colour", "B", key=KEY, advice=ADVICE) == "colour: 'B' is right."


@pytest.mark.parametrize("given", [unwritten, None, lambda: 1 / 0, object()])
def test_no_answer_never_stops_the_notebook(given: quiz.Given) -> None:
    """A stub, an error in it or a strange object is met with a sentence."""
    assert quiz.stored("colour", given).startswith("colour: ")
    assert quiz.self_check("colour", given, key=KEY, advice=ADVICE).startswith("colour: ")
