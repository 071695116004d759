"""The lifeline view in JupyterLab and as a page: stepped by keyboard and mouse, and read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lessonkit.records import to_json
from lessonkit.show.story import story, tree_at_text
from lessonkit.views.pages import write_page
from tests.browser.driver import PAGE_SECONDS, LabPage
from tests.browser.notebooks import OpenNotebook, opened, theme, violations
from tests.show.handmade import RUN, TIMELINE
from tests.show.kernel import Kernel
from tests.show.test_page import HOSTILE_RUN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

CELLS = [
    "import os, time\n"
    "from lessonkit import run, views\n"
    "def busy_parent():\n"
    "    pid = os.fork()\n"
    "    if pid == 0:\n"
    "        os._exit(7)\n"
    "    time.sleep(0.05)\n"
    "    return os.waitpid(pid, 0)\n"
    'r = run(busy_parent, trace="exact")\n'
    "view = views.lifeline(r.timeline)",
    "view",
    "view",
    "from lessonkit.views import lives\nlives.attach()\nr",
    "import dataclasses\n"
    'dataclasses.replace(r.timeline, mode="sampled", sample_seconds=0.002, perturbs="")',
    'run("1/0", trace=None)',
    "def wide():\n"
    f"    os.waitpid(os.fork() or os._exit(3), 0)  # {'a long remark ' * 20}\n"
    'run(wide, trace="exact").timeline',
]

# The rows of the tree as a reader of the page has them, with their depth: those that are in
# sight, and those that come into sight when it is scrolled.
TREE_JS = """async tree => {
    const found = new Map();
    const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    const seen = tree.scrollTop;
    const list = tree.firstChild;
    const step = tree.clientHeight - 44;
    for (let top = 0; top < tree.scrollHeight; top += step) {
        if (tree.scrollHeight > tree.clientHeight) {
            tree.scrollTop = top;
            await frame();
            await frame();
        }
        const first = Math.round(parseFloat(getComputedStyle(list).paddingTop) / 22);
        [...list.children].forEach((row, index) => found.set(first + index,
            '  '.repeat(row.ariaLevel - 1) + row.textContent));
    }
    tree.scrollTop = seen;
    return [...found].sort(([a], [b]) => a - b).map(([, text]) => text).join('\\n');
}"""
CELLS_JS = """() => {
    const {content} = window.lessonkitWidget;
    return [content.activeCellIndex, content.mode,
        content.widgets.map(cell => cell.model.sharedModel.getSource())];
}"""
COUNT_JS = "count => window.lessonkitWidget.content.widgets.length === count"
FRAME_JS = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


@pytest.fixture(scope="module")
def notebook(lab: LabPage) -> Iterator[OpenNotebook]:
    """A notebook in which a real run is shown, twice."""
    with opened(lab, lab.folder / "lifeline" / "lifeline.ipynb", CELLS) as open_notebook:
        for cell in ("c0", "c1", "c2"):
            assert open_notebook.run(cell).error is None
        open_notebook.output("c2").locator(".lk-lifeline[data-step]").wait_for()
        yield open_notebook


def _view(notebook: OpenNotebook, cell: str = "c1") -> Locator:
    view = notebook.output(cell).locator(".lk-lifeline")
    view.scroll_into_view_if_needed()
    return view


def _tree(view: Locator) -> str:
    text: str = view.locator(".lk-tree").evaluate(TREE_JS)
    return text


def _go(view: Locator, step: int) -> None:
    view.evaluate("(view, step) => view.lkGo(step)", step)


def _at(view: Locator) -> int:
    return int(view.get_attribute("data-step") or -1)


def _page(lab: LabPage, file: Path, scheme: str = "light") -> tuple[Page, list[str], list[str]]:
    """The file in a page of its own; every address it asks for, and every error."""
    assert lab.page.context.browser is not None
    page = lab.page.context.browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_default_timeout(PAGE_SECONDS * 1000)
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda text: errors.append(text.text) if text.type == "error" else None)
    page.goto(file.as_uri())
    page.locator(".lk-lifeline[data-step]").wait_for()
    return page, asked, errors


def test_each_step_shows_the_tree_of_that_moment(notebook: OpenNotebook) -> None:
    """From first to last, the page's tree and sentence are those of the record."""
    view = _view(notebook)
    count = notebook.python("len(view.story['steps'])")
    _go(view, 0)
    for step in range(count):
        assert _at(view) == step
        assert _tree(view) == notebook.python(f"view.tree({step})")
        sentence = notebook.python(f"'{{pid}} {{words}}'.format(**view.story['steps'][{step}])")
        assert view.locator(".lk-sentence").inner_text() == sentence
        if step < count - 1:
            view.get_by_role("button", name="Next step").click()
    assert _at(view) == count - 1
    assert "zombie, exit code 7" in notebook.python("view.tree(3)")


def test_the_keyboard_is_enough_and_the_notebook_stays_as_it_is(notebook: OpenNotebook) -> None:
    """Tab comes to every control, arrows go step by step, letters do nothing to cells."""
    page, view = notebook.page, _view(notebook)
    _go(view, 0)
    view.locator(".lk-lanes").focus()
    before = page.evaluate(CELLS_JS)
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 8)):
        page.keyboard.press(key)
        assert _at(view) == step
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert _at(view) == 0
    for key in ("d", "d", "x", "a", "b", "m", "0", "0", "ArrowDown", "ArrowUp", "c", "v"):
        page.keyboard.press(key)
    focused = []
    for _ in range(7):
        page.keyboard.press("Tab")
        focused.append(
            page.evaluate(
                "() => document.activeElement.ariaLabel ?? document.activeElement.textContent"
            )
        )
    assert focused == [
        "First step", "Previous step", "Next step", "Last step", "Play", "Step",
        "Processes at this step",
    ]  # fmt: skip
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    assert _at(view) == 1
    assert page.evaluate("() => document.activeElement.ariaValueText") == "Step 2 of 9"
    assert page.evaluate(CELLS_JS) == before


def test_without_the_views_guard_a_letter_would_change_the_notebook(
    notebook: OpenNotebook,
) -> None:
    """The same key beside the view does act on the cell: the test above can fail."""
    page = notebook.page
    before = page.evaluate(CELLS_JS)
    page.evaluate(
        "() => { const {content} = window.lessonkitWidget; content.activeCellIndex = 5;"
        " content.mode = 'command'; content.node.focus(); }"
    )
    page.keyboard.press("b")
    notebook.lab.wait_for(COUNT_JS, len(before[2]) + 1)
    page.keyboard.press("d")
    page.keyboard.press("d")
    notebook.lab.wait_for(COUNT_JS, len(before[2]))
    assert page.evaluate(CELLS_JS)[2] == before[2]


def test_python_reads_and_sets_the_step_and_both_views_follow(notebook: OpenNotebook) -> None:
    """One model, two views: a step in one is a step in the other, and in Python."""
    one, two = _view(notebook, "c1"), _view(notebook, "c2")
    two.get_by_role("button", name="Last step").click()
    assert notebook.wait_for_python("view.step == 8 and view.step") == 8
    assert (_at(one), _at(two)) == (8, 8)
    notebook.python("setattr(view, 'step', 3)")
    notebook.lab.wait_for(
        "() => [...document.querySelectorAll('.lk-lifeline')].filter("
        "view => view.dataset.step === '3').length >= 2"
    )
    notebook.python("setattr(view, 'step', 999)")
    assert notebook.python("view.step") == 8


def test_who_leaves_the_view_has_python_told_at_once(notebook: OpenNotebook) -> None:
    """The next cell may ask; here the pause, after which Python is told, never comes."""
    view = _view(notebook)
    notebook.python("setattr(view, 'step', 0)")
    notebook.lab.wait_for("view => view.dataset.step === '0'", view.element_handle())
    view.get_by_role("slider").focus()
    view.evaluate(
        """view => {
            const timeout = window.setTimeout;
            window.setTimeout = () => 0;
            view.lkGo(5);
            window.setTimeout = timeout;
        }"""
    )
    view.get_by_role("tree").focus()
    assert notebook.python("view.step") == 0
    notebook.page.evaluate("() => window.lessonkitWidget.content.node.focus()")
    assert notebook.wait_for_python("view.step == 5 and view.step") == 5


def test_rapid_steps_are_not_taken_back_by_the_kernels_answers(notebook: OpenNotebook) -> None:
    """The kernel echoes each step, late; the reader stays where the last key has led."""
    view = _view(notebook)
    taken_back = view.evaluate(
        """async view => {
            const wrong = [];
            for (let n = 0; n < 150; n++) {
                view.lkGo(n % 9);
                for (let wait = 0; wait < 1 + n % 5; wait++) {
                    await new Promise(done => setTimeout(done, 5));
                    if (view.dataset.step !== String(n % 9)) wrong.push(n);
                }
            }
            return wrong;
        }"""
    )
    assert taken_back == []
    assert notebook.wait_for_python("view.step == 149 % 9")
    assert _at(view) == 149 % 9


def test_a_click_on_a_mark_goes_there_and_the_line_is_shown(notebook: OpenNotebook) -> None:
    """The R of a reaping leads to the step, the reaper's line in the program, and the sentence."""
    view = _view(notebook)
    _go(view, 0)
    view.locator(".lk-mark[data-row='2']", has_text="R").scroll_into_view_if_needed()
    view.locator(".lk-mark[data-row='2']", has_text="R").click(force=True)
    step = _at(view)
    assert notebook.python(f"view.story['steps'][{step}]['kind']") == "reap"
    here = view.locator(".lk-here")
    assert here.count() == 1
    assert "os.waitpid(pid, 0)" in here.inner_text()
    assert here.get_attribute("aria-current") == "step"
    assert "line 8" in view.locator(".lk-source .lk-head").inner_text()
    view.locator(".lk-mark", has_text="F").click(force=True)
    assert "os.fork()" in view.locator(".lk-here").inner_text()


def test_nothing_moves_while_stepping(notebook: OpenNotebook) -> None:
    """Sentence, tree and program keep their places and sizes at every step."""
    view = _view(notebook)
    places = set()
    for step in range(9):
        _go(view, step)
        places.add(
            view.evaluate(
                "view => JSON.stringify(['.lk-sentence', '.lk-tree', '.lk-code', '.lk-count',"
                " '.lk-labels'].map(part => { const box ="
                " view.querySelector(part).getBoundingClientRect();"
                " return [box.left, box.top, box.width, box.height]; }))"
            )
        )
    assert len(places) == 1


def test_play_goes_on_by_itself_and_stops(notebook: OpenNotebook) -> None:
    """It is off at first; pressed, it steps; any step by hand ends it."""
    view = _view(notebook)
    _go(view, 0)
    play = view.get_by_role("button", name="Play")
    play.click()
    notebook.lab.wait_for("view => Number(view.dataset.step) >= 2", view.element_handle())
    view.get_by_role("button", name="First step").click()
    assert view.get_by_role("button", name="Play").count() == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_wrong(notebook: OpenNotebook, dark: bool) -> None:
    """In both themes: names, roles, contrast, focus order."""
    _go(_view(notebook), 3)
    if dark:
        with theme(notebook.lab):
            assert violations(notebook.page, ".lk-lifeline") == []
    else:
        assert violations(notebook.page, ".lk-lifeline") == []


def test_runs_and_timelines_are_shown_with_it(notebook: OpenNotebook) -> None:
    """After attach() a run is findings and lifeline; a sampled timeline says that it is."""
    run = notebook.run("c3")
    view = _view(notebook, "c3")
    assert "The program exited with code 0." in view.locator(".lk-report").inner_text()
    assert view.locator(".lk-lanes").count() == 1
    assert set(run.outputs[0]["data"]) == {
        "text/plain", "text/html", "application/vnd.jupyter.widget-view+json",
    }  # fmt: skip
    assert "zombie" in run.text("text/html")
    notebook.run("c4")
    sampled = _view(notebook, "c4").locator(".lk-how").inner_text()
    assert sampled.startswith("sampled: photographs of /proc every 2.0 ms")
    assert set(notebook.run("c5").outputs[0]["data"]) == {"text/plain", "text/html"}


def test_rows_of_several_trees_have_names_of_their_own(notebook: OpenNotebook) -> None:
    """What is read out in a tree is a row of that tree, also where runs are alike."""
    notebook.run("c6")
    for cell in ("c1", "c2", "c6"):
        tree = _view(notebook, cell).get_by_role("tree")
        tree.focus()
        notebook.page.keyboard.press("ArrowDown")
        assert tree.evaluate(
            "tree => tree.contains(document.getElementById("
            "tree.getAttribute('aria-activedescendant')))"
        )
    names = notebook.page.evaluate(
        "() => [...document.querySelectorAll('.lk [id]')].map(element => element.id)"
    )
    assert len(names) == len(set(names)) > 3


def test_a_wide_program_is_scrolled_with_the_keyboard(notebook: OpenNotebook) -> None:
    """There the arrow keys scroll, and take no step; on the lanes they take steps."""
    notebook.run("c6")
    view = _view(notebook, "c6")
    notebook.output("c6").locator(".lk-lifeline[data-step]").wait_for()
    step = _at(view)
    program = view.locator(".lk-code")
    program.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function(
        "() => document.activeElement.matches('.lk-code') && document.activeElement.scrollLeft > 0"
    )
    assert _at(view) == step
    view.get_by_role("button", name="Next step").focus()
    notebook.page.keyboard.press("ArrowRight")
    assert _at(view) == step + 1


def test_the_saved_notebook_holds_the_still_form(notebook: OpenNotebook) -> None:
    """Whoever opens it without a kernel sees the picture, the tables and the program's lines."""
    notebook.run("c1")
    notebook.save()
    saved = json.loads((notebook.lab.folder / notebook.path).read_text())
    [output] = next(cell for cell in saved["cells"] if cell["id"] == "c1")["outputs"]
    html = "".join(output["data"]["text/html"])

    assert "data:image/svg+xml" in html
    assert "os.waitpid(pid, 0)" in html
    assert "reaps 3: exit code 7" in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_replays_without_server_or_network(
    lab: LabPage, tmp_path: Path, scheme: str
) -> None:
    """Opened as a file it steps like the notebook's view, and nothing but it is asked for."""
    file = write_page(HOSTILE_RUN, tmp_path / "run.html", title="A <b>run</b>")
    page, asked, errors = _page(lab, file, scheme)
    try:
        assert HOSTILE_RUN.timeline is not None
        told = story(HOSTILE_RUN.timeline)
        view = page.locator(".lk-lifeline")
        view.locator(".lk-lanes").focus()
        for step in range(len(told["steps"])):
            assert view.locator(".lk-tree").evaluate(TREE_JS) == tree_at_text(told, step)
            page.keyboard.press("ArrowRight")
        assert page.locator("h1").inner_text() == "A <b>run</b>"
        background = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert background == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(17, 17, 17)")
        assert violations(page, "body") == []
        assert [url for url in asked if url != file.as_uri()] == []
        assert errors == []
    finally:
        page.close()


def test_the_policy_of_the_page_stops_what_comes_from_outside(lab: LabPage, tmp_path: Path) -> None:
    """Were a picture or a script to slip in, the browser would refuse it: seen as an error."""
    file = write_page(TIMELINE, tmp_path / "run.html")
    page, _, errors = _page(lab, file)
    try:
        page.evaluate(
            "() => { const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';"
            " document.body.append(image); const script = document.createElement('script');"
            " script.textContent = 'window.slipped = true'; document.body.append(script); }"
        )
        deadline = time.monotonic() + PAGE_SECONDS
        while len([error for error in errors if "Content Security Policy" in error]) < 2:
            assert time.monotonic() < deadline, errors
            page.wait_for_timeout(20)
        assert page.evaluate("() => window.slipped === undefined")
    finally:
        page.close()


def test_the_page_fits_narrow_screens_and_draws_odd_histories(lab: LabPage, tmp_path: Path) -> None:
    """At 360 px nothing is wider than the screen; pids used again agree with the record."""
    kernel = Kernel()
    kernel.go_on(120)
    saved = tmp_path / "timeline.json"
    events = [to_json(event) for event in kernel.events]
    saved.write_text(json.dumps({"mode": "exact", "events": events}))
    file = write_page(saved, tmp_path / "run.html")
    page, _, errors = _page(lab, file)
    try:
        page.set_viewport_size({"width": 360, "height": 640})
        page.wait_for_function("() => window.innerWidth === 360")
        page.evaluate(FRAME_JS)
        page.wait_for_function("() => document.documentElement.scrollWidth <= 360")
        told = story(type(TIMELINE)(mode="exact", events=tuple(kernel.events)))
        view = page.locator(".lk-lifeline")
        for step in range(0, len(told["steps"]), 3):
            _go(view, step)
            assert view.locator(".lk-tree").evaluate(TREE_JS) == tree_at_text(told, step)
        assert errors == []
    finally:
        page.close()


def test_a_run_without_output_is_shown_too(lab: LabPage, tmp_path: Path) -> None:
    """Nothing happened is a sentence, in the page as elsewhere."""
    empty = type(TIMELINE)(mode="exact", events=())
    file = write_page(empty, tmp_path / "run.html")
    assert RUN.timeline is None
    assert lab.page.context.browser is not None
    page = lab.page.context.browser.new_page()
    page.set_default_timeout(PAGE_SECONDS * 1000)
    try:
        page.goto(file.as_uri())
        page.get_by_text("Nothing happened.").wait_for()
    finally:
        page.close()
