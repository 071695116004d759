"""Measure the live views in a real JupyterLab: how late, how many bytes, how much CPU.

    python benchmarks/views.py [--quick] [--json]

The live tree follows 50, 200 and 1,000 processes ten times a second, of which 5 % change,
beside what one would take instead: ipywidgets.HTML set anew, and an update of a display.
Before that the lifeline of 2,000 events is stepped through with the arrow keys, pressed by hand
and held down, beside the least that a page can do for a key: one digit that changes.

Latency counts from the photograph in the kernel: finding what changed, sending, the server,
the page's handling. "ready" is when the page's elements are as they shall be, "painted" when
the frame that shows them has been laid out, painted and handed to the compositor: a message
that was posted in its requestAnimationFrame has come. A frame has its turn 60 times a second.
An idle page takes it at once, a busy one up to 16.7 ms later, and "-wait" is painted without
that wait. What the compositor adds is in one more figure for a step: the browser's own Event
Timing (as for INP), from the key until the frame is presented, in steps of 8 ms.

Figures are those of the best of a few short repeats: other programs can only add.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from benchmarks.views_cells import KERNEL, WATCH_JS  # noqa: E402
from benchmarks.views_repeat import Repeat, best, processor_share  # noqa: E402
from benchmarks.views_steps import COUNTS, measure_steps  # noqa: E402
from tests.browser.driver import (  # noqa: E402
    LabPage,
    chromium_program,
    launch_chromium,
    serve,
)
from tests.browser.notebooks import OpenNotebook, opened  # noqa: E402

__all__ = ["main"]

GOAL_MS = 16.0
SIZES = (50, 200, 1000)
Row = tuple[int, str, dict[str, float]]

KINDS = {
    "live tree": ".lk-tree-command",
    "ipywidgets.HTML": ".tick",
    "display update": ".tick",
}


@contextlib.contextmanager
def jupyter() -> Iterator[LabPage]:
    """A JupyterLab and a Chromium, both started for this."""
    program = chromium_program()
    if program is None:
        raise SystemExit("no Chromium is installed (on Debian: apt-get install chromium)")
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as files,
        serve(Path(files), Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright, program)
        try:
            yield LabPage(browser.new_page(viewport={"width": 1200, "height": 900}), server)
        finally:
            browser.close()


def follow(notebook: OpenNotebook, kind: str) -> Repeat:
    """Run the cells that show and change it; gather what both sides noted."""
    page, selector = notebook.page, KINDS[kind]
    shown = notebook.run("c1")
    if shown.error:
        raise SystemExit(f"{kind}: {shown.error}")
    area = notebook.output("c1")
    area.locator(selector).first.wait_for()
    page.wait_for_timeout(500)
    page.evaluate(WATCH_JS, [area.element_handle(), selector])
    with processor_share(notebook) as share:
        notebook.run("c2")
    page.wait_for_timeout(200)
    told: dict[str, Any] = json.loads(notebook.python("json.dumps(result)"))
    sent = {int(tick): at for tick, at in told["sent"].items()}
    seen = page.evaluate("() => window.lessonkitSeen")
    pairs = [(sent[s["tick"]], s) for s in seen if s["tick"] in sent and "painted" in s]
    return Repeat(
        ready=[s["ready"] - at for at, s in pairs],
        painted=[s["painted"] - at for at, s in pairs],
        wait=[s["frame"] - s["ready"] for _, s in pairs],
        work=told["work"],
        content_bytes=[content for content, _ in told["sizes"]],
        wire_bytes=[wire for _, wire in told["sizes"]],
        processor=share,
        lost=len(sent) - len(pairs),
    )


def measure_trees(lab: LabPage, seconds: float, repeats: int) -> Iterator[Row]:
    """Yield (processes, kind, figures)."""
    for size in SIZES:
        for kind in KINDS:
            prepare = f"prepare({kind!r}, {size}, {int(seconds * 10) + 1})"
            with opened(lab, lab.folder / "bench.ipynb", [KERNEL, prepare, "follow()"]) as nb:
                nb.run("c0")
                yield size, kind, best(follow(nb, kind) for _ in range(repeats))


def measure_own(lab: LabPage, seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """CPU shares of an idle notebook, and of one that follows the kernel's own processes."""
    cells = ["import os\nfrom lessonkit import views", "views.live_tree(of=os.getpid())"]
    with opened(lab, lab.folder / "own.ipynb", cells) as notebook:
        notebook.run("c0")
        with processor_share(notebook) as idle:
            notebook.page.wait_for_timeout(seconds * 1000)
        notebook.run("c1")
        notebook.output("c1").get_by_role("treeitem").first.wait_for()
        with processor_share(notebook) as following:
            notebook.page.wait_for_timeout(seconds * 1000)
    return idle, following


HEADS = (
    ("bytes", "bytes", "8.0f"),
    ("on_wire", "on wire", "9.0f"),
    ("kernel_ms", "kernel", "8.2f"),
    ("ready_p50", "ready", "8.1f"),
    ("ready_p95", "p95", "7.1f"),
    ("painted_p50", "painted", "9.1f"),
    ("painted_p95", "p95", "7.1f"),
    ("ours_p95", "-wait p95", "11.1f"),
    ("kernel_cpu", "kernel %", "10.1f"),
    ("browser_cpu", "browser %", "11.1f"),
    ("lost", "lost", "6.0f"),
    ("presented_p95", "presented p95", "15.0f"),
)
TREE_HEADS, STEP_HEADS = HEADS[:-1], HEADS[3:8] + HEADS[9:10] + HEADS[-1:]
WORDS = {"painted_p95": "painted", "ours_p95": "painted, without the wait for the frame's turn"}


def print_row(
    first: str,
    second: str,
    heads: Sequence[tuple[str, str, str]],
    row: dict[str, float] | None = None,
) -> None:
    """Print one row of a table; without figures its head."""
    cells = (
        f"{head:>{form.split('.')[0]}}" if row is None else f"{row[key]:{form}}"
        for key, head, form in heads
    )
    print(f"{first:>9} {second:16}", *cells, sep="", flush=True)


def goals(rows: list[dict[str, Any]], stepped: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield what has to be within the target, and how much it is."""
    tree = next(r for r in rows if r["processes"] == 200 and r["kind"] == "live tree")
    yield "200 processes, p95 painted", tree["painted_p95"]
    for step in stepped:
        if step["what"] == "lifeline":
            counts = COUNTS[step["rhythm"]]
            yield f"a step, {step['rhythm']}, p95 {WORDS[counts]}", step[counts]


def main() -> int:
    """Print the tables; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="of one repeat")
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="to see that it works")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seconds, repeats = (1.0, 1) if options.quick else (options.seconds, options.repeats)
    rows, stepped = [], []
    with jupyter() as lab:
        if not options.json:
            print("ms; ready: the page's elements are right; painted: the frame is through;")
            print("-wait: painted without the wait for the frame's turn; %: of one core\n")
            print_row("a step", "", STEP_HEADS)
        for rhythm, what, row in measure_steps(lab, 10 if options.quick else 60, repeats):
            stepped.append({"rhythm": rhythm, "what": what, **row})
            if not options.json:
                print_row(rhythm, what, STEP_HEADS, row)
        if not options.json:
            print()
            print_row("processes", "", TREE_HEADS)
        for size, kind, row in measure_trees(lab, seconds, repeats):
            rows.append({"processes": size, "kind": kind, **row})
            if not options.json:
                print_row(str(size), kind, TREE_HEADS, row)
        idle, own = measure_own(lab, seconds)
        problems = lab.errors
    if options.json:
        print(json.dumps({"rows": rows, "steps": stepped, "idle": idle, "own": own}))
    else:
        print(
            f"\nown processes: kernel {own['kernel']:.1f} %, browser {own['browser']:.1f} %;"
            f" idle notebook: {idle['kernel']:.1f} %, {idle['browser']:.1f} %"
        )
    missed = 0
    for name, value in goals(rows, stepped):
        missed += value > GOAL_MS
        print(
            f"{name}: {value:.1f} ms, target {GOAL_MS:g}:"
            f" {'reached' if value <= GOAL_MS else 'MISSED'}",
            file=sys.stderr if options.json else sys.stdout,
        )
    if problems:
        raise SystemExit(f"errors in the page: {problems}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
