"""Notebooks damaged at random are repaired or refused with one sentence; nothing intact is lost.

A sample runs always. LESSONKIT_ALL_HOSTS=1 runs two thousand, as does

    LESSONKIT_FUZZ=2000 python -m pytest tests/grading/test_fuzz_repair.py
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonkit.grading.records import Budget
from lessonkit.grading.repair import NotGradable, repair
from lessonkit.grading.repairing import matching
from tests.grading.fuzzing import Damage, bases
from tests.grading.properties import (
    problems_of,
    structure_problems,
    validation_problems,
)
from tests.submissions.drafts import Draft, assignment_spec

ALL = 2000
SAMPLE = 300
PER_TEST = 50
FOUND = (22086,)
VALIDATED = 5  # every so manieth notebook of a sample is validated, which costs most of the time

everything = os.environ.get("LESSONKIT_ALL_HOSTS") == "1"
count = int(os.environ.get("LESSONKIT_FUZZ", ALL if everything else SAMPLE))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("first", range(0, count, PER_TEST))
def test_damaged_notebooks_are_repaired_or_refused(first: int) -> None:
    """No traceback, nothing invalid, and every answer that was left intact is what is tested."""
    found = {}
    for seed in range(first, min(first + PER_TEST, count)):
        damage = Damage(seed)
        validate = count > SAMPLE or seed % VALIDATED == 0
        problems, _ = problems_of(damage, validate=validate)
        if problems:
            found[seed] = (damage.steps, problems)

    assert found == {}


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_repaired_wrongly_once_stays_right(seed: int) -> None:
    """Seeds beyond the sample that showed a fault in the repair."""
    assert problems_of(Damage(seed))[0] == []


def test_damage_is_the_same_for_the_same_seed() -> None:
    """What was found once can be made again."""
    assert [Damage(seed).data for seed in range(20)] == [Damage(seed).data for seed in range(20)]


def test_a_repair_that_forgets_parts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If of several cells with one label just the first counted, these seeds would tell."""

    def first_only(wanted: Any, group: list[Any], *_: Any) -> tuple[Any, list[Any]]:
        return group[0], []

    monkeypatch.setattr(matching, "joined_answer", first_only)

    assert any(problems_of(Damage(seed), validate=False)[0] for seed in range(60))


def outcome_of(data: bytes) -> str | None:
    """Repair, and hold the outcome to its promises; None for a refusal."""
    try:
        repaired = repair(data, assignment_spec(), Budget())
    except NotGradable:
        return None
    assert structure_problems(repaired, assignment_spec()) == []
    return json.dumps(repaired.notebook)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_repaired_or_refused(data: bytes) -> None:
    """Whatever the bytes are."""
    outcome_of(data)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "cell_type": json_values | st.sampled_from(["code", "markdown", "raw"]),
                "source": json_values | st.lists(st.text(max_size=10), max_size=3),
                "metadata": json_values
                | st.fixed_dictionaries({"nbgrader": json_values})
                | st.fixed_dictionaries(
                    {
                        "nbgrader": st.fixed_dictionaries(
                            {"grade_id": st.sampled_from(["q1-answer", "q1-test", "q2-text"])},
                            optional={"points": json_values, "schema_version": json_values},
                        )
                    }
                ),
                "id": json_values,
                "attachments": json_values,
                "outputs": json_values,
            },
        )
        | json_values,
        max_size=5,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_cells_are_repaired_or_refused(cells: list[Any]) -> None:
    """Whatever the cells are, beside those of a good notebook the answers stay."""
    draft = Draft()
    good = json.dumps(draft.notebook["cells"])
    outcome_of(json.dumps({"cells": cells, "nbformat": 4}).encode())

    made = outcome_of(f'{{"cells": {good[:-1]}, {json.dumps(cells)[1:-1] or 0}]}}'.encode())

    assert made is not None
    assert json.loads(made)["nbformat_minor"] == 5


@given(st.integers(0, 12_000))
@settings(max_examples=60, deadline=None)
def test_a_file_cut_anywhere_keeps_the_answers_before_the_cut(end: int) -> None:
    """All cells that are whole before the cut are found; what comes out is valid."""
    data = Draft().bytes()[:end]
    try:
        repaired = repair(data, assignment_spec(), Budget())
    except NotGradable:
        # Nothing that tells this notebook from others is there yet.
        assert end < Draft().bytes().index(b"q1-text")
        return
    assert validation_problems(repaired) == []
    texts = [cell["source"] for cell in repaired.notebook["cells"]]
    for name, text in bases()[0].answers.items():
        whole = json.dumps(text.split("\n")[-1])[1:-1].encode()
        place = Draft().bytes().find(f'"grade_id": "{name}"'.encode())
        if data.find(whole, place) >= 0:
            assert text in texts
