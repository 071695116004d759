"""Every broken submission of the corpus is taken in, repaired, and keeps the points it earned."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessonkit.batch.intake import take
from lessonkit.grading.records import Budget
from lessonkit.grading.repair import NotGradable, repair
from tests.grading.plain_judge import plain_points
from tests.grading.properties import structure_problems, validation_problems
from tests.submissions.cases import Case, all_cases
from tests.submissions.drafts import NAME, assignment_spec

BROKEN = all_cases("broken")


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.name)
def test_broken_submission_keeps_its_points(broken: Case, tmp_path: Path) -> None:
    """It gets the points, the status and the sentences that its entry in the corpus names."""
    spec = assignment_spec()
    folder = broken.hand_in(tmp_path)
    handed = take(folder, (NAME,), (), Budget())
    said = list(handed.notes)
    points = dict.fromkeys(broken.earned, 0.0)
    problems: list[str] = []
    try:
        if NAME not in handed.notebooks:
            raise NotGradable(handed.refused[NAME])
        repaired = repair(handed.notebooks[NAME], spec, Budget())
    except NotGradable as reason:
        status = "not gradable"
        said.append(str(reason))
    else:
        status = "repaired" if repaired.repairs else "graded"
        said += repaired.repairs
        points = plain_points(repaired, spec)
        problems = structure_problems(repaired, spec) + validation_problems(repaired)

    assert status in broken.status, said
    assert points == broken.earned, said
    assert [words for words in broken.says if not any(words in one for one in said)] == [], said
    assert problems == []


def test_corpus_says_what_happened_in_each_case() -> None:
    """A sentence each, and no two cases with the same one; forty and more are broken."""
    told = [one.what for one in BROKEN]

    assert len(BROKEN) >= 40
    assert all(what.endswith(".") for what in told)
    assert len(set(told)) == len(told)


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    """Submissions are made by the same steps each time, and hold no dates or chances."""
    small = [one for one in BROKEN if one.name not in ("large_answer", "larger_outputs")]

    assert [one.draft().bytes() for one in small] == [one.draft().bytes() for one in small]
