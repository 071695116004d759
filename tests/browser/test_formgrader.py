"""An instructor grades with nbgrader's formgrader, from the submission to the released feedback."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.batch.courses import hand_in, make_course
from tests.batch.test_feedback_pages import HOSTILE, WRITTEN, lesson
from tests.batch.test_stock_seams import SEAMS
from tests.browser.driver import LabServer, chromium_program, launch_chromium, serve

PATIENCE_MS = 60_000
SECONDS = 60.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released assignment with one submission, and a place to hand feedback out from."""
    folder = tmp_path_factory.mktemp("formgrader")
    exchange = folder / "exchange"
    exchange.mkdir()
    config = f"{SEAMS}c.Exchange.root = {str(exchange)!r}\n"
    root = make_course(folder / "course", {"ps1": {"proc": lesson()}}, config=config)
    answers = {"plus": "def plus(a):\n    return a + 1", "why": WRITTEN, "show": HOSTILE}
    when = "2030-01-02 10:00:00 UTC"
    handed = hand_in(root, "ada", answers, timestamp=when)
    (handed / "submission_secret.txt").write_text("a secret of the student's")
    return root


@pytest.fixture(scope="module")
def grading_lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab, started in the course as an instructor starts it."""
    if chromium_program() is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    programs = str(Path(sys.executable).parent)
    home = tmp_path_factory.mktemp("home")
    root = ["--allow-root"] if os.geteuid() == 0 else []
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader runs `alembic` by name.
        patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
        with serve(course, home, command=["-m", "jupyterlab", *root], start=course) as running:
            yield running


@pytest.fixture
def page(grading_lab: LabServer, playwright: Playwright) -> Iterator[Page]:
    """A page of a browser of its own, logged in."""
    program = chromium_program()
    assert program is not None
    browser = launch_chromium(playwright, program)
    try:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{grading_lab.url}formgrader/?token={grading_lab.token}")
        yield page
    finally:
        browser.close()


def requests_of(page: Page) -> list[str]:
    """A list that grows with what the page asks for, whoever answers."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def stays_here(url: str) -> bool:
    """Whether an address is of this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("file", "data", "blob") or parts.hostname in LOOPBACK


def press(page: Page, button: str) -> None:
    """Press a button in the submission's row, and wait until it is told that it worked."""
    page.locator(f"#main-table td.{button} a").click()
    done = page.locator("#success-modal, #error-modal")
    done.wait_for(state="visible")
    assert done.get_attribute("id") == "success-modal", done.inner_text()
    done.locator(".modal-header button.close").click()
    done.wait_for(state="detached")


def until_saved(course: Path, name: str, points: float) -> None:
    """Wait until a grade that somebody gave is in the gradebook."""
    query = (
        "SELECT grade.manual_score FROM grade JOIN base_cell ON base_cell.id = grade.cell_id "
        "WHERE base_cell.name = ?"
    )
    deadline = time.monotonic() + SECONDS
    found: object = None
    while time.monotonic() < deadline:
        connection = sqlite3.connect(course / "gradebook.db")
        (found,) = connection.execute(query, (name,)).fetchone()
        connection.close()
        if found == points:
            return
        time.sleep(0.1)
    raise AssertionError(f"{name}: {found} is in the gradebook, not {points}")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_submission_is_graded_and_given_back_through_the_formgrader(
    course: Path, grading_lab: LabServer, page: Page
) -> None:
    """Its button judges with us; answers, the task's scheme and points are there; feedback goes
    out; and nothing that the student wrote runs, neither there nor on the feedback page."""
    asked = requests_of(page)
    page.locator("#main-table td.num-submissions a").click()
    row = page.locator("#main-table tr").first
    expect(row.locator("td.status")).to_have_text("needs autograding", timeout=PATIENCE_MS)

    press(page, "autograde")

    expect(row.locator("td.score")).to_have_text("2 / 7", timeout=PATIENCE_MS)
    expect(row.locator("td.status")).to_have_text("needs manual grading")

    page.goto(f"{grading_lab.url}formgrader/gradebook/ps1/proc")
    page.locator("#main-table a[href*='/formgrader/submissions/']").first.click()
    page.locator("input.score#why").wait_for(state="visible")
    page.wait_for_function("() => window.formgrader && window.formgrader.loaded")
    page.wait_for_function("() => document.activeElement.classList.contains('tabbable')")
    page.wait_for_function(
        "() => document.querySelector('input.score[id=\"test-plus\"]').placeholder === '2'"
    )
    assert page.evaluate("() => window.ran") is None, "a student's script ran"
    assert "plus(40) == 41" in page.locator("body").inner_text(), "the instructor sees all tests"
    assert "Two points for the root" in page.locator("body").inner_text()
    assert "$x^2$" in page.locator("body").inner_text(), "a formula is there as it was typed"
    for name, points in (("why", 1.5), ("show", 1), ("draw", 2)):
        given = page.locator(f"input.score#{name}")
        given.fill(str(points))
        given.press("Tab")
        until_saved(course, name, points)

    page.goto(f"{grading_lab.url}formgrader/manage_submissions/ps1")
    expect(row.locator("td.status")).to_have_text("graded", timeout=PATIENCE_MS)
    expect(row.locator("td.score")).to_have_text("6.5 / 7")
    press(page, "generate-feedback")
    press(page, "release-feedback")

    (released,) = (course.parent / "exchange" / "tiny" / "feedback").glob("*.html")
    page.goto(released.as_uri())
    page.wait_for_load_state("networkidle")
    shown = page.locator("body").inner_text()
    assert "proc (Score: 6.5 / 7.0)" in shown
    assert "plus(40)" not in shown
    assert page.evaluate("() => window.ran") is None
    elsewhere = [url for url in asked if not stays_here(url)]
    assert elsewhere == [], "a laptop without a network waits for these"
    assert any("/formgrader/submissions/" in url for url in asked), "it was watched"
