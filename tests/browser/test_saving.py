"""Save, close and reopen notebooks with live views: what is left of each makes sense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.driver import LabPage
from tests.browser.notebooks import opened, write_cells

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

WIDGET = "application/vnd.jupyter.widget-view+json"
MISSING = "Error displaying widget"
LOAD = "%load_ext lessonkit\nimport os\nfrom lessonkit import check, run, views"
PROGRAM = "import os\nif os.fork() == 0: os._exit(0)\nos.wait()"
QUESTION = (
    "from lessonkit.checks import quiz\n"
    'views.one("K9.9", "Which number has init?", {"A": "0", "B": "1"},\n'
    '          key=quiz.digest("K9.9", "B"), advice={"A": "No.", "B": "Yes."})'
)
VIEWS = {
    # cell: a word that must be readable after reopening
    f'views.lifeline(run({PROGRAM!r}, trace="exact"))': "Timeline",
    f'run({PROGRAM!r}, trace="exact").timeline': "Timeline",
    QUESTION: "Which number",
    'views.predict("D9", "What is 6 * 7?", {"A": "41", "B": "42"}, lambda: 42)': "What is 6",
    "views.live_tree(of=os.getpid(), seconds=1.0)": "python",
}
OTHERS = "import ipywidgets\nipywidgets.IntSlider(description='not ours')"
CELLS = [LOAD, *VIEWS, OTHERS]


def outputs_of(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The outputs in a notebook's file, by cell."""
    return {cell["id"]: cell["outputs"] for cell in json.loads(file.read_text())["cells"]}


def test_a_reopened_notebook_shows_what_was_there(lab: LabPage) -> None:
    """Our views come back as HTML without a kernel that knows them; nothing else is touched."""
    file = lab.folder / "saving" / "views.ipynb"
    # The tree is not to be over before it was looked at, however slow the machine is.
    lasting = [source.replace("seconds=1.0", "seconds=300.0") for source in CELLS]
    with opened(lab, file, lasting) as notebook:
        cells = notebook.run_all()
        assert [cell.error for cell in cells] == [None] * len(CELLS)
        live = [cell for cell in cells if WIDGET in json.dumps(cell.outputs)]
        assert len(live) == len(VIEWS) + 1, [cell.source for cell in live]
        notebook.save()
        saved = outputs_of(file)
        assert [name for name, out in saved.items() if WIDGET in json.dumps(out)] == ["c6"]
        notebook.close()

        notebook.open()  # with a new kernel, in which nothing has run
        for number, (source, word) in enumerate(VIEWS.items(), 1):
            output = notebook.output(f"c{number}")
            output.scroll_into_view_if_needed()
            output.get_by_text(word).first.wait_for()
            assert MISSING not in output.inner_text(), source
        notebook.output("c6").get_by_text(MISSING).wait_for()


def test_a_notebook_with_a_running_kernel_reopens_too(lab: LabPage, kernel: str) -> None:
    """Closed while a view is live and opened again: the HTML, then the view when it is run."""
    file = lab.folder / "saving" / "kept.ipynb"
    with opened(lab, file, [LOAD, QUESTION], kernel=kernel) as notebook:
        notebook.run_all()
        notebook.close(shutdown=False)
        notebook.open()
        notebook.output("c1").get_by_text("Which number").wait_for()
        assert MISSING not in notebook.output("c1").inner_text()
        notebook.run("c1")
        notebook.output("c1").locator(".lk").first.wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("execute", [True, False], ids=["executed", "as saved"])
def test_nbconvert_shows_our_html(lab: LabPage, execute: bool) -> None:
    """As one page that asks nothing of the Internet: no view of ours is a blank."""
    file = lab.folder / "saving" / "page.ipynb"
    if execute:
        write_cells(file, CELLS[:-1])
    else:
        with opened(lab, file, CELLS[:-1]) as notebook:
            notebook.run_all()
    command = [sys.executable, "-m", "nbconvert", "--to", "html", str(file)]
    done = subprocess.run(
        [*command, *(["--execute"] if execute else [])],
        capture_output=True,
        text=True,
        timeout=300,
        env={name: text for name, text in os.environ.items() if name != "JPY_SESSION_NAME"},
    )
    assert done.returncode == 0, done.stderr
    browser = lab.page.context.browser
    assert browser is not None
    page = browser.new_page()
    try:
        page.route("http**", lambda route: route.abort())
        page.goto(file.with_suffix(".html").as_uri())
        for source, word in VIEWS.items():
            place = page.locator(".jp-RenderedHTMLCommon, .jp-OutputArea-output")
            expect(place.filter(has_text=word).first, source).to_be_visible()
        assert page.locator(".jupyter-widgets, .jupyter-widgets-view").count() == 0
        assert "widget-view+json" not in page.content()
    finally:
        page.close()
