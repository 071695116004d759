"""The live tree in a real page: what arrives, what stays put, the keys, and what is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from playwright.sync_api import Locator

from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, theme, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

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
def by_hand(lab: LabPage, desk: Desk) -> Iterator[tuple[OpenNotebook, Locator]]:
    """A notebook, and the view in it that follows what the kernel makes up."""
    with desk.holding(lab.folder / "livetree", [BY_HAND, "view", "1 + 1"]) as notebook:
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
        comes = f"change(process({10 + number}, {2 + number % 2}, 'new', 'RSZ'[{number % 3}]))"
        goes = f"change(gone=[{6 + number}])" if number > 3 else "None"
        do(notebook, f"[{comes}, {goes}, tick({number})]")
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
    # In one go: what is said in so many seconds depends on the machine.
    do(notebook, "[change(process(number, 2, 'new', 'Z')) for number in range(10, 110)]")
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


def test_in_a_paused_view_one_can_go_about(by_hand: tuple[OpenNotebook, Locator]) -> None:
    """By keys and by closing branches: all stays as it was, also what is gone by now."""
    notebook, tree = by_hand
    notebook.output("c1").get_by_role("button", name="Pause").click()
    then = sorted(tree.get_by_role("treeitem").evaluate_all("all => all.map(row => row.ariaLabel)"))
    do(notebook, "change(process(2, 1, 'renamed'), process(7, 3, 'late'), gone=[4, 5, 6])")
    row(tree, "init").focus()
    keys = ("End", "ArrowUp", "Home", "ArrowDown", "ArrowLeft", "ArrowRight", "j", "PageDown")
    for key in keys:
        notebook.page.keyboard.press(key)
        assert focused(notebook) in then
    assert focused(notebook).startswith("job")
    now = tree.get_by_role("treeitem").evaluate_all("all => all.map(row => row.ariaLabel)")
    assert sorted(now) == then
    notebook.output("c1").get_by_role("button", name="Pause").click()
    row(tree, "renamed").wait_for()
    assert row(tree, "late").count() == 1
    assert row(tree, "job").count() == 0


def test_in_the_readers_own_colours_lines_and_signs_are_seen(
    by_hand: tuple[OpenNotebook, Locator],
) -> None:
    """Forced colours: the lines that join rows stay, and all is drawn in the colour of text."""
    notebook, tree = by_hand
    try:
        notebook.page.emulate_media(forced_colors="active")
        colours = tree.evaluate(
            "tree => ['.lk-tree-command', '.lk-state-zombie', '.lk-state-wait', '.lk-state-stop']"
            ".map(name => getComputedStyle(tree.querySelector(name)).color)"
        )
        assert len(set(colours)) == 1
        lines = row(tree, "python").locator(".lk-tree-branches")
        image: str = lines.evaluate("lines => getComputedStyle(lines).backgroundImage")
        assert "gradient" in image
    finally:
        notebook.page.emulate_media(forced_colors="none")


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
    # Lab's body clips and has no height of its own: axe takes all in it for invisible, and
    # does not look at its colours.
    lab.page.evaluate("() => { document.body.style.height = '100vh'; }")
    summary = lab.page.locator(".lk-tree-summary")
    for dark in (False, True):
        with theme(lab) if dark else nullcontext():
            tree.scroll_into_view_if_needed()
            assert violations(lab.page, ".lk-livetree") == []
            summary.evaluate("e => { e.style.color = 'grey'; e.style.background = '#888'; }")
            assert "color-contrast" in " ".join(violations(lab.page, ".lk-livetree"))
            summary.evaluate("e => e.removeAttribute('style')")
    moving = tree.evaluate("e => e.closest('.lk').getAnimations({subtree: true}).length")
    assert moving == 0
