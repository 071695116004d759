"""The means by which the other browser tests work do what they say."""

from __future__ import annotations

import time

import pytest

from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import theme, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

CELLS = [
    "import anywidget, traitlets",
    "class W(anywidget.AnyWidget):\n"
    "    n = traitlets.Int(0).tag(sync=True)\n"
    "    _esm = '''export default {render({model, el}) {\n"
    "        const b = document.createElement('button'); b.textContent = 'more';\n"
    "        b.onclick = () => { model.set('n', model.get('n') + 1); model.save_changes(); };\n"
    "        el.append(b); }}'''\n"
    "w = W()\nw",
    "print('at work', flush=True)\nwhile True: pass",
    "from IPython.display import HTML\n"
    'HTML(\'<div class="bad"><input type="text">'
    '<p style="color:#999;background:#aaa">grey on grey</p></div>\')',
]


def test_cells_run_one_by_one_and_python_hears_the_page(lab: LabPage, desk: Desk) -> None:
    """A click in the page is seen in the kernel, and a hanging cell can be interrupted."""
    with desk.holding(lab.folder / "means", CELLS) as notebook:
        notebook.run("c0")
        notebook.run("c1")
        for _ in range(3):
            notebook.output("c1").get_by_role("button", name="more").click()
        assert notebook.wait_for_python("w.n == 3 and w.n") == 3
        notebook.start("c2")
        # Busy is said before the cell begins: an interrupt would be lost then.
        notebook.output("c2").get_by_text("at work").wait_for()
        notebook.interrupt()
        deadline = time.monotonic() + 60
        while not notebook.cell("c2").error and time.monotonic() < deadline:
            lab.page.wait_for_timeout(50)
        assert (notebook.cell("c2").error or "").startswith("KeyboardInterrupt")


def test_axe_finds_what_is_wrong_and_the_theme_changes(lab: LabPage, desk: Desk) -> None:
    """No label, and grey on grey, are violations; the dark theme is put on and taken off."""
    with desk.holding(lab.folder / "means", CELLS[3:]) as notebook:
        notebook.run("c0")
        found = violations(lab.page, ".bad")
        assert {text.partition(":")[0] for text in found} >= {"label", "color-contrast"}
        with theme(lab):
            dark = lab.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        light = lab.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert dark != light
