"""Show that checks and quizzes judge the student's functions without running them here."""

from __future__ import annotations

import json

import pytest

from lessonkit.payload import Packed, Remote, pack
from lessonkit.runner import run
from tests.grading.making import answer, given, judged, outputs_of, points_of, test

FIRST = (
    "import os, sys\nfrom lessonkit import check\nfrom lessonkit.checks import quiz\n%precision 4"
)
HELLO = "def hello():\n    return os.getpid()"
QUIZ = (
    'print(quiz.stored("K0.1", answer_k1))\n### BEGIN HIDDEN TESTS\n'
    'right = quiz.is_right("K0.1", answer_k1, key="ad7ffee9be63d7fd813e")\n'
    'assert right, "K0.1: not right."\n### END HIDDEN TESTS'
)


@pytest.mark.slow
def test_a_check_gives_points_reasons_and_misconceptions() -> None:
    """The verdict is shown, and goes into the result, right and wrong."""
    result = judged(
        given(FIRST),
        answer(HELLO),
        test('check("0.1", hello)', 2),
        answer("def hello():\n    return 2", model=HELLO),
        test('check("0.1", hello)', 2),
    )
    right, wrong = result.cells

    assert (right.points, right.why, right.tamper_proof) == (2, "", True)
    assert wrong.points is not None
    assert wrong.points < 2
    assert wrong.why
    assert wrong.verdict is not None
    assert wrong.verdict["exercise"] == "0.1"
    shown = outputs_of(result, 4)[-1]
    assert shown["output_type"] == "execute_result"
    assert float(shown["data"]["text/plain"]) == wrong.points
    assert "text/html" in shown["data"]


@pytest.mark.slow
def test_a_check_of_what_cannot_be_sent_says_so() -> None:
    """Open files and threads stay where they are; it costs the points of that check only."""
    source = (
        "import threading\nlock = threading.Lock()\ndef hello():\n    with lock:\n        return 1"
    )
    result = judged(given(FIRST), answer(source, model=HELLO), test('check("0.1", hello)', 2))

    assert points_of(result) == [0]
    assert "cannot be sent to the sandbox" in result.cells[0].why


@pytest.mark.slow
def test_a_check_of_a_function_with_a_c_library_of_its_cell() -> None:
    """What was opened in the notebook by name is opened again where the check runs it."""
    source = "import ctypes\nlibc = ctypes.CDLL(None)\ndef hello():\n    return libc.getpid()"
    result = judged(given(FIRST), answer(source, model=HELLO), test('check("0.1", hello)', 2))

    assert points_of(result) == [2]


def test_a_quiz_is_judged_apart_and_its_key_is_not_shown() -> None:
    """Right, wrong, not written, and written so that it fails."""
    blank = "def answer_k1():\n    raise NotImplementedError"
    wrong = "def answer_k1():\n    return 1 / 0"
    for source, points, words in (
        ('def answer_k1():\n    return "C"', 1, "stored as 'C'"),
        ('def answer_k1():\n    return "A"', 0, "stored as 'A'"),
        (blank, 0, "no answer yet"),
        (wrong, 0, "could not be read"),
    ):
        result = judged(given(FIRST), answer(source), test(QUIZ))
        shown = json.dumps(outputs_of(result, 2))

        assert points_of(result) == [points]
        assert words in shown
        assert "ad7ffee9be63d7fd813e" not in shown
        assert "is_right" not in shown


def test_bytes_of_a_function_go_into_a_box_without_being_looked_into() -> None:
    """`Packed` is a third way to name a function; what is in the bytes runs in the box only."""
    import cloudpickle

    blob = cloudpickle.dumps(lambda: 6 * 7)

    class Elsewhere(Remote):
        def packed(self) -> Packed:
            return Packed(blob=blob, sources={"cell": "lambda: 6 * 7"})

        def __call__(self) -> int:
            raise AssertionError("it was called here")

    parts = pack(Packed(blob=blob))

    assert parts["how"] == "pickle"
    assert parts["blob"] is blob
    assert run(Elsewhere()).value == 42
    assert pack(Elsewhere())["sources"] == {"cell": "lambda: 6 * 7"}
