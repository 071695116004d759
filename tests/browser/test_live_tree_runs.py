"""The live tree of real processes: what is seen while they run, what stays, what is saved."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from lessonkit.records import Snapshot
from lessonkit.show.tree import tree_lines
from lessonkit.views.treepatch import Table, difference, table, whole
from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import opened
from tests.show.handmade import process

LISTEN_JS = """() => {
    const said = window.lessonkitSaid = [];
    window.lessonkitWidget.sessionContext.session.kernel.anyMessage.connect(
        (_, {msg, direction}) => {
            if (direction === 'send' && msg.header.msg_type === 'comm_msg') {
                said.push(JSON.stringify(msg.content.data));
            }
        });
}"""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

# The test ends it, not the limit of ten seconds.
RUN = "views.live_tree().run(program, limits=Limits(wall_seconds=300))"
STATIC = Path(__file__).parent.parent.parent / "src/lessonkit/views/static"

PROGRAM = """
def program():
    import os, signal, time
    stopped = os.fork()
    if stopped == 0:
        signal.pause()
    os.kill(stopped, signal.SIGSTOP)
    if os.fork() == 0:
        os._exit(3)
    while True:
        child = os.fork()
        if child == 0:
            time.sleep(0.15)
            os._exit(0)
        os.waitpid(child, 0)
"""


def test_a_run_is_followed_ten_times_a_second_and_can_be_interrupted(
    lab: LabPage, kernel: str
) -> None:
    """Its processes come and go while it runs; what stays, and is saved, is HTML."""
    file = lab.folder / "livetree" / "run.ipynb"
    cells = [f"from lessonkit import Limits, views\n{PROGRAM}", RUN, "6 * 7"]
    with opened(lab, file, cells, kernel=kernel) as notebook:
        notebook.run("c0")
        notebook.start("c1")
        tree = notebook.output("c1").get_by_role("tree")
        tree.locator("[role=treeitem][aria-label$=zombie]").first.wait_for()
        tree.locator("[role=treeitem][aria-label$=stopped]").first.wait_for()
        # Each child is another number, so there are many different trees to be seen.
        lab.wait_for(
            "list => { window.lessonkitTrees ??= new Set();"
            " window.lessonkitTrees.add(list.innerText); return window.lessonkitTrees.size > 9; }",
            tree.element_handle(),
        )
        notebook.interrupt()
        lab.wait_for(
            "() => window.lessonkitWidget.content.widgets[1].model.executionState === 'idle'"
        )
        assert "Interrupt" in (notebook.cell("c1").error or "")
        expect(notebook.output("c1")).to_contain_text(
            "The run was interrupted.", use_inner_text=True
        )
        expect(notebook.output("c1")).to_contain_text("<defunct>", use_inner_text=True)
        expect(notebook.output("c1").locator(".lk")).to_have_count(0)
        assert notebook.run("c2").text("text/plain") == "42"
        notebook.save()
        (shown,) = [o for o in saved(file)["c1"] if o["output_type"] == "display_data"]
        assert set(shown["data"]) == {"text/html", "text/plain"}
    assert lab.errors == []


def test_a_tree_is_filled_where_it_was_shown_before(lab: LabPage, desk: Desk) -> None:
    """Shown in one cell and run from another it stays in the first, again and again.

    The page does not say that it looks: the tree may be over when that arrives.
    """
    cells = ["from lessonkit import views\ntree = views.live_tree()\ntree", "tree.run('1').ok"]
    with desk.holding(lab.folder / "livetree", cells) as notebook:
        notebook.run("c0")
        expect(notebook.output("c0")).to_contain_text("Nothing has run yet.", use_inner_text=True)
        notebook.page.evaluate(LISTEN_JS)
        for _ in range(2):
            ran = notebook.run("c1")
            assert ran.outputs[1:] == []
            assert ran.outputs[0]["output_type"] == "execute_result"
            notebook.output("c0").get_by_text("The run has ended.").wait_for()
        said: list[str] = notebook.page.evaluate("() => window.lessonkitSaid")
        assert [text for text in said if "here" in text] == []


def test_own_processes_are_followed_until_stop_is_pressed(lab: LabPage, kernel: str) -> None:
    """A child of the kernel appears, becomes a zombie and vanishes, while cells can be run."""
    file = lab.folder / "livetree" / "own.ipynb"
    cells = [
        "import os, subprocess\nfrom lessonkit import views\nviews.live_tree(of=os.getpid())",
        "child = subprocess.Popen(['sleep', '600'])",
        "child.kill()",
        "_ = child.wait()",
    ]
    with opened(lab, file, cells, kernel=kernel) as notebook:
        notebook.run("c0")
        tree = notebook.output("c0").get_by_role("tree")
        notebook.run("c1")
        tree.locator("[aria-label^=sleep][aria-label$=sleeps]").wait_for()
        notebook.run("c2")
        tree.locator("[aria-label^=sleep][aria-label$=zombie]").wait_for()
        notebook.run("c3")
        tree.locator("[aria-label^=sleep]").wait_for(state="detached")
        notebook.output("c0").get_by_role("button", name="Stop").click()
        notebook.output("c0").get_by_text("Stopped. Run this cell again to go on.").wait_for()
        notebook.save()
        (shown,) = saved(file)["c0"]
        assert set(shown["data"]) == {"text/html", "text/plain"}
        notebook.close(shutdown=False)
        notebook.open(kernel=kernel)
        notebook.output("c0").get_by_text("Stopped. Run this cell again to go on.").wait_for()
    assert lab.errors == []


def saved(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The outputs in the file, by cell."""
    return {cell["id"]: cell["outputs"] for cell in json.loads(file.read_text())["cells"]}


TABLE_JS = """([source, whole, patches]) => {
    const names = '{makeTable, replaceTable, applyPatch, linesOf}';
    const page = new Function(`${source}; return ${names};`)();
    const table = page.makeTable();
    page.replaceTable(table, whole);
    return patches.map((patch) => {
        page.applyPatch(table, patch);
        return [[...table.rows.values()].sort((a, b) => a[0] - b[0]),
                page.linesOf(table.rows, new Set()).map((line) => line.pid)];
    });
}"""


def test_the_page_works_out_the_same_tree_as_the_text_form(lab: LabPage) -> None:
    """After every patch the page has the kernel's table, and the order of ps --forest."""
    chance = random.Random(3)
    snapshots, patches, before = [], [], Table()
    for _ in range(200):
        pids = chance.sample(range(1, 60), chance.randrange(40))
        made = [
            process(pid, chance.randrange(pid), "sh", chance.choice("RSZT"), start_ticks=pid)
            for pid in sorted(pids)
        ]
        snapshots.append(Snapshot(at_seconds=0.0, processes=tuple(made)))
        after = table(snapshots[-1])
        patches.append(difference(before, after) or {})
        before = after
    source = (STATIC / "treetable.js").read_text()
    found = lab.page.evaluate(TABLE_JS, [source, [[99, 0, "S", "old"]], [{"gone": [99]}, *patches]])
    for snapshot, (rows, order) in zip(snapshots, found[1:], strict=True):
        assert rows == sorted(whole(table(snapshot)))
        assert order == [process.pid for _, process in tree_lines(snapshot) if process]
