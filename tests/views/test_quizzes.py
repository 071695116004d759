"""Questions answer at once, keep what was answered, and never hold their keys in words."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit.checks import quiz
from lessonkit.errors import UsageError
from lessonkit.views import quizzes
from lessonkit.views.questions import Quiz

HOSTILE = "<script>alert(1)</script>`<img src=x onerror=alert(2)>`\x1b[31m"
OPTIONS = {"A": "its parent", "B": "root, with `kill -9`", "C": "who adopted it", "D": "its child"}
ADVICE = {letter: f"advice for {letter}" for letter in OPTIONS}
LIFE = ["it is a zombie", "`fork`", "its pid is free", "it calls `_exit`"]
RIGHT_LIFE = ["B", "D", "A", "C"]
LOOP = ["pid = wait()", "while True:", "if pid == 0:", "break", "os.kill(pid, 9)", "break"]
RIGHT_LOOP = ["B", "A+1", "C+1", "D+2"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own my-work.json, and no browser listens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LESSONKIT_VIEWS", "still")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path


def one() -> Quiz:
    """B is right."""
    return quizzes.one("K1", "Who?", OPTIONS, key=quiz.digest("K1", "B"), advice=ADVICE)


def many() -> Quiz:
    """A and C are right."""
    return quizzes.many("K2", "Who all?", OPTIONS, keys=quiz.keys("K2", "AC"), advice=ADVICE)


def numeric(**more: Any) -> Quiz:
    """250 is right, or what is near it."""
    known: dict[str, Any] = {"key": quiz.digest("K3", 250), "unit": "MB", "why": "10 KiB each."}
    return quizzes.numeric("K3", "How much?", advice={250_000: "That is KiB."}, **known, **more)


def order(**more: Any) -> Quiz:
    """A life in order."""
    key = quiz.digest("K4", quiz.sequence(RIGHT_LIFE))
    return quizzes.order("K4", "In order?", LIFE, **{"key": key, "why": "So.", **more})


def parsons(**more: Any) -> Quiz:
    """A loop; the line E does not belong to it, and one of the two breaks."""
    key = quiz.digest("K5", quiz.sequence(RIGHT_LOOP))
    return quizzes.parsons("K5", "A loop?", LOOP, key=key, distractors=True, **more)


ALL: dict[str, tuple[Callable[[], Quiz], Any, Any]] = {
    "one": (one, "B", "A"),
    "many": (many, ["A", "C"], ["A", "B"]),
    "numeric": (numeric, 250, 12),
    "order": (order, RIGHT_LIFE, list("ABCD")),
    "parsons": (parsons, RIGHT_LOOP, list("ABCD")),
}


def html_of(question: Quiz) -> str:
    """Its text/html."""
    found = question._repr_mimebundle_()["text/html"]
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("kind", ALL)
def test_an_answer_is_judged_kept_and_shown_again(kind: str, own_folder: Path) -> None:
    """Wrong, then right; after a restart the last answer and what was said to it are there."""
    make, right, wrong = ALL[kind]
    question = make()
    before = (question.given, question.right, question.tries)
    said_to_wrong = question.answer(wrong)
    state_of_wrong = question.right
    said_to_right = question.answer(right)
    again = make()

    assert before == (None, None, 0)
    assert "is not right" in said_to_wrong
    assert state_of_wrong is False
    assert "is right" in said_to_right
    assert (again.given, again.right, again.tries) == (right, True, 2)
    assert said_to_right in repr(again)
    assert "✓" in html_of(again)
    kept = json.loads((own_folder / "my-work.json").read_text())["quizzes"][question.item]
    assert (kept["answer"], kept["right"], kept["tries"]) == (right, True, 2)


@pytest.mark.parametrize("kind", ALL)
def test_as_text_it_says_how_it_is_answered(kind: str) -> None:
    """Question, what there is to choose from, and the call; shown again, nothing is counted."""
    question = ALL[kind][0]()
    text = repr(question)

    assert text.startswith(f"{question.item}: {question.question}")
    assert f"{question.item.lower()}.answer(" in text
    assert all(f"{letter}: " in text for letter, _ in question.kind.lines())
    assert set(question._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert question.tries == 0


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    "answer", [None, "Z", "?", ["Z"], {"A": 1}, HOSTILE, object(), float("nan")]
)
def test_what_is_no_answer_is_not_counted(kind: str, answer: object) -> None:
    """It is told what an answer has to be."""
    question = ALL[kind][0]()

    assert "That is not an answer" in question.answer(answer)
    assert (question.given, question.tries) == (None, 0)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    "answer", [5.5, "Z", [], ["A", "A"], [["A"]], {"x": 1}, HOSTILE, True, None]
)
def test_a_file_edited_by_hand_does_no_harm(kind: str, answer: Any, own_folder: Path) -> None:
    """A kept answer that is none is as good as no answer; a try is a number."""
    make = ALL[kind][0]
    kept = {"answer": answer, "right": True, "tries": "many"}
    sections = {"quizzes": {f"K{number}": kept for number in range(1, 6)}}
    (own_folder / "my-work.json").write_text(json.dumps(sections))
    question = make()

    assert question.right is not True
    assert question.tries == 0
    assert "<script" not in html_of(question)
    assert "is not right" in question.answer(ALL[kind][2])


@pytest.mark.parametrize("kind", ALL)
def test_the_answer_is_nowhere_in_what_is_shown(kind: str) -> None:
    """Form and state hold no key, and no advice before there is an answer."""
    question = ALL[kind][0]()
    shown = json.dumps([question.kind.form(), question._state()]) + repr(question)

    assert "advice for" not in shown
    assert "10 KiB" not in shown
    assert "So." not in shown
    assert not any(key in shown for key in quiz.keys("K1", "ABCD") + quiz.keys("K2", "ABCD"))


def test_every_option_has_its_own_advice() -> None:
    """The right one too: there it says why."""
    question = one()

    for letter in OPTIONS:
        verdict = "is right" if letter == "B" else "is not right"
        assert question.answer(letter) == f"K1: {letter} {verdict}. advice for {letter}"


@pytest.mark.parametrize(
    "chosen", [set(c) for n in range(5) for c in itertools.combinations("ABCD", n)]
)
def test_each_wrong_choice_of_several_gets_its_advice(chosen: set[str]) -> None:
    """Only what does not belong is commented, and how many are missing is said."""
    question = many()
    said = question.answer(sorted(chosen))

    assert question.right is (chosen == {"A", "C"})
    if not question.right:
        wrong = chosen - {"A", "C"}
        assert {letter for letter in OPTIONS if f"advice for {letter}" in said} == wrong
        missing = len({"A", "C"} - chosen)
        assert ("One that belongs is missing" in said) is (missing == 1)
        assert ("Some are missing" in said) is (missing == 2)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("250", 250), (" 250 MB ", 250), ("25,000", 25_000), ("1,234,567.5", 1234567.5)]
    + [("2,5", 2.5), ("2.5", 2.5), ("−3", -3), ("1e3", 1000), (250.0, 250), ("12,34", 12.34)],
)
def test_a_number_is_read_as_people_write_it(typed: object, read: float) -> None:
    """A comma before three digits groups them, any other is a decimal comma."""
    question = numeric()
    question.answer(typed)

    assert question.given == read


@pytest.mark.parametrize(
    ("answer", "right"),
    [(250, True), (240, True), (260, True), (239.9, False), (260.1, False), (-250, False)],
)
def test_a_tolerance_is_kept_exactly(answer: float, right: bool) -> None:
    """What is within it is right, and nothing else."""
    question = numeric(tolerance=10)
    question.answer(answer)

    assert question.right is right


@settings(max_examples=25, deadline=None)
@given(answer=st.floats(min_value=-5, max_value=5))
def test_a_tolerance_means_the_distance(answer: float) -> None:
    """For any answer near a right value of 0.5 with a step of 0.25 and a tolerance of 1."""
    kind = quizzes.numeric("K", "?", key=quiz.digest("K", 0.5), tolerance=1, step=0.25).kind

    if abs(abs(answer - 0.5) - 1) > 1e-6:
        assert kind.judge(answer).right is (abs(answer - 0.5) < 1)


def test_a_known_mistake_is_named() -> None:
    """A wrong value that is known gets its own advice, any other the general one."""
    question = numeric(otherwise="Multiply again.")

    assert question.answer("250,000").endswith("That is KiB.")
    assert question.answer(3).endswith("Multiply again.")
    assert question.answer("250 MB") == "K3: 250 MB is right. 10 KiB each."


def test_lines_are_shuffled_and_stay_so() -> None:
    """The same order after every restart, never that of the answer, whatever the author wrote."""
    for number, lines in enumerate(itertools.permutations(RIGHT_LIFE)):
        item = f"Kx{number}"
        key = quiz.digest(item, quiz.sequence(lines))
        first = quizzes.order(item, "?", LIFE, key=key).kind.lines()

        assert first == quizzes.order(item, "?", LIFE, key=key).kind.lines()
        assert [letter for letter, _ in first] != list(lines)


def test_rules_tell_what_is_wrong_with_an_order() -> None:
    """The first rule that a wrong answer keeps speaks; one that fits a right answer is silent."""
    advice = {"A>D": "it must end first", "B>C": "B before C", "D+1": "unused"}
    question = order(advice=advice)

    assert question.answer("A D B C").endswith("it must end first")
    assert question.answer("D B A C").endswith("B before C")
    assert question.answer(list("DCBA")).endswith("what it needs before it.")
    assert question.answer(RIGHT_LIFE) == "K4: B D A C is right. So."


def test_rules_tell_what_is_wrong_with_a_program() -> None:
    """Lines used, left out, or not far enough in."""
    question = parsons(advice={"E": "nobody is to be killed", "-C": "0 is missing", "C+0": "in!"})

    assert question.answer("B", "A+1", "E+1", "C", "D").endswith("nobody is to be killed")
    assert question.answer("B", "A+1").endswith("0 is missing")
    assert question.answer("B", "A+1", "C", "D+1").endswith("in!")
    assert question.answer("B", "A+1", "C+1", "D+1").endswith("what it needs before it.")


def test_lines_that_read_the_same_are_the_same() -> None:
    """Either of the two breaks does."""
    assert "is right" in parsons().answer("B", "A+1", "C+1", "F+2")


def test_without_indentation_or_distractors_there_is_none() -> None:
    """All lines are needed, and none can be moved in."""
    question = order()

    assert "not an answer" in question.answer("B", "D", "A")
    assert "not an answer" in question.answer("B", "D+1", "A", "C")
    assert "not an answer" in parsons().answer("B", "A+9")


def test_several_orders_can_be_right() -> None:
    """The author gives a key for each."""
    keys = [quiz.digest("K4", quiz.sequence(lines)) for lines in ("BDAC", "DBAC")]
    question = order(key=keys)

    for lines, right in [("BDAC", True), ("DBAC", True), ("ABCD", False)]:
        question.answer(list(lines))
        assert question.right is right


@pytest.mark.parametrize(
    "make",
    [
        lambda: quizzes.one("K", "?", {"A": "x"}, key="", advice={"A": "x"}),
        lambda: quizzes.one("K", "?", {"A": "x", "a": "y"}, key="", advice={"A": "x", "a": "y"}),
        lambda: quizzes.one("K", "?", OPTIONS, key="", advice={"A": "only one"}),
        lambda: quizzes.many("K", "?", OPTIONS, keys=[], advice={**ADVICE, "E": "too many"}),
        lambda: quizzes.numeric("K", "?", key="", tolerance=1000, step=1),
        lambda: quizzes.numeric("K", "?", key="", tolerance=-1),
        lambda: quizzes.order("K", "?", ["same", "same"], key=""),
        lambda: quizzes.order("K", "?", [str(n) for n in range(27)], key=""),
        lambda: quizzes.order("K", "?", LIFE, key="", advice={"B<A": "no such rule"}),
        lambda: quizzes.order("K", "?", LIFE, key="", advice={"B>X": "no such line"}),
    ],
)
def test_an_authors_mistake_is_found_at_once(make: Callable[[], Quiz]) -> None:
    """An option without advice would be the key; a rule about no line would never speak."""
    with pytest.raises(UsageError, match="K: "):
        make()


def test_what_cannot_be_kept_is_told(own_folder: Path) -> None:
    """The answer is judged and shown all the same."""
    question = one()
    own_folder.rename(own_folder.with_name("moved"))
    said = question.answer("B")

    assert said.startswith("K1: B is right. advice for B")
    assert "cannot be written" in said
    assert question.right
    assert "cannot be written" in html_of(question)


def test_while_nbgrader_grades_nothing_is_kept(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grading is not the learner's doing."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    one().answer("B")

    assert os.listdir(own_folder) == []


def test_hostile_texts_stay_texts() -> None:
    """Nothing that stands in a question is markup or a terminal sequence."""
    options = {"A": HOSTILE, "B": HOSTILE}
    shown = []
    for question in (
        quizzes.one(HOSTILE, HOSTILE, options, key="", advice=options),
        quizzes.parsons(HOSTILE, HOSTILE, [HOSTILE, "x"], key="", otherwise=HOSTILE),
    ):
        question.answer("A") if question.kind.code is False else question.answer("A", "B")
        shown.append(html_of(question))
        assert "\x1b" not in repr(question)

    for page in shown:
        assert not any(part in page for part in ("<script", "<img", "\x1b"))


def test_a_line_of_a_program_keeps_its_backticks() -> None:
    """In a shell they mean something."""
    question = quizzes.parsons("K", "?", ["echo `date`", "exit"], key="")

    assert "<code>echo `date`</code>" in html_of(question)
