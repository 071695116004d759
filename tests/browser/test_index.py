"""The start page in the real Lab: links, points that follow checks, questions, both themes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.driver import CONNECTED_JS, LabPage
from tests.browser.notebooks import OpenNotebook, opened, theme, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ROOT = Path(__file__).resolve().parent.parent.parent
LESSON = "course/03-zombies/03-zombies.ipynb"
FIRST = "course/00-safety/00-safety.ipynb"
PAGE = "course/index.ipynb"
PATH_IN_FRONT_JS = "() => window.jupyterapp.shell.currentWidget?.context?.path ?? ''"
CLOSE_LESSONS_JS = """async path => {
    for (const widget of [...window.jupyterapp.shell.widgets('main')])
        if (widget.context?.path === path) {
            await widget.sessionContext?.shutdown();
            widget.dispose();
        }
}"""

RESTART_JS = """async () => {
    await window.lessonkitWidget.sessionContext.session.kernel.restart();
}"""

SOLUTION = """\
import os

def is_running(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields["Tgid"].strip() == str(pid) and fields["State"].split()[0] not in "ZX"
"""


@pytest.fixture(scope="module")
def start_page(lab: LabPage, kernel: str) -> Iterator[Desk]:
    """The start page, open once for all of these tests."""
    shutil.copy(ROOT / PAGE, lab.folder / PAGE)
    start_page = Desk(lab, lab.folder / PAGE, kernel=kernel)
    yield start_page
    start_page.close()


@pytest.fixture
def page(lab: LabPage, start_page: Desk) -> Iterator[OpenNotebook]:
    """The start page as it is handed out; the learner has done nothing yet."""
    _forget(lab)
    content = json.loads((ROOT / PAGE).read_text())
    with start_page.holding(lab.folder / "course", content) as notebook:
        yield notebook
    _forget(lab)


def _forget(lab: LabPage) -> None:
    for record in (lab.folder / "course").rglob("my-work*.json"):
        record.unlink()


def _begin(lab: LabPage) -> None:
    """One prediction is stored in the lesson."""
    record = {"predictions": {"D1": {"prediction": "B", "changed": "2026-11-01T10:00:00+00:00"}}}
    (lab.folder / "course" / "03-zombies" / "my-work.json").write_text(json.dumps(record))


def test_run_all_of_an_untouched_course_says_where_to_begin(page: OpenNotebook) -> None:
    """Nothing fails, a lesson is there with its minutes, and there is no question yet."""
    cells = page.run_all()
    assert [cell.error for cell in cells] == [None, None]
    for words in ("Next: begin the lesson 00-safety", "80 (core 50)", "0 of 22"):
        expect(page.output("where")).to_contain_text(words, use_inner_text=True)
    expect(page.output("questions")).to_contain_text("No questions yet.", use_inner_text=True)


@pytest.mark.parametrize("place", ["text", "table", "next"])
def test_links_open_the_lesson_in_lab(lab: LabPage, page: OpenNotebook, place: str) -> None:
    """The link of the text works before anything was run; those of the page after."""
    if place == "text":
        area = lab.page.locator(".jp-MarkdownOutput", has_text="The lessons")
        link = area.get_by_role("link", name="Zombies").first
    else:
        page.run("where")
        name = "Zombies: what" if place == "table" else "begin the lesson"
        link = page.output("where").get_by_role("link", name=name).last
    opens = FIRST if place == "next" else LESSON
    before = lab.page.url
    link.click()
    try:
        lab.wait_for(f"() => ({PATH_IN_FRONT_JS})() === {opens!r}")
        assert lab.page.url.split("/lab")[0] == before.split("/lab")[0]
    finally:
        lab.page.evaluate(CLOSE_LESSONS_JS, opens)


def test_points_appear_after_a_check_in_the_lesson(lab: LabPage, page: OpenNotebook) -> None:
    """A check that ran in the lesson's folder is seen when the page's cell is run again."""
    page.run("where")
    expect(page.output("where")).to_contain_text("0 of 22", use_inner_text=True)
    cells = [
        "from lessonkit import check\n%load_ext lessonkit",
        SOLUTION,
        'check("3.2", is_running)',
    ]
    other = lab.folder / "course" / "03-zombies" / "mine.ipynb"
    with opened(lab, other, cells) as lesson:
        assert [cell.error for cell in lesson.run_all()] == [None, None, None]
    other.unlink()
    page.open()
    page.run("where")
    where = page.output("where")
    expect(where).to_contain_text("3 of 22", use_inner_text=True)
    expect(where).to_contain_text(
        "Next: exercise 3.1 in 03-zombies, Make zombies (not checked yet)"
    )
    where.get_by_text("points by exercise").click()
    expect(where.get_by_role("row", name="3.2 Is it running? 3 3")).to_be_visible()


def test_questions_are_answered_with_the_keyboard_alone(lab: LabPage, page: OpenNotebook) -> None:
    """Unfold, say "Not yet", change one's mind: kept in the record, and there after a re-run."""
    _begin(lab)
    page.run("questions")
    view = page.output("questions").locator("section.lk-recall")
    card = view.get_by_role("listitem").first
    expect(view.locator(".lk-recall-card")).to_have_count(3)
    unfold = card.get_by_role("button", name="Show the answer to question 1")
    unfold.focus()
    lab.page.keyboard.press("Enter")
    expect(card.locator(".lk-recall-answer")).to_be_visible()
    expect(card.get_by_role("button", expanded=True)).to_have_count(1)
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Space")
    card.get_by_text("Not yet. It comes back tomorrow.").wait_for()
    lab.page.keyboard.press("Shift+Tab")
    lab.page.keyboard.press("Space")
    card.get_by_text("Known. It comes back in 3 days.").wait_for()
    expect(card.get_by_role("button", pressed=True)).to_have_text("✓ I knew it")
    record = json.loads((lab.folder / "course" / "my-work.json").read_text())["recall"]
    assert [(fields["knew"], fields["box"]) for fields in record.values()] == [(True, 2)]
    page.run("questions")
    again = page.output("questions").locator(".lk-recall-card").first
    again.get_by_text("Known. It comes back in 3 days.").wait_for()


def test_what_nobody_hears_is_said_to_be_unheard(lab: LabPage) -> None:
    """The start page stays open for days; a kernel that was restarted keeps no answer."""
    cell = (
        "from lessonkit.views.recalling import RecallView\n"
        "card = {'key': 'q', 'lesson': 'a lesson', 'question': ['Why?'], 'answer': ['So.']}\n"
        "note = lambda key, knew: {'knew': knew, 'text': f'{knew}: kept.'}\n"
        "RecallView([card], {}, note)"
    )
    with opened(lab, lab.folder / "recall" / "x.ipynb", [cell]) as notebook:
        notebook.run("c0")
        view = notebook.output("c0").locator("section.lk-recall")
        view.get_by_role("button", name="Show the answer").click()
        view.get_by_role("button", name="Not yet").click()
        view.get_by_text("False: kept.").wait_for()
        notebook.page.evaluate(RESTART_JS)
        lab.wait_for(CONNECTED_JS)
        view.get_by_role("button", name="I knew it").click()
        view.get_by_text("After a restart, run this cell again.").wait_for()
        assert view.get_by_text("False: kept.").is_visible()


def test_page_is_accessible_in_both_themes(lab: LabPage, page: OpenNotebook) -> None:
    """axe-core finds nothing in the table, nor in the questions with an answer unfolded."""
    _begin(lab)
    page.run_all()
    view = page.output("questions").locator("section.lk-recall")
    view.get_by_role("button", name="Show the answer to question 1").click()
    page.output("where").get_by_text("points by exercise").click()
    shown = '.jp-RenderedHTMLCommon:has(a[href*="zombies"]):has(table)'
    assert [violations(lab.page, part) for part in (shown, "section.lk-recall")] == [[], []]
    colour = "() => getComputedStyle(document.querySelector('section.lk-recall')).color"
    light = lab.page.evaluate(colour)
    with theme(lab):
        lab.wait_for(f"() => ({colour})() !== {light!r}")
        assert [violations(lab.page, part) for part in (shown, "section.lk-recall")] == [[], []]


def test_saved_page_holds_html_that_stands_alone(lab: LabPage, page: OpenNotebook) -> None:
    """What is stored says the same without script: table, links, questions, folded answers."""
    _begin(lab)
    page.run_all()
    page.save()
    cells = json.loads(Path(lab.folder / PAGE).read_text())["cells"]
    html = {
        cell["id"]: "".join(output.get("data", {}).get("text/html", ""))
        for cell in cells
        for output in cell.get("outputs", [])
    }
    assert 'href="03-zombies/03-zombies.ipynb"' in html["where"]
    assert html["questions"].count("<summary>The answer</summary>") == 3
    assert not any(word in text for text in html.values() for word in ("<script", "<style", "var("))
