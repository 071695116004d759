"""Show what is kept of a notebook's outputs: enough, never more, however fast the machine is."""

from __future__ import annotations

import dataclasses
import json

import pytest

from lessonkit.grading.records import Judgement
from lessonkit.sandbox.sessions_outputs import LEFT_OUT, Room, arranged
from tests.grading.making import QUICK, answer, judged, outputs_of, points_of, test

PATIENT = dataclasses.replace(QUICK, cell_seconds=60, wall_seconds=200)
SHOW = "get_ipython().display_pub.publish"
KEPT_AFTERWARDS = (answer("after = 1"), test("assert after == 1"))


def size(result: Judgement, number: int) -> int:
    """The bytes of a cell's outputs."""
    return len(json.dumps(outputs_of(result, number), ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "data",
    [
        "{'text/plain': 'x'}",
        "{'text/plain': 'x' * 100}",
        "{f'a/{n}': 'x' for n in range(20)}",
        "{}",
    ],
)
def test_many_small_displays_are_cut_and_said_to_be(data: str) -> None:
    """Five thousand of them: some stay, one line says that there were more, the cell lives on."""
    source = f"data = {data}\nfor _ in range(5000):\n    {SHOW}(data)"
    result = judged(answer(source), *KEPT_AFTERWARDS, budget=PATIENT)
    outputs = outputs_of(result, 0)

    assert points_of(result) == [1]
    assert 600_000 / 400 < len(outputs) < 5000
    assert outputs[-1]["data"] == {"text/plain": "(more displays than are kept were left out)"}
    assert size(result, 0) < 700_000


@pytest.mark.parametrize("letter", ["x", "\\n", "ä", "😀", "\\x00"])
def test_a_display_counts_as_it_is_sent(letter: str) -> None:
    """590,000 characters are kept if they are as many bytes; if more, the cell is not lost."""
    source = f"{SHOW}({{'text/plain': '{letter}' * 590_000}})"
    result = judged(answer(source), *KEPT_AFTERWARDS)
    (output,) = outputs_of(result, 0)

    assert points_of(result) == [1]
    kept = len(output["data"]["text/plain"])
    assert (kept == 590_000) if letter == "x" else (kept < 100)


def test_errors_that_are_shown_again_and_again_are_cut() -> None:
    """The first ones stay; the cell lives on."""
    again = "    try:\n        1 / 0\n    except ZeroDivisionError:\n"
    source = f"for _ in range(3000):\n{again}        get_ipython().showtraceback()"
    result = judged(answer(source), *KEPT_AFTERWARDS, budget=PATIENT)

    assert points_of(result) == [1]
    assert outputs_of(result, 0)[0]["ename"] == "ZeroDivisionError"
    assert size(result, 0) < 300_000


def test_the_error_of_a_cell_is_kept_beside_all_that_it_displays() -> None:
    """The longest there can be, after more displays than are kept."""
    source = (
        f"for _ in range(5000):\n    {SHOW}({{'text/plain': 'x'}})\n"
        "raise ValueError('\\x00' * 100_000)"
    )
    result = judged(answer(source), *KEPT_AFTERWARDS, budget=PATIENT)

    assert points_of(result) == [1]
    assert outputs_of(result, 0)[-1]["ename"] == "ValueError"


def test_all_cells_share_what_is_kept_of_displays() -> None:
    """Also of what a student's process claims to have shown, past what it would keep by itself."""
    claim = "{'output_type': 'display_data', 'data': {'text/plain': 'x' * 50}}"
    source = f"get_ipython().shown += [{claim}] * 1000"
    budget = dataclasses.replace(QUICK, shown_bytes=250_000)
    result = judged(*[answer(source)] * 4, *KEPT_AFTERWARDS, budget=budget)

    assert points_of(result) == [1]
    assert len(outputs_of(result, 0)) == 1000
    for number in (2, 3):
        assert outputs_of(result, number)[-1]["text"] == LEFT_OUT
    assert 200_000 < sum(size(result, number) for number in range(4)) < 260_000


def test_a_new_interpreter_has_no_new_room_for_what_is_printed() -> None:
    """Four cells that print and end the interpreter have what one has."""
    source = "print('x' * 80_000, flush=True)\nimport os\nos._exit(1)"
    budget = dataclasses.replace(QUICK, output_bytes=100_000)
    result = judged(*[answer(source)] * 4, *KEPT_AFTERWARDS, budget=budget)

    assert points_of(result) == [1]
    assert sum(size(result, number) for number in range(4)) < 105_000


def test_what_is_run_once_more_takes_no_room() -> None:
    """A cell after a lost interpreter prints and displays as if it had not been lost."""
    show = f"print('x' * 40_000)\n{SHOW}({{'text/plain': 'y' * 40_000}})"
    budget = dataclasses.replace(QUICK, output_bytes=100_000, shown_bytes=100_000)
    result = judged(
        answer(show),
        answer("import os\nos._exit(1)"),
        answer(show),
        *KEPT_AFTERWARDS,
        budget=budget,
    )

    assert points_of(result) == [1]
    assert LEFT_OUT not in json.dumps(outputs_of(result, 2))
    assert size(result, 2) > 80_000


def test_what_does_not_fit_is_left_out_in_its_place() -> None:
    """What comes after it and fits is kept: the order is that of the cell."""
    shown = [
        {"output_type": "display_data", "data": {"text/plain": text}}
        for text in ("first", "x" * 1000, "last")
    ]
    stdout = b"a\x1e7:0\x1eb\x1e7:1\x1ec\x1e7:2\x1e"
    room = Room(printed=0, shown=300)

    outputs = arranged(stdout, b"", "7", shown, room)

    words = [one.get("text") or one["data"]["text/plain"] for one in outputs]
    assert words == ["a", "first", "b", "c", "last", LEFT_OUT]
    assert 0 < room.shown < 300
