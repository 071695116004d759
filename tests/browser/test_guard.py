"""Fork in cells of the real JupyterLab: copies of the kernel end, and the page says so."""

from __future__ import annotations

import time

import pytest

from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, opened
from tests.notebook_runner import family

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

CELLS = {
    "load": "%load_ext lessonkit\nimport asyncio, os, sys, threading, time\nprint(os.getpid())",
    "falls off": "pid = os.fork()\nprint('child' if pid == 0 else 'parent')",
    "sys.exit": "if os.fork() == 0:\n    sys.exit(3)\nos.wait()",
    "raises": "if os.fork() == 0:\n    1 / 0  # marked\nos.wait()",
    "forks twice": "os.fork()\nos.fork()",
    "parent waits": "pid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\n    print('parent done')",
    "thread": (
        "def work():\n    if os.fork(): os.wait()\n"
        "t = threading.Thread(target=work)\nt.start()\nt.join()"
    ),
    "async": "if os.fork() == 0:\n    await asyncio.sleep(0)\nawait asyncio.sleep(0.3)",
    "widget": (
        "import ipywidgets\n"
        "def pressed(button):\n"
        "    if os.fork() == 0: return\n"
        "    os.wait()\n"
        "button = ipywidgets.Button(description='fork')\nbutton.on_click(pressed)\nbutton"
    ),
    "later": "if os.fork() == 0:\n    time.sleep(1.5)",
    "stuck": "pid = os.fork()\nif pid == 0:\n    while True: pass",
    "own end": "if os.fork() == 0:\n    os._exit(0)\nos.wait()\nprint('quiet')",
    "after": "print(6 * 7)",
}
NAMES = {f"c{number}": name for number, name in enumerate(CELLS)}
IDS = {name: number for number, name in NAMES.items()}


def shown(notebook: OpenNotebook, name: str) -> str:
    """The text that is drawn below a cell, with its lines put together."""
    return " ".join(notebook.output(IDS[name]).inner_text().split())


def copies(kernel: int) -> int:
    """How many children of this kernel are alive, zombies not counted."""
    return len(family(kernel))


def wait_for(notebook: OpenNotebook, name: str, word: str) -> str:
    """The text below a cell, once this is in it."""
    deadline = time.monotonic() + 20
    while word not in (text := shown(notebook, name)):
        assert time.monotonic() < deadline, f"not below {name!r}: {word}; but: {text}"
        notebook.page.wait_for_timeout(50)
    return text


def test_every_kind_of_fork_leaves_one_kernel(lab: LabPage) -> None:
    """Copies that leave their branch end, are told of in their cell, and nothing is left."""
    with opened(lab, lab.folder / "forks" / "forks.ipynb", list(CELLS.values())) as notebook:
        kernel = int(notebook.run("c0").outputs[0]["text"])
        for number in list(NAMES)[1:8]:
            assert notebook.run(number).error is None, NAMES[number]
        assert "child" in wait_for(notebook, "falls off", "It came to the end of the cell")
        wait_for(notebook, "sys.exit", "It called sys.exit(3) and was ended (exit code 3)")
        assert "# marked" in wait_for(notebook, "raises", "It raised ZeroDivisionError")
        assert "division by zero" in shown(notebook, "raises")
        deadline = time.monotonic() + 10
        while shown(notebook, "forks twice").count("This was a copy") < 3:
            assert time.monotonic() < deadline, shown(notebook, "forks twice")
            notebook.page.wait_for_timeout(50)
        assert "parent done" in wait_for(notebook, "parent waits", "This was a copy")
        wait_for(notebook, "thread", "came to the end of its thread")
        wait_for(notebook, "async", "came to an await")
        assert copies(kernel) == 0

        notebook.run(IDS["widget"])
        notebook.output(IDS["widget"]).get_by_role("button", name="fork").click()
        notebook.run(IDS["own end"])
        assert shown(notebook, "own end") == "quiet"
        assert copies(kernel) == 0

        notebook.run(IDS["later"])
        wait_for(notebook, "later", "still running")
        wait_for(notebook, "later", "It came to the end of the cell")
        assert copies(kernel) == 0
        notebook.run(IDS["after"])
        assert shown(notebook, "after") == "42"


def test_a_copy_that_stays_in_the_cell_can_be_ended(lab: LabPage) -> None:
    """It is told of with its number; the stop button ends it, and the kernel works on."""
    cells = [CELLS["load"], CELLS["stuck"], CELLS["after"]]
    with opened(lab, lab.folder / "forks" / "stuck.ipynb", cells) as notebook:
        kernel = int(notebook.run("c0").outputs[0]["text"])
        notebook.run("c1")
        (pid,) = family(kernel)
        text = " ".join(notebook.output("c1").inner_text().split())
        assert f"[process {pid}] This is a copy" in text
        assert f"os.kill({pid}, 9)" in text
        notebook.interrupt()
        deadline = time.monotonic() + 10
        while copies(kernel):
            assert time.monotonic() < deadline
            notebook.page.wait_for_timeout(50)
        notebook.run("c2")
        assert notebook.output("c2").inner_text().strip() == "42"
