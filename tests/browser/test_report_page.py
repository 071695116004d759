"""The page of `lessonkit report` in a browser: readable in any light and width, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from lessonkit.batch.reports.page import report_html
from lessonkit.batch.reports.records import Class, Graded, Mark, Student, Submitted
from tests.browser.driver import chromium_program, launch_chromium
from tests.browser.notebooks import violations

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
A4 = 718
"""Pixels between the margins of a printed page."""
WIDER_JS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF_JS = """() => [...document.querySelectorAll('.wide')]
    .filter(one => one.scrollWidth > one.clientWidth).length"""


def a_class(assignment: str) -> Class:
    """Questions of every kind, long names and reasons, someone who handed in nothing."""
    questions = (
        Graded(notebook="a", grade_id="q1", kind="test", max_points=3, title="1.1 Make a process"),
        Graded(notebook="a", grade_id="q2-with-a-long-name", kind="test", max_points=2.5),
        Graded(notebook="a", grade_id="q3", kind="manual", max_points=4),
        Graded(notebook="a", grade_id="q4", kind="task", max_points=1),
    )
    submitted = tuple(
        Submitted(
            student=Student(id=f"student-{number}", first_name="Maria Magdalena", last_name=last),
            status=status,
            reason="" if number else "A cell was ended because its time was up. " * 3,
            penalty=0.5 * (number == 2),
            marks={
                ("a", "q1"): Mark(points=number % 4, misconceptions=("M3.1", "M3.2", "M3.3")),
                ("a", "q2-with-a-long-name"): Mark(points=2.5, tamper_proof=number > 1),
                ("a", "q3"): Mark(points=None, waits=True),
                ("a", "q4"): Mark(points=1.0),
            },
        )
        for number, (last, status) in enumerate(
            [("von und zu Hohenstein-Unterwald", "timed out"), ("Li", "graded"), ("O", "repaired")]
        )
    )
    return Class(
        assignment=assignment,
        questions=questions,
        submitted=submitted,
        absent=(Student(id="dan"),),
    )


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser of its own."""
    program = chromium_program()
    if program is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    found = launch_chromium(playwright, program)
    try:
        yield found
    finally:
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page into which axe may be put."""
    with browser.new_context(bypass_csp=True) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file, with two assignments."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    classes = [a_class("03-zombies"), a_class("04-orphans")]
    file.write_text(report_html(classes, course="tiny", made=NOW), "utf-8")
    return file


@pytest.mark.parametrize("width", [1280, 375, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(page: Page, report: Path, width: int, scheme: str) -> None:
    """In both schemes, wide and narrow; and the page itself is never wider than its window."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert page.evaluate(WIDER_JS) == 0
    assert violations(page, "html") == []
    assert asked == [report.as_uri()]


def test_what_cannot_be_scrolled_by_the_keyboard_is_found(page: Page, report: Path) -> None:
    """Negative control: the same page without places for the focus."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(report.as_uri())
    page.evaluate(
        "() => document.querySelectorAll('.wide').forEach(one => one.removeAttribute('tabindex'))"
    )
    assert any("scrollable-region-focusable" in one for one in violations(page, "html"))


def test_a_wide_table_is_scrolled_with_the_keyboard(page: Page, report: Path) -> None:
    """Tab goes to it, an arrow to what is out of sight."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(report.as_uri())
    table = page.locator(".wide", has=page.locator("caption", has_text="Questions")).first
    for _ in range(12):
        page.keyboard.press("Tab")
        if table.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.scrollLeft > 0", timeout=60_000)
    assert table.evaluate("one => one === document.activeElement")


def test_nothing_is_cut_off_on_paper(page: Page, report: Path) -> None:
    """Where nobody can scroll; black on white, whatever the reader's system says."""
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": A4, "height": 1050})
    page.goto(report.as_uri())
    assert page.evaluate(WIDER_JS) == 0
    assert page.evaluate(CUT_OFF_JS) == 0
    colour = page.evaluate("() => getComputedStyle(document.querySelector('h1')).color")
    assert colour == "rgb(0, 0, 0)"
