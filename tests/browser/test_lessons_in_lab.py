"""Open every lesson in the real JupyterLab and run it top to bottom, as a learner would."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.browser.driver import Cell, LabPage, LabServer
from tests.hosts import chosen_hosts

ROOT = Path(__file__).resolve().parent.parent.parent
LESSONS = sorted(path.stem for path in (ROOT / "course").glob("*/*.ipynb"))

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


def _checks(cells: list[Cell]) -> list[Cell]:
    """The cells whose only line is a check, which nbgrader grades."""
    return [
        cell
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.source.startswith("check(")
    ]


def _assert_ran(cells: list[Cell]) -> None:
    assert [f"{cell.name}: {cell.error}" for cell in cells if cell.error] == []
    assert [cell.name for cell in cells if cell.count is None] == []


def test_server_prints_its_address_and_answers(server: LabServer) -> None:
    """`make lab` works without a screen: the address to open is in what it prints."""
    assert f"/lab?token={server.token}" in server.log.read_text()
    with urllib.request.urlopen(server.page_url, timeout=60) as answer:
        assert answer.status == 200


def test_solved_notebook_shows_full_points_and_reasons(lab: LabPage) -> None:
    """The driver sees a verdict's points and its reasons."""
    [check] = _checks(lab.run_notebook("tiny/solved.ipynb"))
    assert check.text("text/plain") == "2.0"
    assert "as expected" in check.text("text/html")


def test_unsolved_notebook_shows_no_points(lab: LabPage) -> None:
    """The driver tells a stub from a solution."""
    [check] = _checks(lab.run_notebook("tiny/stub.ipynb"))
    assert check.text("text/plain") == "0.0"


def test_error_in_a_cell_is_seen_and_stops_the_rest(lab: LabPage) -> None:
    """The driver never takes a notebook for run that stopped half-way."""
    cells = lab.run_notebook("tiny/broken.ipynb")
    assert [cell.error for cell in cells] == [None, "ZeroDivisionError: division by zero", None]
    assert cells[-1].count is None


@pytest.mark.parametrize("lesson", LESSONS)
def test_released_lesson_runs_and_gives_no_points_yet(lab: LabPage, lesson: str) -> None:
    """An untouched lesson runs to its end; every check shows a verdict of 0 points."""
    cells = lab.run_notebook(f"course/{lesson}/{lesson}.ipynb", seconds=360)
    _assert_ran(cells)
    assert _checks(cells), "a lesson has at least one check"
    for cell in _checks(cells):
        assert float(cell.text("text/plain")) == 0, cell.name
        assert cell.text("text/html"), cell.name


# With LESSONKIT_ALL_HOSTS=1, as in `make soak`, all of them. The others run in CI too, through
# tests/lessons/test_check_command.py and tests/course/test_whole_course.py.
@pytest.mark.parametrize("lesson", chosen_hosts(*LESSONS[1::2], *LESSONS[::2], always=3))
def test_solved_lesson_runs_and_gives_full_points(lab: LabPage, lesson: str) -> None:
    """The instructor's notebook runs to its end; every check shows all of its points."""
    cells = lab.run_notebook(f"source/{lesson}/{lesson}.ipynb", seconds=360)
    _assert_ran(cells)
    for cell in _checks(cells):
        expected = float(cell.metadata["nbgrader"]["points"])
        assert float(cell.text("text/plain")) == expected, (cell.name, cell.text("text/html"))


def test_page_had_no_errors_and_asked_nothing_of_the_internet(lab: LabPage) -> None:
    """After all that: no script failed, and no request left this machine."""
    assert lab.errors == []
    assert lab.external == []
