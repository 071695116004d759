"""Fork in cells of the real JupyterLab: copies of the kernel end, and the page says so."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, write_cells
from tests.notebook_runner import family

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

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
    "later": "if os.fork() == 0:\n    while not os.path.exists('go'): time.sleep(0.02)",
    "stuck": "pid = os.fork()\nif pid == 0:\n    while True: pass",
    "own end": "if os.fork() == 0:\n    os._exit(0)\nos.wait()\nprint('quiet')",
    "after": "print(6 * 7)",
}
SECONDS = 60.0
NAMES = {f"c{number}": name for number, name in enumerate(CELLS)}
IDS = {name: number for number, name in NAMES.items()}


@pytest.fixture(scope="module")
def desk(lab: LabPage) -> Iterator[Desk]:
    """A notebook whose kernel has no children but those of these tests."""
    file = lab.folder / "forks" / "forks.ipynb"
    write_cells(file, [])
    desk = Desk(lab, file)
    yield desk
    desk.close()


def shown(notebook: OpenNotebook, name: str) -> str:
    """The text that is drawn below a cell, with its lines put together."""
    return " ".join(notebook.output(IDS[name]).inner_text().split())


def wait_until_alone(notebook: OpenNotebook, kernel: int) -> None:
    """Wait until no child of this kernel is alive, zombies not counted.

    A copy tells of its end before it ends, and what it told may be in the page by then.
    """
    deadline = time.monotonic() + SECONDS
    while left := family(kernel):
        assert time.monotonic() < deadline, left
        notebook.page.wait_for_timeout(50)


def wait_for(notebook: OpenNotebook, name: str, word: str, *, times: int = 1) -> str:
    """The text below a cell, once this is in it, so many times."""
    deadline = time.monotonic() + SECONDS
    while (text := shown(notebook, name)).count(word) < times:
        assert time.monotonic() < deadline, f"not below {name!r}: {word}; but: {text}"
        notebook.page.wait_for_timeout(50)
    return text


def test_every_kind_of_fork_leaves_one_kernel(lab: LabPage, desk: Desk) -> None:
    """Copies that leave their branch end, are told of in their cell, and nothing is left."""
    go = lab.folder / "forks" / "go"
    go.unlink(missing_ok=True)
    with desk.holding(lab.folder / "forks", list(CELLS.values())) as notebook:
        kernel = int(notebook.run("c0").outputs[0]["text"].split()[-1])
        for number in list(NAMES)[1:8]:
            assert notebook.run(number).error is None, NAMES[number]
        assert "child" in wait_for(notebook, "falls off", "It came to the end of the cell")
        wait_for(notebook, "sys.exit", "It called sys.exit(3) and was ended (exit code 3)")
        assert "# marked" in wait_for(notebook, "raises", "It raised ZeroDivisionError")
        wait_for(notebook, "raises", "division by zero")
        wait_for(notebook, "forks twice", "This was a copy", times=3)
        wait_for(notebook, "parent waits", "This was a copy")
        wait_for(notebook, "parent waits", "parent done")
        wait_for(notebook, "thread", "came to the end of its thread")
        wait_for(notebook, "async", "came to an await")
        wait_until_alone(notebook, kernel)

        notebook.run(IDS["widget"])
        notebook.output(IDS["widget"]).get_by_role("button", name="fork").click()
        notebook.run(IDS["own end"])
        assert wait_for(notebook, "own end", "quiet") == "quiet"
        wait_until_alone(notebook, kernel)

        notebook.run(IDS["later"])
        wait_for(notebook, "later", "still running")
        go.touch()
        wait_for(notebook, "later", "It came to the end of the cell")
        wait_until_alone(notebook, kernel)
        notebook.run(IDS["after"])
        assert wait_for(notebook, "after", "42") == "42"


def test_a_copy_that_stays_in_the_cell_can_be_ended(lab: LabPage, desk: Desk) -> None:
    """It is told of with its number; the stop button ends it, and the kernel works on."""
    cells = [CELLS["load"], CELLS["stuck"], CELLS["after"]]
    with desk.holding(lab.folder / "forks", cells) as notebook:
        kernel = int(notebook.run("c0").outputs[0]["text"].split()[-1])
        notebook.run("c1")
        (pid,) = family(kernel)
        expect(notebook.output("c1")).to_contain_text(
            f"[process {pid}] This is a copy", use_inner_text=True
        )
        expect(notebook.output("c1")).to_contain_text(f"os.kill({pid}, 9)", use_inner_text=True)
        notebook.interrupt()
        wait_until_alone(notebook, kernel)
        notebook.run("c2")
        expect(notebook.output("c2")).to_have_text("42", use_inner_text=True)
