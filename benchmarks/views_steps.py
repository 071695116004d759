"""Single steps on a lifeline of 2,000 events, beside the least that a page can do for a key.

That least is one digit of a box of its own size, in the same notebook, for the same keys: what
it takes until it is painted is the browser's, and no view can be quicker. The browser offers a
frame to a page 60 times a second. An idle page begins one at once. For two turns after a frame
it is not idle yet, and a key that comes then waits for the next turn, 8 ms on average and 16 at
worst. Who holds a key down is always within these turns; who presses it again and again is not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from playwright.sync_api import ElementHandle

from benchmarks.views_cells import DIGIT_JS, KERNEL, LIFELINE, STEPS_JS
from benchmarks.views_repeat import Repeat, best, processor_share
from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, opened

__all__ = ["COUNTS", "measure_steps"]

PLACES = 3  # in the history, at which steps are taken
RHYTHMS = {"by hand": (100, 350), "held down": (20, 60)}  # ms from a frame to the next key
# What has to be within the target: with a held key the wait is the browser's alone.
COUNTS = {"by hand": "painted_p95", "held down": "ours_p95"}
WHATS = ("lifeline", "one digit")
Step = tuple[str, str, dict[str, float]]


def measure_steps(lab: LabPage, steps: int, repeats: int) -> Iterator[Step]:
    """Yield (rhythm, what, figures): each step from the key on, in ms."""
    with opened(lab, lab.folder / "lifeline.ipynb", [KERNEL, LIFELINE]) as notebook:
        notebook.run("c0")
        for rhythm in RHYTHMS:
            for what in WHATS:
                runs = (_steps(notebook, rhythm, what, steps) for _ in range(repeats))
                yield rhythm, what, best(runs, by=COUNTS[rhythm])


def _steps(notebook: OpenNotebook, rhythm: str, what: str, steps: int) -> Repeat:
    """Press the right arrow so often, each time some time after the last step is painted.

    A third of the steps each at the beginning, in the middle and near the end of the history:
    in the middle many processes are there, and what acts is many lanes away from the last.
    """
    page = notebook.page
    box = _shown(notebook, what)
    count = int(box.evaluate("box => box.querySelector('input')?.max ?? 0"))
    box.evaluate(STEPS_JS)
    with processor_share(notebook) as share:
        for step in range(steps):
            if count and step % (steps // PLACES) == 0:
                place = step // (steps // PLACES) * count * 9 // 10 // (PLACES - 1)
                box.evaluate("(box, step) => box.lkGo(step)", min(place, count - 1 - steps))
                page.wait_for_timeout(300)
            with page.expect_console_message(lambda told: told.text == "lessonkit: painted"):
                page.keyboard.down("ArrowRight")
            page.keyboard.up("ArrowRight")  # a finger is slower than a frame
            page.wait_for_timeout(random.uniform(*RHYTHMS[rhythm]))  # at any time of a frame
    page.wait_for_timeout(500)  # the browser tells the times of events at its leisure
    seen = page.evaluate("() => window.lessonkitSeen")
    presented: list[float] = page.evaluate("() => window.lessonkitPresented")
    return Repeat(
        ready=[s["ready"] - s["pressed"] for s in seen],
        painted=[s["painted"] - s["pressed"] for s in seen],
        wait=[s["frame"] - s["ready"] for s in seen],
        work=[],
        content_bytes=[],
        wire_bytes=[],
        processor=share,
        # Shorter ones are not told.
        presented=presented + [16.0] * (len(seen) - len(presented)),
    )


def _shown(notebook: OpenNotebook, what: str) -> ElementHandle:
    """The lifeline, shown anew, or beside it the box with a digit."""
    shown = notebook.run("c1")
    if shown.error:
        raise SystemExit(f"lifeline: {shown.error}")
    lifeline = notebook.output("c1").locator(".lk-lifeline[data-step]").element_handle()
    notebook.page.wait_for_timeout(500)
    if what == "lifeline":
        return lifeline
    digit = notebook.page.evaluate_handle(DIGIT_JS, lifeline).as_element()
    assert digit is not None
    return digit
