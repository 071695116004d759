"""Which questions there are, and when each comes back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonkit.checks.quiz import digest
from lessonkit.lessons.catalogue import Lesson, read_lesson
from lessonkit.lessons.prose import to_text
from lessonkit.lessons.recall import DAYS_OF_REST, Question, choose, next_state, questions_of
from tests.lessons.making import code, text, write_lesson

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 21)
LESSON = Lesson(
    name="01-a",
    notebook=Path("01-a.ipynb"),
    number=1,
    title="A",
    minutes=None,
    core_minutes=None,
    difficulty="",
    items=(),
    predictions=(),
    cells=(),
)


def questions(count: int) -> list[Question]:
    """Questions named q0, q1, ..."""
    return [
        Question(key=f"q{n}", lesson=LESSON, text=f"{n}?", answer=str, item=f"K1.{n}")
        for n in range(count)
    ]


def lying(box: int, days_ago: int) -> dict[str, Any]:
    """The fields of a question that was put into a box some days ago."""
    return {"box": box, "asked": (TODAY - timedelta(days=days_ago)).isoformat(), "knew": True}


def keys(found: list[Question]) -> list[str]:
    """Their names."""
    return [question.key for question in found]


def test_the_lesson_on_zombies_asks_what_it_holds() -> None:
    """Both self-checks, with the right option found by its digest, and all interview questions."""
    lesson = read_lesson(ROOT / "course/03-zombies/03-zombies.ipynb")
    found = {question.key: question for question in questions_of(lesson)}

    assert len(found) >= 13
    answer = to_text(found["03-zombies/K3.3"].answer())
    assert answer.splitlines()[0] == "D — 0"
    assert "compare D1" in answer
    assert to_text(found["03-zombies/K3.8"].answer()).startswith("A — 0\n")
    assert "self-check" not in found["03-zombies/K3.3"].text
    assert any(q.text == "What is a zombie process?" for q in found.values())
    assert not any("in the child" in q.text for q in found.values())  # a warm-up is no interview
    assert all(to_text(q.answer()).strip() for q in found.values())


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ([text("### K7.1 T (1 point)\n\nQ?\n\n- **A** — 1\n- **B** — 2")], "it is graded"),
        ([text("### K7.1 T (self-check)\n\nQ?\n\n- **A** — 1\n- **B** — 2")], "no key"),
        ([text("### K7.1 T (self-check)\n\nQ?"), code(f'key="{"0" * 20}"')], "no options"),
        ([text("<details><summary>Q?</summary>\n\nA.</details>")], "not below the heading"),
        ([text("## Interview preparation\n\n<details><summary>Q?</summary></details>")], "empty"),
        ([code("# ## Interview preparation\n# <details><summary>Q</summary>A</details>")], "code"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_question(tmp_path: Path, cells: list[dict[str, Any]], why: str) -> None:
    """Only what has both a question and an answer of its own is asked."""
    assert questions_of(read_lesson(write_lesson(tmp_path, "07-x", cells))) == [], why


def test_the_answer_of_a_self_check_is_the_option_of_the_key(tmp_path: Path) -> None:
    """Nothing but the digest stands in the notebook; a key of no option says where to look."""
    body = "### K7.1 T (self-check)\n\nQ?\n\n- **A** — one\n- **B** — two"
    for letter, answer in (("B", "**B** — two"), ("Z", "The lesson has it.")):
        cells = [text(body), code("x = 1"), code(f'quiz(key="{digest("K7.1", letter)}")')]
        [found] = questions_of(read_lesson(write_lesson(tmp_path, "07-x", cells)))
        assert found.answer() == answer
        assert found.text == "Q?\n\n- **A** — one\n- **B** — two"


FORM = """%load_ext lessonkit
k = views.one(
    "K7.1", "Which of `a`?", {{"A": "one", "B": "two"}},
    key="{key}", advice={{"A": "Look again.", "B": "Because it is so."}},
)
k"""


def test_a_form_is_asked_again_with_the_reason_of_its_answer(tmp_path: Path) -> None:
    """Question and options come from the call, the answer from its key; it is asked once."""
    heading = text("### K7.1 T (self-check)\n\nAnswer below.")
    cells = [heading, code(FORM.format(key=digest("K7.1", "B"))), code("views.one(")]
    [found] = questions_of(read_lesson(write_lesson(tmp_path, "07-x", cells)))

    assert (found.key, found.item) == ("07-x/K7.1", "K7.1")
    assert to_text(found.text) == "Which of `a`?\n- A — one\n- B — two"
    assert to_text(found.answer()) == "B — two\nBecause it is so."


@pytest.mark.parametrize(
    "source",
    [
        "one()",
        "one('K7.1')",
        "one('K7.1', 'Q?', OPTIONS, key='0')",
        "one('K7.1', 'Q?', ['A'], key='0')",
        "one('K7.1', 'Q?', {'A': 'x'})",
        "one('K7.1', 'Q?', {'A': 'x'}, key='0', advice=3)",
        "one(*args, **names)",
        "one(" * 300,
        r"x = '\d'; one(1)",
    ],
)
def test_a_form_that_is_not_written_out_is_left_alone(tmp_path: Path, source: str) -> None:
    """Nothing of a notebook is run to find a question, and nothing in it can make this fail."""
    assert questions_of(read_lesson(write_lesson(tmp_path, "07-x", [code(source)]))) == []


def test_due_questions_come_first_the_lowest_box_before_all() -> None:
    """Answered wrong before known once; longer overdue before shorter; rested ones last."""
    boxes = {"q0": lying(2, 3), "q1": lying(1, 1), "q2": lying(2, 9), "q3": lying(5, 59)}

    assert keys(choose(questions(4), boxes, {}, TODAY)) == ["q1", "q2", "q0"]


def test_new_questions_come_after_due_ones_and_before_resting_ones() -> None:
    """What rests is asked early only when there is nothing else, the soonest first."""
    boxes = {"q0": lying(3, 6), "q1": lying(2, 1), "q2": lying(1, 1)}
    assert keys(choose(questions(4), boxes, {}, TODAY)) == ["q2", "q3", "q0"]
    assert keys(choose(questions(2), {"q0": lying(5, 1)}, {}, TODAY)) == ["q1", "q0"]


def test_new_questions_change_from_day_to_day_and_not_within_one() -> None:
    """The order is drawn from the date."""
    days = [keys(choose(questions(20), {}, {}, TODAY + timedelta(days=n))) for n in range(10)]

    assert len({tuple(day) for day in days}) == 10
    assert keys(choose(questions(20), {}, {}, TODAY)) == days[0]


def test_a_self_check_that_went_wrong_in_its_lesson_comes_soon() -> None:
    """Wrong: box 1, so it is due before a right one and before what is new."""
    answered = {
        "q0": {"right": True, "changed": "2026-11-20T10:00:00+00:00"},
        "q3": {"right": False, "changed": "2026-11-20T10:00:00+00:00"},
    }
    chosen = keys(choose(questions(4), {}, answered, TODAY))

    assert chosen[0] == "q3"
    assert "q0" not in chosen


def test_boxes_go_up_one_by_one_and_down_to_the_first() -> None:
    """New and known: box 2, then 3, 4, 5 and no further; not known: box 1 from anywhere."""
    fields: dict[str, Any] = {}
    day = TODAY
    for box in (2, 3, 4, 5, 5):
        fields = next_state(fields, {}, True, day)
        assert fields["box"] == box
        day += timedelta(days=DAYS_OF_REST[box])
    assert next_state(fields, {}, False, day)["box"] == 1


def test_a_second_answer_on_one_day_corrects_the_first() -> None:
    """Where the question lay in the morning counts, not what was clicked before."""
    morning = lying(3, 7)
    wrong = next_state(morning, {}, False, TODAY)
    right = next_state(wrong, {}, True, TODAY)

    assert (wrong["box"], right["box"]) == (1, 4)
    assert next_state(right, {}, True, TODAY)["box"] == 4


@given(
    said=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=6),
    days_ago=st.lists(st.integers(0, 70), min_size=8, max_size=8),
    boxes=st.lists(st.integers(0, 5), min_size=8, max_size=8),
)
def test_answers_never_change_the_questions_of_their_day(
    said: list[tuple[int, bool]], days_ago: list[int], boxes: list[int]
) -> None:
    """Whatever is said, in any order, today's three stay; each is asked again one day."""
    asked = questions(8)
    state = {
        q.key: lying(box, ago) for q, box, ago in zip(asked, boxes, days_ago, strict=True) if box
    }
    today = keys(choose(asked, state, {}, TODAY))
    for place, knew in said:
        key = today[place]
        state[key] = {**state.get(key, {}), **next_state(state.get(key, {}), {}, knew, TODAY)}
        assert keys(choose(asked, state, {}, TODAY)) == today
