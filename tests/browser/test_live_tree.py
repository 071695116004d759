"""The live tree in a real page: what arrives, what stays put, the keys, and what is saved."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator

from lessonkit.records import Snapshot
from lessonkit.show.tree import tree_lines
from lessonkit.views.treepatch import Table, difference, table, whole
from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, opened, theme, violations
from tests.show.handmade import process

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

STATIC = Path(__file__).parent.parent.parent / "src/lessonkit/views/static"

# A tree that a test changes step by step: no clock decides what a test sees.
BY_HAND = """
from lessonkit import views
from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.views.trees import TreeView

def process(pid, ppid, comm, state="S", start=None):
    start = pid if start is None else start
    return ProcessInfo(pid=pid, ppid=ppid, pgid=9, sid=9, comm=comm, state=state,
                       start_ticks=start)

now = {}
heard = []
view = TreeView(heard.append, title="Processes", height=6, stop=False)

def change(*processes, gone=()):
    for pid in gone:
        del now[pid]
    now.update({p.pid: p for p in processes})
    view.show(Snapshot(at_seconds=0.0, processes=tuple(now[pid] for pid in sorted(now))))

def tick(number):
    change(process(1, 0, f"tick {number}"))

change(process(1, 0, "init"), process(2, 1, "python"), process(3, 2, "sh"),
       process(4, 2, "true", "Z"), process(5, 3, "sleep"), process(6, 1, "job", "T"))
"""

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

ACTIVE_JS = "() => window.lessonkitWidget.content.activeCellIndex"
SELECTION_JS = "() => getSelection().toString()"


def row(tree: Locator, name: str) -> Locator:
    """The row whose accessible name begins so."""
    return tree.locator(f'[role=treeitem][aria-label^="{name}"]')


def focused(notebook: OpenNotebook) -> str:
    """The accessible name of what has the focus."""
    name: str = notebook.page.evaluate(
        "() => document.activeElement?.getAttribute('aria-label') ?? ''"
    )
    return name


def do(notebook: OpenNotebook, call: str) -> None:
    """Have the kernel change its tree."""
    notebook.python(f"({call}, True)[1]")


@pytest.fixture
def by_hand(lab: LabPage) -> Iterator[tuple[OpenNotebook, Locator]]:
    """A notebook, and the view in it that follows what the kernel makes up."""
    cells = [BY_HAND, "view", "1 + 1"]
    with opened(lab, lab.folder / "livetree" / "by-hand.ipynb", cells) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        tree = notebook.output("c1").get_by_role("tree")
        row(tree, "init").wait_for()
        yield notebook, tree


def test_rows_say_in_shape_and_word_what_a_process_does(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """Numbers, state and place are there to see and to hear, without any colour."""
    _, tree = by_hand
    zombie = row(tree, "true, process 4, parent 2, zombie")
    assert zombie.inner_text().split() == ["4", "2", "Z", "zombie", "[true]", "<defunct>"]
    assert zombie.locator("svg.lk-shape path").count() == 1
    assert row(tree, "job, process 6, parent 1, stopped").locator("svg rect").count() == 1
    places = ("level", "posinset", "setsize", "expanded")
    found = {
        name: [row(tree, name).get_attribute(f"aria-{place}") for place in places]
        for name in ("init", "python", "true", "job")
    }
    assert found == {
        "init": ["1", "1", "1", "true"],
        "python": ["2", "1", "2", "true"],
        "true": ["3", "2", "2", None],
        "job": ["2", "2", "2", None],
    }
    assert "6 processes: 1 zombie, 1 stopped" in tree.page.locator(".lk-tree-summary").inner_text()


def test_focus_and_selection_survive_twenty_updates(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """Rows come, go and change around the one that has the focus, and text stays selected."""
    notebook, tree = by_hand
    tree.locator("[role=treeitem][tabindex='0']").focus()
    notebook.page.keyboard.press("End")
    assert focused(notebook).startswith("job")
    row(tree, "python").locator(".lk-tree-command").evaluate(
        "e => getSelection().selectAllChildren(e)"
    )
    row(tree, "job").evaluate("e => { window.lessonkitRow = e; }")
    for number in range(20):
        do(
            notebook,
            f"change(process({10 + number}, {2 + number % 2}, 'new', 'RSZ'[{number % 3}]))",
        )
        do(notebook, f"tick({number})")
        if number > 3:
            do(notebook, f"change(gone=[{6 + number}])")
        row(tree, f"tick {number},").wait_for()
        assert focused(notebook).startswith("job")
        assert notebook.page.evaluate(SELECTION_JS) == "python"
    assert notebook.page.evaluate("() => document.activeElement === window.lessonkitRow")


def test_keys_move_in_the_tree_and_not_in_the_notebook(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """Arrows, Home, End and letters do what the tree pattern says; no cell is chosen or run."""
    notebook, tree = by_hand
    active = notebook.page.evaluate(ACTIVE_JS)
    tree.locator("[role=treeitem][tabindex='0']").focus()
    walk = [
        ("ArrowDown", "python"),
        ("ArrowDown", "sh"),
        ("ArrowRight", "sleep"),
        ("ArrowRight", "sleep"),
        ("ArrowLeft", "sh"),
        ("ArrowLeft", "sh"),  # closes it
        ("ArrowDown", "true"),
        ("ArrowUp", "sh"),
        ("ArrowRight", "sh"),  # opens it
        ("ArrowDown", "sleep"),
        ("Home", "init"),
        ("j", "job"),
        ("End", "job"),
        ("ArrowDown", "job"),
        ("PageUp", "init"),
        ("Enter", "init"),  # closes it
        ("End", "init"),
        (" ", "init"),
        ("s", "sh"),
        ("s", "sleep"),
        ("a", "sleep"),  # nobody is named so; in command mode it would add a cell
        ("d", "sleep"),
        ("d", "sleep"),
    ]
    for key, name in walk:
        notebook.page.keyboard.press(key)
        assert focused(notebook).startswith(f"{name},"), (key, focused(notebook))
        assert tree.locator("[role=treeitem][tabindex='0']").count() == 1
    assert notebook.page.evaluate(ACTIVE_JS) == active
    assert notebook.page.evaluate("() => window.lessonkitWidget.content.widgets.length") == 3


def test_a_closed_branch_stays_closed_and_hides_what_comes(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """What is born below a closed row is counted, and shown when it is opened."""
    notebook, tree = by_hand
    row(tree, "python").locator(".lk-tree-toggle").click()
    assert row(tree, "python").get_attribute("aria-expanded") == "false"
    assert row(tree, "sh").count() == 0
    do(notebook, "change(process(7, 3, 'late'))")
    tree.page.get_by_text("7 processes").wait_for()
    assert row(tree, "late").count() == 0
    row(tree, "python").locator(".lk-tree-toggle").click()
    row(tree, "late").wait_for()


def test_the_focus_of_a_process_that_vanishes_goes_to_its_neighbour(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """The next row has the focus, and it is said politely who is gone."""
    notebook, tree = by_hand
    row(tree, "sh").focus()
    do(notebook, "change(gone=[3, 5])")
    row(tree, "sh").wait_for(state="detached")
    assert focused(notebook).startswith("true, process 4")
    status = notebook.output("c1").get_by_role("status")
    status.filter(has_text="sh, process 3, is gone").wait_for(state="attached")
    assert status.get_attribute("aria-live") == "polite"
    do(notebook, "change(process(4, 2, 'other', start=99), process(8, 2, 'last'))")
    row(tree, "other").wait_for()
    assert focused(notebook).startswith("other, process 4")
    do(notebook, "change(gone=[1, 2, 4, 6, 8])")
    notebook.output("c1").get_by_text("No processes yet.").wait_for()
    do(notebook, "change(process(9, 0, 'again'))")
    row(tree, "again").wait_for()
    assert row(tree, "again").get_attribute("tabindex") == "0"


def test_few_of_many_changes_are_read_out(by_hand: tuple[OpenNotebook, Locator]) -> None:
    """A hundred zombies in a row are not a hundred announcements."""
    notebook, _ = by_hand
    status = notebook.output("c1").get_by_role("status")
    status.evaluate(
        "e => { window.lessonkitSaid = []; new MutationObserver(() =>"
        " window.lessonkitSaid.push(e.textContent)).observe(e, {childList: true}); }"
    )
    for number in range(100):
        do(notebook, f"change(process({10 + number}, 2, 'new', 'Z'))")
    status.filter(has_text="101 zombies, 1 stopped").wait_for(state="attached")
    assert len(notebook.page.evaluate("() => window.lessonkitSaid")) < 20


def test_a_paused_view_stands_still_and_then_catches_up(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """Pause is for reading; another view of the same tree goes on, and begins with all of it."""
    notebook, tree = by_hand
    pause = notebook.output("c1").get_by_role("button", name="Pause")
    pause.click()
    assert pause.get_attribute("aria-pressed") == "true"
    do(notebook, "change(process(7, 3, 'late'), gone=[4])")
    notebook.page.evaluate("() => { window.lessonkitWidget.content.activeCellIndex = 2; }")
    notebook.page.evaluate(
        "() => window.lessonkitWidget.content.activeCell.model.sharedModel.setSource('view')"
    )
    notebook.run("c2")
    second = notebook.output("c2").get_by_role("tree")
    row(second, "late").wait_for()
    assert row(second, "true").count() == 0
    assert row(tree, "late").count() == 0
    assert row(tree, "true").count() == 1
    pause.click()
    assert row(tree, "late").count() == 1
    assert row(tree, "true").count() == 0
    do(notebook, "tick(1)")
    row(tree, "tick 1,").wait_for()
    row(second, "tick 1,").wait_for()


def test_a_page_that_missed_a_patch_asks_for_the_whole_tree(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """A gap in the numbers is noticed, and nothing of the tree is wrong after it."""
    notebook, tree = by_hand
    do(notebook, "[send := view.send, setattr(view, 'send', lambda message: None)]")
    do(notebook, "change(process(7, 3, 'unseen'), gone=[4])")
    do(notebook, "setattr(view, 'send', send)")
    do(notebook, "tick(1)")
    row(tree, "tick 1,").wait_for()
    row(tree, "unseen").wait_for()
    assert row(tree, "true").count() == 0


def test_a_thousand_processes_are_a_few_elements(by_hand: tuple[OpenNotebook, Locator]) -> None:
    """All can be reached, the box keeps its height, and what is in sight stays in place."""
    notebook, tree = by_hand
    body = notebook.output("c1").locator(".lk-tree-body")
    height = body.bounding_box()
    do(notebook, "change(*(process(pid, 2, 'many') for pid in range(10, 1010)))")
    tree.page.get_by_text("1006 processes").wait_for()
    assert body.bounding_box() == height
    assert tree.get_by_role("treeitem").count() < 40
    row(tree, "init").focus()
    notebook.page.keyboard.press("End")
    assert focused(notebook).startswith("job")
    for _ in range(4):  # away from the end, where there is no other place to scroll to
        notebook.page.keyboard.press("PageUp")
    inside = focused(notebook)
    place = row(tree, inside).bounding_box()
    do(notebook, "change(process(1020, 3, 'above'), gone=[10, 11, 12, 13])")
    tree.page.get_by_text("1003 processes").wait_for()
    assert focused(notebook) == inside
    assert row(tree, inside).bounding_box() == place
    notebook.page.keyboard.press("Home")
    assert focused(notebook).startswith("init")


def test_no_rule_of_axe_is_broken_in_light_and_dark(
    lab: LabPage, by_hand: tuple[OpenNotebook, Locator]
) -> None:
    """Names, roles, contrast: axe-core has nothing to say, and nothing moves by itself."""
    _, tree = by_hand
    assert violations(lab.page, ".lk-livetree") == []
    with theme(lab):
        assert violations(lab.page, ".lk-livetree") == []
        paper = tree.evaluate("e => getComputedStyle(e.closest('.lk')).backgroundColor")
    assert paper != tree.evaluate("e => getComputedStyle(e.closest('.lk')).backgroundColor")
    moving = tree.evaluate("e => e.closest('.lk').getAnimations({subtree: true}).length")
    assert moving == 0


def test_a_run_is_followed_ten_times_a_second_and_can_be_interrupted(lab: LabPage) -> None:
    """Its processes come and go while it runs; what stays, and is saved, is HTML."""
    file = lab.folder / "livetree" / "run.ipynb"
    cells = [f"from lessonkit import views\n{PROGRAM}", "views.live_tree().run(program)", "6 * 7"]
    with opened(lab, file, cells) as notebook:
        notebook.run("c0")
        notebook.start("c1")
        tree = notebook.output("c1").get_by_role("tree")
        tree.locator("[role=treeitem][aria-label$=zombie]").first.wait_for()
        tree.locator("[role=treeitem][aria-label$=stopped]").first.wait_for()
        # Each child is another number, so there are many different trees to be seen.
        lab.page.wait_for_function(
            "list => { window.lessonkitTrees ??= new Set();"
            " window.lessonkitTrees.add(list.innerText); return window.lessonkitTrees.size > 9; }",
            arg=tree.element_handle(),
        )
        notebook.interrupt()
        lab.page.wait_for_function(
            "() => window.lessonkitWidget.content.widgets[1].model.executionState === 'idle'"
        )
        assert "Interrupt" in (notebook.cell("c1").error or "")
        assert notebook.output("c1").locator(".lk").count() == 0
        assert "The run was interrupted." in notebook.output("c1").inner_text()
        assert "<defunct>" in notebook.output("c1").inner_text()
        assert notebook.run("c2").text("text/plain") == "42"
        notebook.save()
        (shown,) = [o for o in saved(file)["c1"] if o["output_type"] == "display_data"]
        assert set(shown["data"]) == {"text/html", "text/plain"}
    assert lab.errors == []


def test_a_tree_is_filled_where_it_was_shown_before(lab: LabPage) -> None:
    """Shown in one cell and run from another it stays in the first, again and again."""
    cells = ["from lessonkit import views\ntree = views.live_tree()\ntree", "tree.run('1').ok"]
    with opened(lab, lab.folder / "livetree" / "above.ipynb", cells) as notebook:
        notebook.run("c0")
        assert "Nothing has run yet." in notebook.output("c0").inner_text()
        for _ in range(2):
            ran = notebook.run("c1")
            assert [o["output_type"] for o in ran.outputs] == ["execute_result"]
            notebook.output("c0").get_by_text("The run has ended.").wait_for()


def test_own_processes_are_followed_until_stop_is_pressed(lab: LabPage) -> None:
    """A child of the kernel appears, becomes a zombie and vanishes, while cells can be run."""
    file = lab.folder / "livetree" / "own.ipynb"
    cells = [
        "import os, subprocess\nfrom lessonkit import views\nviews.live_tree(of=os.getpid())",
        "child = subprocess.Popen(['sleep', '60'])",
        "child.kill()",
        "_ = child.wait()",
    ]
    with opened(lab, file, cells) as notebook:
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
        notebook.close()
        notebook.open()
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
