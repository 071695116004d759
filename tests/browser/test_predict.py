"""A demonstration in the page: it opens step by step, by mouse and by keyboard, and is kept."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.driver import CONNECTED_JS, LabPage
from tests.browser.notebooks import OpenNotebook, opened, theme, violations, write_cells

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

HOSTILE = '<img src=x onerror=\\"window.harmed = 1\\"><b>bold</b> `<i>code</i>`'

SETUP = """
import os, time
from lessonkit import Limits, run, views

def kill_a_zombie():
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    os.kill(pid, 9)
    return os.waitpid(pid, 0)[1]

def never_ends():
    while True:
        time.sleep(1)
"""
D1 = """
d1 = views.predict(
    "D1",
    "You send SIGKILL to a zombie that exited with 7. What does `waitpid` say?",
    {"A": "`1792`: it exited with 7", "B": "`9`: killed by signal 9"},
    lambda: run(kill_a_zombie),
    fact=lambda r: f"`waitpid` said {r.value}",
    answer=lambda r: {1792: "A", 9: "B"}.get(r.value),
    why="Its last message was written when it exited.",
)
d1
"""
SLOW = """
d2 = views.predict("D2", "How many?", range(21),
                   lambda: run(never_ends, limits=Limits(wall_seconds=SECONDS)))
d2
"""
CELLS = [SETUP, D1]
CLEAR_JS = """async () => {
    await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
}"""
RESTART_JS = """async () => {
    await window.lessonkitWidget.sessionContext.session.kernel.restart();
}"""


def button(place: Locator, name: str) -> Locator:
    """The button of exactly this name."""
    return place.get_by_role("button", name=name, exact=True)


def press_unusable(place: Locator, name: str) -> None:
    """Click on a button that says it cannot be used, once it is there and stands still."""
    button(place, name).hover()
    button(place, name).click(force=True)


def option(place: Locator, letter: str) -> Locator:
    """The radio button of this letter."""
    return place.get_by_role("radio", name=re.compile(f"^{letter} "))


def shown(notebook: OpenNotebook, cell: str = "c1") -> Locator:
    """The form below the cell, once it is there."""
    form = notebook.output(cell).locator(".lk-predict")
    form.wait_for()
    return form


def kept(lab: LabPage, name: str) -> dict[str, Any]:
    """What my-work.json says of the predictions."""
    everything = json.loads((lab.folder / name / "my-work.json").read_text())
    found: dict[str, Any] = everything["predictions"]
    return found


def restart(notebook: OpenNotebook) -> None:
    """Restart the kernel; what is drawn stays."""
    notebook.page.evaluate(RESTART_JS)
    notebook.lab.wait_for(CONNECTED_JS)


def run_afresh(notebook: OpenNotebook) -> Locator:
    """Clear the outputs, run both cells, and return the new form."""
    notebook.page.evaluate(CLEAR_JS)
    notebook.run("c0")
    notebook.run("c1")
    return shown(notebook)


def calm(lab: LabPage) -> None:
    """No script failed, and nothing was asked of the internet."""
    # Lab drops what it had asked of a kernel that is restarted, and calls that an error.
    lab.errors[:] = [text for text in lab.errors if "Canceled future" not in text]
    assert lab.errors == []
    assert lab.external == []


def test_by_mouse_each_step_opens_the_next(lab: LabPage, desk: Desk) -> None:
    """Run opens after storing; prediction and fact stand side by side; ours comes last."""
    with desk.holding(lab.folder / "predict-mouse", CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        press_unusable(form, "Run")  # it says that it cannot be used, and still can
        said = form.locator(".lk-hidden[role=status]")
        said.filter(has_text="Run opens when your prediction is kept.").wait_for(state="attached")
        option(form, "B").check()
        press_unusable(form, "Run")

        assert button(form, "Run").get_attribute("aria-disabled") == "true"
        assert notebook.python("d1.record") is None
        assert not (lab.folder / "predict-mouse" / "my-work.json").exists()

        button(form, "Keep my prediction").click()
        form.get_by_text("Kept: B. You can change it until you run.").wait_for()
        assert kept(lab, "predict-mouse")["D1"]["prediction"] == "B"
        button(form, "Run").click()
        sides = form.locator(".lk-ask-sides")
        sides.wait_for()
        left, right = (sides.locator("dd").nth(place).bounding_box() for place in (0, 1))
        assert left is not None
        assert right is not None
        assert abs(left["y"] - right["y"]) < 2
        assert left["x"] + left["width"] <= right["x"]
        assert "killed by signal 9" in sides.locator("dd").nth(0).inner_text()
        assert "waitpid said 1792" in sides.locator("dd").nth(1).inner_text()
        form.locator(".lk-ask-verdict").get_by_text("otherwise than you predicted").wait_for()
        assert "Done. The kernel did: A: 1792" in said.inner_text()

        form.get_by_text("The record of this run").click()
        form.get_by_text("When the function returned").wait_for()
        assert "Its last message" not in form.inner_html()
        form.get_by_role("textbox").fill("It had exited before.")
        button(form, "Keep my sentence").click()
        form.locator(".lk-ask-ours").get_by_text("Its last message").wait_for()
        assert kept(lab, "predict-mouse")["D1"]["explanation"] == "It had exited before."
    calm(lab)


def test_by_keyboard_alone_all_of_it_can_be_done(lab: LabPage, desk: Desk) -> None:
    """Tab, arrows, space and Enter; Lab's own shortcuts do not act on what is typed."""
    with desk.holding(lab.folder / "predict-keys", CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        keys = lab.page.keyboard
        option(form, "A").focus()
        keys.press("ArrowDown")
        keys.press("ArrowUp")
        assert option(form, "A").is_checked()
        keys.press("Enter")
        form.get_by_text("Kept: A. You can change it until you run.").wait_for()
        assert notebook.python("d1.prediction") == "A"
        keys.press("Tab")
        keys.press("Tab")
        assert lab.page.evaluate("document.activeElement.textContent") == "Run"
        keys.press("Enter")
        form.locator(".lk-ask-verdict").get_by_text("as you predicted").wait_for()
        assert lab.page.evaluate("document.activeElement.textContent") == "Run again"
        keys.press("Tab")
        keys.press("Enter")
        form.get_by_text("When the function returned").wait_for()
        keys.press("Tab")
        keys.type("dd ab x 00")
        keys.press("Enter")
        form.locator(".lk-ask-ours").wait_for()

        assert notebook.python("d1.explanation") == "dd ab x 00"
        assert notebook.cell("c1").source == D1
    calm(lab)


def test_it_survives_a_restart_and_a_page_reload(lab: LabPage) -> None:
    """The form of a dead kernel says so; the cell shown again has everything but the record."""
    with opened(lab, lab.folder / "predict-again" / "x.ipynb", CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        option(form, "A").check()
        button(form, "Keep my prediction").click()
        notebook.wait_for_python("d1.prediction == 'A'")
        restart(notebook)
        option(form, "B").check()
        button(form, "Keep my prediction").click()
        form.get_by_text("After a restart, run this cell again.").wait_for()
        assert kept(lab, "predict-again")["D1"]["prediction"] == "A"

        form = run_afresh(notebook)
        form.get_by_text("Kept: A.").wait_for()
        assert option(form, "A").is_checked()
        button(form, "Run").click()
        form.locator(".lk-ask-verdict").wait_for()
        form.get_by_role("textbox").fill("so")
        button(form, "Keep my sentence").click()
        form.locator(".lk-ask-ours").wait_for()
        notebook.save()

        lab.load_again()
        notebook.open()
        expect(notebook.output("c1")).to_contain_text("You predicted", use_inner_text=True)
        restart(notebook)
        form = run_afresh(notebook)
        form.locator(".lk-ask-verdict").get_by_text("as you predicted").wait_for()
        assert form.get_by_role("textbox").input_value() == "so"
        form.get_by_text("The record itself is not kept").wait_for()
        button(form, "Begin again").click()
        notebook.wait_for_python("d1.prediction is None")
        form.locator(".lk-ask-sides").wait_for(state="hidden")
        expect(option(form, "A")).to_be_focused()
    calm(lab)


def test_run_all_shows_it_runs_nothing_and_goes_on(lab: LabPage, desk: Desk) -> None:
    """Later cells run, find no record yet, and break nothing."""
    cells = [*CELLS, "print(d1.record, d1.ran)", "d1.run()\nd1.record is None"]
    with desk.holding(lab.folder / "predict-all", cells) as notebook:
        done = notebook.run_all()

        assert [cell.error for cell in done] == [None] * 4
        assert done[2].outputs[0]["text"] == "None False\n"
        assert done[3].text("text/plain") == "True"
        shown(notebook).locator(".lk-ask-note").get_by_text("Predict first").wait_for()
    assert not (lab.folder / "predict-all" / "my-work.json").exists()
    calm(lab)


def test_while_it_runs_the_kernel_is_free_and_stop_or_interrupt_ends_it(
    lab: LabPage, desk: Desk
) -> None:
    """Cells run meanwhile; both ways out leave a message and the prediction."""
    cells = [SETUP, SLOW.replace("SECONDS", "120")]
    with desk.holding(lab.folder / "predict-stop", cells) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        form.get_by_role("spinbutton").fill("4")
        lab.page.keyboard.press("Enter")
        notebook.wait_for_python("d2.prediction == '4'")
        for way in ("stop", "interrupt", "stop in the cell run again"):
            button(form, "Run").click()
            form.get_by_text("s so far").wait_for()
            assert notebook.python("6 * 7") == 42
            if way == "stop in the cell run again":
                notebook.run("c1")
                form = shown(notebook)
                form.get_by_text("s so far").wait_for()
            if way == "interrupt":
                notebook.interrupt()
            else:
                button(form, "Stop").click()
            form.locator(".lk-ask-note").get_by_text("You stopped it").wait_for()
            assert notebook.python("d2.record") is None
            button(form, "Stop").wait_for(state="hidden")
            if way != "interrupt":
                expect(button(form, "Run")).to_be_focused()
        assert kept(lab, "predict-stop")["D2"]["prediction"] == "4"
    calm(lab)


def test_after_a_restart_nothing_is_said_to_run(lab: LabPage) -> None:
    """Neither in a form nor in a tree: both say that the kernel was restarted."""
    tree = "import os\nviews.live_tree(of=os.getpid())"
    cells = [SETUP, SLOW.replace("SECONDS", "120"), tree]
    with opened(lab, lab.folder / "predict-restart" / "x.ipynb", cells) as notebook:
        for cell in ("c0", "c1", "c2"):
            notebook.run(cell)
        form = shown(notebook)
        form.get_by_role("spinbutton").fill("4")
        lab.page.keyboard.press("Enter")
        notebook.wait_for_python("d2.prediction == '4'")
        button(form, "Run").click()
        form.get_by_text("s so far").wait_for()
        followed = notebook.output("c2").locator(".lk-livetree")
        followed.locator("[role=treeitem]").first.wait_for()
        restart(notebook)
        form.get_by_text("nothing of it runs any more. Run this cell again.").last.wait_for()
        followed.locator(".lk-tree-summary", has_text="so it stood then. Run this cell").wait_for()
        expect(form.get_by_text("s so far")).to_have_count(0)
        expect(button(form, "Stop")).to_be_hidden()
        expect(button(followed, "Stop")).to_be_hidden()
        expect(button(followed, "Pause")).to_be_hidden()
    calm(lab)


def test_a_wall_limit_ends_in_a_message(lab: LabPage, desk: Desk) -> None:
    """The program that hangs is ended, and that is what the kernel did."""
    cells = [SETUP, SLOW.replace("SECONDS", "0.5")]
    with desk.holding(lab.folder / "predict-limit", cells) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        form.get_by_role("spinbutton").fill("4")
        lab.page.keyboard.press("Enter")
        notebook.wait_for_python("d2.prediction == '4'")
        button(form, "Run").click()
        form.locator(".lk-ask-note").get_by_text("it ran longer than 0.5 s").wait_for()
        assert notebook.python("d2.record.ending.limit") == "wall_seconds"
    calm(lab)


def test_there_is_nothing_to_complain_of_in_either_theme(lab: LabPage, desk: Desk) -> None:
    """axe-core finds nothing, at the beginning, after a run, and in the dark."""
    with desk.holding(lab.folder / "predict-axe", CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        assert violations(lab.page, ".lk-predict") == []
        option(form, "B").check()
        button(form, "Keep my prediction").click()
        notebook.wait_for_python("d1.prediction == 'B'")
        button(form, "Run").click()
        form.get_by_text("The record of this run").click()
        form.get_by_role("textbox").fill("so")
        lab.page.keyboard.press("Enter")
        form.locator(".lk-ask-ours").wait_for()
        assert violations(lab.page, ".lk-predict") == []
        with theme(lab):
            assert violations(lab.page, ".lk-predict") == []


def test_in_a_narrow_page_the_sides_are_stacked(lab: LabPage, desk: Desk) -> None:
    """Nothing is cut off or needs sideways scrolling."""
    with desk.holding(lab.folder / "predict-narrow", CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        notebook.python("d1.keep('A').run() and None")
        form = shown(notebook)
        form.locator(".lk-ask-sides").wait_for()
        form.evaluate("element => { element.style.width = '320px'; }")
        first, second = (form.locator("dd").nth(n).bounding_box() for n in (0, 1))
        assert first is not None
        assert second is not None
        assert second["y"] >= first["y"] + first["height"]
        assert form.evaluate("element => element.scrollWidth <= element.clientWidth + 1")


def test_hostile_texts_are_shown_and_not_obeyed(lab: LabPage, desk: Desk) -> None:
    """Markup in options, questions and facts is text; only backticks mean something."""
    cell = (
        f'bad = "{HOSTILE}"\n'
        'd9 = views.predict("D9", bad, {"A": bad, "B": bad}, lambda: bad, why=bad)\nd9'
    )
    with desk.holding(lab.folder / "predict-bad", [SETUP, cell]) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        form = shown(notebook)
        notebook.python("d9.keep('A').run().explain(bad) and None")
        form.locator(".lk-ask-ours").wait_for()

        assert form.locator("img, i, b b").count() == 0
        assert form.locator("code").first.inner_text() == "<i>code</i>"
        assert lab.page.evaluate("window.harmed") is None
        page = notebook.cell("c1").text("text/html")
        assert "<img" not in page
        assert "<i>code" not in page


def test_the_saved_notebook_shows_what_was_known(lab: LabPage, kernel: str) -> None:
    """The HTML beside the widget has question and options, and says how to go on."""
    file = lab.folder / "predict-saved" / "x.ipynb"
    with opened(lab, file, CELLS, kernel=kernel) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        notebook.python("d1.keep('A').run() and None")
        notebook.run("c1")
        shown(notebook)
        notebook.save()
        saved = "".join(json.loads(file.read_text())["cells"][1]["outputs"][0]["data"]["text/html"])
        for words in ("You predicted", "The kernel did", "1792", "run this cell"):
            assert words in saved
        assert "Its last message" not in saved


@pytest.mark.slow
def test_nbconvert_shows_what_was_known(lab: LabPage, desk: Desk) -> None:
    """It runs the cells in a kernel of its own, which finds the prediction beside the notebook."""
    file = lab.folder / "predict-converted" / "x.ipynb"
    with desk.holding(file.parent, CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        notebook.python("d1.keep('A').run() and None")
    write_cells(file, CELLS)
    _converted(file)
    executed = file.with_name("executed.html").read_text()
    assert "You predicted" in executed
    assert "my-work.json" in executed


def _converted(file: Path) -> None:
    """Run and convert it where no browser listens; that must not need one, nor fail."""
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(file)]
        + ["--output", "executed.html", "--log-level", "ERROR"],
        check=True,
        cwd=file.parent,
        timeout=300,
    )
