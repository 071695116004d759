"""A question of the pre-test in the page: its answer is kept, and nothing is said about it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator

from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

CELLS = [
    "from lessonkit import views\nfrom lessonkit.checks.safety import inventory",
    'p5 = views.survey(inventory.ITEMS["P5"])\np5',
    "print(inventory.summary(views.surveyed()))",
]


def form_below(notebook: OpenNotebook, cell: str) -> Locator:
    """The form below the cell, once it is there."""
    notebook.run(cell)
    form = notebook.output(cell).locator(".lk-quiz")
    form.wait_for()
    return form


def test_an_answer_is_kept_without_a_word_about_it(lab: LabPage, desk: Desk) -> None:
    """By keyboard; it can be changed, and is still there when the cell is run again."""
    folder = lab.folder / "survey"
    with desk.holding(folder, CELLS) as notebook:
        notebook.run("c0")
        form = form_below(notebook, "c1")
        for letter in ("A", "D"):
            form.locator(f"input[value={letter}]").focus()
            lab.page.keyboard.press("Space")
            lab.page.keyboard.press("Enter")
            form.locator(".lk-ask-note").filter(has_text=f"Kept: {letter}.").wait_for()
            assert not form.locator(".lk-ask-feedback").is_visible()
        assert "right" not in form.inner_text().lower()
        assert violations(lab.page, ".lk-quiz") == []
        form_below(notebook, "c1").locator(".lk-ask-note").filter(has_text="Kept: D.").wait_for()
        kept = json.loads((folder / "my-work.json").read_text())
        assert kept["pre-test"]["P5"]["answer"] == "D"
        notebook.run("c2")
        notebook.output("c2").filter(has_text="1 of 12 answered").wait_for()
    assert lab.errors == []
    assert lab.external == []
