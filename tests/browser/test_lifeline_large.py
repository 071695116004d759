"""The lifeline of a large history draws what is in sight, on paper everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lessonkit.records import Event, Timeline
from lessonkit.show.story import story, tree_at_text
from lessonkit.views.pages import write_page
from tests.browser.driver import PAGE_SECONDS, LabPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

# Marks, and shapes in all, that are elements now.
DRAWN_JS = """() => ['.lk-mark', '.lk-picture *'].map(
    part => document.querySelectorAll(part).length)"""
ROWS_JS = """() => [...document.querySelectorAll('.lk-node')].map(row => ({
    text: row.textContent, id: row.id, level: row.ariaLevel, at: row.ariaPosInSet,
    of: row.ariaSetSize, acts: row.classList.contains('lk-acts')}))"""
# The row that a screen reader is told of, and whether it is in sight.
ACTIVE_JS = """() => {
    const tree = document.querySelector('.lk-tree');
    const row = document.getElementById(tree.getAttribute('aria-activedescendant'));
    const [box, at] = [tree.getBoundingClientRect(), row.getBoundingClientRect()];
    return {level: row.ariaLevel, at: row.ariaPosInSet,
        seen: at.top >= box.top && at.bottom <= box.bottom};
}"""
# The names that stand in sight, from top to bottom, and how many there are in all.
NAMES_JS = """() => {
    const box = document.querySelector('.lk-lanes').getBoundingClientRect();
    const all = [...document.querySelectorAll('.lk-label')];
    const seen = all.map(name => [name.getBoundingClientRect(), name.textContent])
        .filter(([at]) => at.top >= box.top + 22 && at.bottom <= box.bottom);
    return [seen.sort(([a], [b]) => a.top - b.top).map(([, text]) => text), all.length];
}"""
# How many of the signs of a step stand where they can be seen.
SEEN_JS = """step => {
    const box = document.querySelector('.lk-lanes').getBoundingClientRect();
    return [...document.querySelectorAll(`.lk-mark[data-step="${step}"]`)].filter(mark => {
        const at = mark.getBoundingClientRect();
        return at.left >= box.left && at.right <= box.right
            && at.top >= box.top && at.bottom <= box.bottom;
    }).length;
}"""


def _history(children: int, alive: int = 40) -> Timeline:
    """One process that forks, and reaps each child when so many more have come."""
    events = [Event(at_seconds=0.0, kind="start", pid=2, text="python")]
    for pid in range(3, 3 + children):
        at = pid / 1000
        events += [
            Event(at_seconds=at, kind="fork", pid=2, child=pid, how="fork"),
            Event(at_seconds=at + 1e-4, kind="exec", pid=pid, text="/bin/sleep"),
        ]
        if pid >= 3 + alive:
            events += [
                Event(at_seconds=at + 2e-4, kind="exit", pid=pid - alive, wait_status=0),
                Event(at_seconds=at + 2e-4, kind="zombie", pid=pid - alive, by=2),
                Event(at_seconds=at + 4e-4, kind="reap", pid=pid - alive, by=2, wait_status=0),
            ]
    return Timeline(mode="exact", events=tuple(events))


@contextmanager
def _page_of(lab: LabPage, history: Timeline, folder: Path) -> Iterator[Page]:
    file = write_page(history, folder / "run.html")
    assert lab.page.context.browser is not None
    page = lab.page.context.browser.new_page()
    page.set_default_timeout(PAGE_SECONDS * 1000)
    page.goto(file.as_uri())
    page.locator(".lk-lifeline[data-step]").wait_for()
    yield page
    page.close()


@pytest.fixture(scope="module")
def page(lab: LabPage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page with a history of some 1,800 events in 401 lanes."""
    with _page_of(lab, _history(400), tmp_path_factory.mktemp("large")) as page:
        yield page


@pytest.fixture(scope="module")
def crowd(lab: LabPage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page with a history in which a hundred processes are there at a time."""
    with _page_of(lab, _history(300, 100), tmp_path_factory.mktemp("crowd")) as page:
        yield page


def _marks(page: Page) -> int:
    count, _ = page.evaluate(DRAWN_JS)
    return int(count)


def test_only_what_is_in_sight_is_drawn_and_every_step_is_in_sight(page: Page) -> None:
    """Wherever a step leads, its signs are there at once; of the rest little is."""
    signs = 0
    for step in (0, 700, 1400, 1839, 1000, 3):
        page.evaluate("step => document.querySelector('.lk-lifeline').lkGo(step)", step)
        signs += page.evaluate(SEEN_JS, step)
        _, shapes = page.evaluate(DRAWN_JS)
        assert 0 < shapes < 2500  # of about 5,000; how much is drawn ahead depends on the idle time
    assert signs >= 3


def test_what_is_scrolled_into_sight_is_drawn(page: Page) -> None:
    """Scrolled by hand to another step's place, the lanes show its signs."""
    go = "step => document.querySelector('.lk-lifeline').lkGo(step)"
    lanes = page.locator(".lk-lanes")
    with_sign = next(
        step
        for step in range(1500, 1600)
        if page.evaluate(go, step) is None and page.evaluate(SEEN_JS, step)
    )
    left, top = lanes.evaluate("box => [box.scrollLeft, box.scrollTop]")
    page.evaluate(go, 0)
    assert page.evaluate(SEEN_JS, with_sign) == 0
    lanes.evaluate("(box, [left, top]) => box.scrollTo(left, top)", [left, top])
    page.wait_for_function(SEEN_JS, arg=with_sign, polling=20)


def test_the_next_steps_are_drawn_before_they_are_asked_for(page: Page) -> None:
    """A step, also one to a lane far away, adds nothing to the picture: that was done before."""
    go = """step => {
        const pictures = () => [...document.querySelectorAll('.lk-picture')];
        const before = new Set(pictures());
        document.querySelector('.lk-lifeline').lkGo(step);
        return pictures().filter(picture => !before.has(picture)).length;
    }"""
    assert page.evaluate(go, 1200) > 0
    for step in range(1201, 1212):
        page.wait_for_function("() => !document.querySelector('.lk-lanes').lkAhead()", polling=20)
        assert page.evaluate(go, step) == 0, step


def test_every_lane_in_sight_has_its_name_and_few_others_have(page: Page) -> None:
    """Wherever steps lead, names stand in the order of the lanes, each once, without a gap."""
    names = [f"{p['pid']} {p['names'][-1][1]}" for p in story(_history(400))["processes"]]
    for step in (*range(0, 1840, 23), 3, 1839, 200, 1500):
        page.evaluate("step => document.querySelector('.lk-lifeline').lkGo(step)", step)
        seen, there = page.evaluate(NAMES_JS)
        first = names.index(seen[0])
        assert len(seen) > 12
        assert seen == names[first : first + len(seen)]
        assert there <= 200  # of 401


def test_rows_clip_nothing_and_hold_no_pictures(page: Page) -> None:
    """Each of these would be composed anew in every frame, for every row that is there."""
    page.evaluate("() => document.querySelector('.lk-lifeline').lkGo(1000)")
    found = page.evaluate(
        """() => [...document.querySelectorAll('.lk-node, .lk-node *, .lk-label')].map(
            part => [getComputedStyle(part), part]).filter(([style, part]) =>
                style.overflow !== 'visible' || style.clipPath !== 'none'
                || style.contain.includes('paint') || part instanceof SVGElement
            ).map(([, part]) => part.outerHTML.slice(0, 80))"""
    )
    assert found == []
    assert page.locator(".lk-node").count() > 40


def test_of_a_large_tree_only_the_rows_in_sight_are_there_and_every_one_can_be_read(
    crowd: Page,
) -> None:
    """A hundred processes, few elements; each says its place among all of them."""
    crowd.evaluate("() => document.querySelector('.lk-lifeline').lkGo(900)")
    tree = crowd.locator(".lk-tree")
    there = crowd.evaluate(ROWS_JS)
    children = int(there[-1]["of"])
    assert children > 90
    assert len(there) < 25
    tree.focus()
    read = set()
    for _ in range(children + 1):
        crowd.keyboard.press("ArrowUp")
    for _ in range(children + 1):
        row = crowd.evaluate(ACTIVE_JS)
        assert row["seen"], row
        read.add((row["level"], row["at"]))
        crowd.keyboard.press("ArrowDown")
    assert read == {("1", "1")} | {("2", str(place)) for place in range(1, children + 1)}
    assert crowd.evaluate("() => document.querySelector('.lk-lifeline').dataset.step") == "900"


def test_after_a_leap_the_rows_say_what_they_are_now(crowd: Page) -> None:
    """Elements that stood for other rows have nothing of them: text, level, marks."""
    told = story(_history(300, 100))
    for step in (400, 1000, 1100, 401, 1001):
        crowd.evaluate("step => document.querySelector('.lk-lifeline').lkGo(step)", step)
        rows = crowd.evaluate(ROWS_JS)
        shown = ["  " * (int(row["level"]) - 1) + row["text"] for row in rows]
        lines = tree_at_text(told, step).splitlines()
        first = lines.index(shown[0])
        assert shown == lines[first : first + len(shown)]
        pid = told["steps"][step]["pid"]
        assert [row["text"].split()[0] for row in rows if row["acts"]] == [str(pid)]
        assert len({row["id"] for row in rows}) == len(rows)


def test_moving_the_cursor_sorts_no_layers_and_draws_nothing(page: Page) -> None:
    """Cursor, band and signs stand where an animation that is paused says; none is styled."""
    moved = page.evaluate(
        """() => [...document.querySelectorAll('.lk-upright, .lk-band, .lk-badge')].map(part => [
            part.getAnimations().map(animation => animation.playState).join(),
            part.getAttribute('style')])"""
    )
    assert len(moved) == 6
    assert {tuple(one) for one in moved} == {("paused", None)}


def test_on_paper_everything_is_drawn(page: Page) -> None:
    """While the page is printed every lane has its line; afterwards only some have again."""
    before = _marks(page)
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    on_paper = _marks(page)
    lanes, drawn = page.evaluate(
        "() => [document.querySelectorAll('.lk-label').length,"
        " new Set([...document.querySelectorAll('.lk-picture .lk-line-run')].map("
        "line => line.getAttribute('y1'))).size]"
    )
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert drawn == lanes
    assert on_paper > 5 * before
    assert abs(_marks(page) - before) <= before
