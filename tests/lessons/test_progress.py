"""Points, predictions and what is next follow from the notebooks and from my-work.json."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonkit.lessons.catalogue import read_course
from lessonkit.lessons.progress import Progress, keep_answer, keep_points, look
from lessonkit.lessons.tables import next_words, progress_data, progress_text
from lessonkit.workbook import Workbook
from tests.lessons.making import record, text, write_course, write_lesson

TODAY = date(2026, 11, 21)
MORNING, NOON, EVENING = (f"2026-11-20T{hour}:00:00+00:00" for hour in ("08", "12", "20"))


def seen(course: Path) -> Progress:
    """What there is now."""
    return look(read_course(course), TODAY)


def checks(*best: float, changed: str = NOON, number: int = 1) -> dict[str, Any]:
    """A section "checks" with these best points, from exercise N.1 on."""
    return {
        f"{number}.{place}": {"best": points, "points": 0, "changed": changed}
        for place, points in enumerate(best, 1)
    }


def test_an_untouched_course_begins_with_its_first_lesson(tmp_path: Path) -> None:
    """Nothing earned, nothing to recall, the first lesson is next."""
    progress = seen(write_course(tmp_path, "01-a", "02-b"))

    assert [(one.state, one.points) for one in progress.lessons] == [("not begun", 0)] * 2
    assert next_words(progress) == "Next: begin the lesson 01-a, Title of 01-a"
    assert progress.questions == ()
    assert "No questions yet" in progress_text(progress)


def test_the_best_of_all_checks_counts(tmp_path: Path) -> None:
    """A worse check later takes nothing away; predictions are counted beside."""
    write_course(tmp_path, "01-a")
    predictions = {"D1": {"prediction": "B"}, "D2": {"prediction": ""}, "D9": {"prediction": "A"}}
    record(tmp_path / "01-a", checks=checks(1.5), predictions=predictions)
    [one] = seen(tmp_path).lessons

    assert (one.points, one.lesson.max_points, one.predicted) == (1.5, 4.0, ("D1",))


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ((), (), "begin the lesson 01-a"),
        ((0,), (), "exercise 1.1 in 01-a, First (0 of 2 points so far)"),
        ((2,), (), "exercise 1.2 in 01-a, Second (not checked yet)"),
        ((1.5, 2), (), "exercise 1.1 in 01-a, First (1.5 of 2 points so far)"),
        ((2, 2), (), "begin the lesson 02-b"),
        ((1,), (2, 0), "exercise 2.2 in 02-b"),
        ((1,), (2, 2), "exercise 1.1 in 01-a"),
        ((2, 2), (2, 2), "nothing is left to solve"),
    ],
)
def test_what_is_next(tmp_path: Path, first: Any, second: Any, words: str) -> None:
    """The first unsolved exercise of the lesson at hand, then what follows, then what is behind."""
    write_course(tmp_path, "01-a", "02-b")
    if first:
        record(tmp_path / "01-a", checks=checks(*first, changed=NOON))
    if second:
        record(tmp_path / "02-b", checks=checks(*second, changed=EVENING, number=2))

    assert words in next_words(seen(tmp_path))


def test_a_lesson_without_exercises_is_done_when_it_was_begun(tmp_path: Path) -> None:
    """Nothing can be missing there, so the next lesson is proposed."""
    write_lesson(tmp_path, "01-a", [text("# 1 · A"), text("### Demonstration D1: x")])
    write_lesson(tmp_path, "02-b")
    record(tmp_path / "01-a", predictions={"D1": {"prediction": "A", "changed": NOON}})

    assert "02-b" in next_words(seen(tmp_path))


def test_questions_come_from_earlier_lessons(tmp_path: Path) -> None:
    """From lessons begun; from the one at hand only while there is no other."""
    write_course(tmp_path, "01-a", "02-b", "03-c")
    record(tmp_path / "01-a", checks=checks(1, changed=MORNING))
    assert {q.lesson.name for q in seen(tmp_path).questions} == {"01-a"}
    record(tmp_path / "02-b", checks=checks(1, changed=NOON, number=2))
    assert {q.lesson.name for q in seen(tmp_path).questions} == {"01-a"}
    record(tmp_path / "03-c", checks=checks(1, changed=EVENING, number=3))
    assert {q.lesson.name for q in seen(tmp_path).questions} == {"01-a", "02-b"}


DAMAGED = [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'"x"']


@pytest.mark.parametrize("data", DAMAGED, ids=lambda data: repr(data[:6]))
@pytest.mark.parametrize("place", ["01-a", "."])
def test_a_damaged_record_is_one_message(tmp_path: Path, data: bytes, place: str) -> None:
    """It is named, the lesson is shown without it, the others with theirs; nothing is lost."""
    write_course(tmp_path, "01-a", "02-b")
    record(tmp_path / "02-b", checks=checks(2, number=2))
    damaged = tmp_path / place / "my-work.json"
    damaged.write_bytes(data)
    progress = seen(tmp_path)

    assert [one.points for one in progress.lessons] == [0, 2]
    [problem] = progress.problems
    assert str(damaged) in problem
    assert "! " in progress_text(progress)
    assert damaged.read_bytes() == data


@pytest.mark.parametrize("best", [-3, 99, "2", None, True, [1], 1e400, float("nan")])
def test_points_are_never_more_than_possible(tmp_path: Path, best: Any) -> None:
    """The record can be edited; its numbers are bounded before they are summed."""
    write_course(tmp_path, "01-a")
    record(tmp_path / "01-a", checks={"1.1": {"best": best}})
    [one] = seen(tmp_path).lessons

    assert 0 <= one.points <= 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["best", "points", "changed", "prediction", "right", "box", "asked", "knew", "box_before"]
    ),
    JSON | st.sampled_from([1, 2, 5, 6, "2026-11-21", "2026-11-20", "2026-99-99"]),
)


@given(
    own=st.dictionaries(
        st.sampled_from(["checks", "predictions", "quizzes"]),
        st.dictionaries(st.sampled_from(["1.1", "D1", "K1.1"]), FIELDS | JSON) | JSON,
    ),
    box=FIELDS,
)
def test_whatever_a_record_holds_it_can_be_shown(
    tmp_path_factory: pytest.TempPathFactory, own: Any, box: Any
) -> None:
    """No content of my-work.json ends in anything but a table and data."""
    course = tmp_path_factory.getbasetemp() / "any"
    if not course.exists():
        write_course(course, "01-a", "02-b")
    record(course / "01-a", **own)
    [key] = [q.key for q in seen(course).questions][:1] or ["x"]
    record(course, recall={key: box})
    progress = seen(course)

    assert "01-a" in progress_text(progress, answers=True)
    json.dumps(progress_data(progress))


def test_points_of_a_check_are_kept_with_the_best(tmp_path: Path) -> None:
    """The newest points and the best ones; other sections stay."""
    write_course(tmp_path, "01-a")
    record(tmp_path / "01-a", predictions={"D1": {"prediction": "A"}})
    [lesson] = read_course(tmp_path).lessons
    for points in (1.5, 0.5):
        keep_points(lesson, lesson.exercises[0], points)
    fields = Workbook(tmp_path / "01-a").get("checks", "1.1")
    del fields["changed"]

    assert fields == {"points": 0.5, "max_points": 2.0, "best": 1.5, "title": "First"}
    assert Workbook(tmp_path / "01-a").get("predictions", "D1") == {"prediction": "A"}


def test_an_answer_moves_its_question_and_leaves_today_alone(tmp_path: Path) -> None:
    """The same questions all day, whatever is said; the last word counts; tomorrow differs."""
    write_course(tmp_path, "01-a", "02-b", "03-c", "04-d")
    for number, name in enumerate(("01-a", "02-b", "03-c", "04-d"), 1):
        record(tmp_path / name, checks=checks(1, changed=f"2026-11-1{number}", number=number))
    before = seen(tmp_path)
    keys = [q.key for q in before.questions]
    for key in keys:
        assert keep_answer(before, key, False, TODAY)["box"] == 1
    assert keep_answer(before, keys[0], True, TODAY)["box"] == 2

    assert [q.key for q in seen(tmp_path).questions] == keys
    tomorrow = look(read_course(tmp_path), date(2026, 11, 22))
    assert {q.key for q in tomorrow.questions} >= set(keys[1:])
    assert keys[0] not in {q.key for q in tomorrow.questions}


def test_the_table_holds_every_lesson_and_fits_a_terminal(tmp_path: Path) -> None:
    """One line each with minutes, points and predictions; nothing wider than 80 columns."""
    write_course(tmp_path, "01-a", "02-b")
    record(tmp_path / "01-a", checks=checks(1.5))
    shown = progress_text(seen(tmp_path), answers=True).splitlines()

    assert shown[1].split() == ["01-a", "40", "1.5", "of", "4", "0", "of", "2", "begun"]
    assert shown[2].split() == ["02-b", "40", "0", "of", "4", "0", "of", "2", "not", "begun"]
    assert max(map(len, shown)) <= 80
