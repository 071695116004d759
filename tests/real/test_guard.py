"""Show that a copy of the kernel that os.fork() made is ended, and that the learner is told."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notebook_runner import FORK_WARNING, Kernel, Shown, execute, family, running_kernel

COPY = re.compile(r"\[process (\d+)\] This was a copy of the notebook's kernel")
SECONDS = 60.0
STUCK = re.compile(r"\[process (\d+)\] This is a copy of the notebook's kernel")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel in Lab's hands, with the extension loaded."""
    with running_kernel(tmp_path_factory.mktemp("lesson")) as running:
        running.run("%load_ext lessonkit\nimport asyncio, os, signal, sys, threading, time")
        yield running


@pytest.fixture(autouse=True)
def no_copies_left(kernel: Kernel) -> Iterator[None]:
    """After each test the kernel answers, and no child of it is alive; zombies are collected."""
    yield
    collect = (
        "try:\n    while os.waitpid(-1, 0): pass\nexcept ChildProcessError: print('none left')"
    )
    assert kernel.run(collect).text == "none left\n"
    assert family(kernel.pid) == {}


def is_ours(stream: dict[str, Any]) -> bool:
    """Whether a stream's text is not Python's own warning."""
    return FORK_WARNING not in stream.get("text", "")


def ended(shown: Shown) -> list[str]:
    """The copies that were told of as ended, by pid."""
    return COPY.findall(shown.text)


def run_and_hear(kernel: Kernel, source: str, *, copies: int = 1) -> Shown:
    """Run a cell, and wait until so many copies were told of as ended.

    What a copy says goes another way than what its original does, and may come after the end.
    """
    shown = kernel.run(source)
    deadline = time.monotonic() + SECONDS
    while len(ended(shown)) < copies and time.monotonic() < deadline:
        kernel._read(time.monotonic() + 0.1)
    return shown


CASES = {
    # cell: how it ended, and the exit code that the parent gets
    "falls off": ("x = 1", "came to the end of the cell", 0),
    "sys.exit()": ("sys.exit()", "called sys.exit()", 0),
    "sys.exit(3)": ("sys.exit(3)", "called sys.exit(3)", 3),
    "sys.exit(-1)": ("sys.exit(-1)", "called sys.exit(-1)", 255),
    "sys.exit('why')": ("sys.exit('why')", "called sys.exit('why')", 1),
    "exit()": ("exit(4)", "came to the end of the cell", 0),
    "raises": ("{}['missing']", "raised KeyError (shown above)", 1),
    "interrupts itself": ("raise KeyboardInterrupt", "raised KeyboardInterrupt", 130),
}


@pytest.mark.parametrize(("body", "how", "code"), CASES.values(), ids=CASES)
def test_a_child_that_leaves_its_branch_is_ended_and_told_of(
    kernel: Kernel, body: str, how: str, code: int
) -> None:
    """The parent that waits for it gets the exit code that a program would give."""
    shown = run_and_hear(
        kernel,
        f"pid = os.fork()\nif pid == 0:\n    {body}\nelse:\n"
        "    got = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n"
        "    print('parent', pid, got)",
    )
    (pid,) = ended(shown)

    assert f"parent {pid} {code}\n" in shown.text
    assert f"It {how}" in shown.text
    assert f"(exit code {code})" in shown.text
    assert shown.error is None
    assert [c for k, c in shown.messages if c.get("name") == "stderr" and is_ours(c)] == []


def test_the_traceback_of_a_child_is_shown(kernel: Kernel) -> None:
    """With the line of the cell that failed; the cell of the parent goes on."""
    cell = "if os.fork() == 0:\n    1 / 0  # here\nos.wait()\nprint('parent')"
    shown = run_and_hear(kernel, cell)

    assert "ZeroDivisionError: division by zero" in shown.text
    assert "# here" in shown.text
    assert "parent\n" in shown.text
    assert shown.error is None


def test_what_the_child_printed_is_kept(kernel: Kernel) -> None:
    """Also when no line end came after it."""
    cell = "if os.fork() == 0:\n    sys.stdout.write('last words')\nos.wait()"
    shown = run_and_hear(kernel, cell)

    assert "last words" in shown.text
    assert len(ended(shown)) == 1


def test_a_parent_that_does_not_wait_is_told_too(kernel: Kernel) -> None:
    """Both come to the end of the cell at the same time; the message is in this cell."""
    for _ in range(20):  # on a busy machine a copy may take longer than the cell waits for it
        shown = run_and_hear(kernel, "pid = os.fork()")
        assert len(ended(shown)) == 1
        if not STUCK.search(shown.text):
            break

    assert not STUCK.search(shown.text)


def test_two_forks_make_three_copies(kernel: Kernel) -> None:
    """Children of children are copies too."""
    cell = "a = os.fork(); b = os.fork()\nif a and b:\n    os.wait(); os.wait()"
    shown = run_and_hear(kernel, cell, copies=3)

    assert len(set(ended(shown))) == 3


def test_a_child_that_ends_itself_notices_nothing(kernel: Kernel) -> None:
    """os._exit and its code are as ever, and nothing is said."""
    shown = kernel.run(
        "if os.fork() == 0:\n    os.write(1, b'child\\n')\n    os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1]))"
    )

    # The two come on different ways, and may meet within a line.
    assert sorted(shown.text.replace("\n", "")) == sorted("child7")


def test_a_child_that_becomes_another_program_notices_nothing(kernel: Kernel) -> None:
    """exec makes it a program like any other, in the background too."""
    shown = kernel.run(
        "pid = os.fork()\nif pid == 0:\n    os.execvp('sleep', ['sleep', '60'])\nprint('parent')"
    )
    kernel.run("os.kill(pid, 9)")

    assert shown.text == "parent\n"


def test_a_child_that_stays_in_the_cell_is_told_of_and_can_be_ended(kernel: Kernel) -> None:
    """When the cell of the parent ends; the stop button ends the copy, though the kernel idles."""
    shown = kernel.run("pid = os.fork()\nif pid == 0:\n    while True: pass")
    (pid,) = STUCK.findall(shown.text)
    assert "still running" in shown.text
    assert f"os.kill({pid}, 9)" in shown.text
    kernel.interrupt()
    deadline = time.monotonic() + SECONDS
    while family(kernel.pid) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert family(kernel.pid) == {}


def test_a_child_that_comes_to_the_end_later_is_ended_then(kernel: Kernel, tmp_path: Path) -> None:
    """It was told of as running; its end is told below the cell that made it."""
    go = tmp_path / "go"
    shown = kernel.run(
        f"pid = os.fork()\nif pid == 0:\n    while not os.path.exists({str(go)!r}):\n"
        "        time.sleep(0.01)"
    )
    (pid,) = STUCK.findall(shown.text)
    go.touch()
    kernel.until(f"[process {pid}] This was a copy", seconds=SECONDS)


def test_a_child_in_a_thread_is_ended_with_its_thread(kernel: Kernel) -> None:
    """There is no cell to come to the end of, only the thread."""
    shown = run_and_hear(
        kernel,
        "def work():\n    pid = os.fork()\n    if pid: os.waitpid(pid, 0)\n"
        "    else: print('child')\n"
        "t = threading.Thread(target=work)\nt.start()\nt.join()",
    )

    assert "child" in shown.text
    assert "came to the end of its thread" in shown.text


def test_a_child_in_an_async_cell_is_ended_at_its_await(kernel: Kernel) -> None:
    """In a copy the event loop would be the kernel's own; the original's goes on."""
    shown = run_and_hear(
        kernel,
        "if os.fork() == 0:\n    await asyncio.sleep(0)\n    print('lost')\n"
        "await asyncio.sleep(0.2)\nprint('parent')",
    )

    assert "came to an await" in shown.text
    assert "parent\n" in shown.text
    assert "lost" not in shown.text


def test_a_child_of_a_callback_is_ended(kernel: Kernel) -> None:
    """What runs in the event loop, as the callbacks of widgets do, has no cell either."""
    shown = run_and_hear(
        kernel,
        "def callback():\n    pid = os.fork()\n    if pid: os.waitpid(pid, 0)\n"
        "asyncio.get_running_loop().call_soon(callback)\n"
        "await asyncio.sleep(0.5)\nprint('parent')",
    )

    assert "to the end of its work" in shown.text
    assert "parent\n" in shown.text


LIBRARY = {
    "multiprocessing": (
        "import multiprocessing\ncontext = multiprocessing.get_context('fork')\n"
        "def work(q): q.put(6 * 7)\n"
        "q = context.Queue()\np = context.Process(target=work, args=(q,))\np.start()\n"
        "print(q.get())\np.join()\nprint(p.exitcode)",
        "42\n0\n",
    ),
    "pool": (
        "with context.Pool(2) as pool:\n    print(pool.map(abs, [-1, 2]))\npool.join()",
        "[1, 2]\n",
    ),
    "background process": (
        "p = context.Process(target=time.sleep, args=(60,))\np.start()\nprint('parent')",
        "parent\n",
    ),
    "its end": ("p.terminate()\np.join()\nprint(p.exitcode)", "-15\n"),
    "subprocess": (
        "import subprocess\n"
        "print(subprocess.run(['echo', 'hi'], capture_output=True, preexec_fn=os.getpid).stdout)",
        "b'hi\\n'\n",
    ),
    "posix_spawn": (
        "print(os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)[1])",
        "0\n",
    ),
}


def test_the_library_forks_as_before(kernel: Kernel) -> None:
    """Nothing is said, and everything works, of who sees to the end of the child."""
    told = {name: kernel.run(cell) for name, (cell, _) in LIBRARY.items()}

    assert {
        name: "".join(c["text"] for k, c in shown.messages if k == "stream" and is_ours(c))
        for name, shown in told.items()
    } == {name: text for name, (_, text) in LIBRARY.items()}


def test_loading_twice_says_everything_once(kernel: Kernel) -> None:
    """%load_ext and %reload_ext change nothing."""
    kernel.run("%load_ext lessonkit\n%reload_ext lessonkit")

    shown = run_and_hear(kernel, "if os.fork() == 0:\n    pass\nelse:\n    os.wait()")
    assert len(ended(shown)) == 1


def test_unloading_takes_the_guard_away(tmp_path: Path) -> None:
    """Then a copy goes on as a second kernel: what the guard is there for."""
    with running_kernel(tmp_path) as other:
        other.run("%load_ext lessonkit\n%unload_ext lessonkit\nimport os, time")
        shown = other.run("pid = os.fork()\ntime.sleep(0.1)")
        deadline = time.monotonic() + SECONDS
        while len(family(other.pid)) != 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        (copy,) = family(other.pid)
        os.kill(copy, 9)

    assert "copy of the notebook" not in shown.text


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_graded_notebook_has_whole_outputs_and_no_strays() -> None:
    """A stray would hold up the kernel's end; what a copy says is not on stderr."""
    alive = (
        "found = open(f'/proc/self/task/{os.getpid()}/children').read().split()\n"
        "print([pid for pid in found if ') Z' not in open(f'/proc/{pid}/stat').read()])"
    )
    for _ in range(5):  # nobody waits for a copy that is slow, as all is on a busy machine
        outputs = execute(
            "%load_ext lessonkit\nimport os, sys",
            "if os.fork() == 0:\n    sys.exit(2)\nprint(os.waitstatus_to_exitcode(os.wait()[1]))",
            "pid = os.fork()",
            alive,
        )
        texts = ["".join(o.get("text", "") for o in out if is_ours(o)) for out in outputs]
        if "still running" not in texts[2] and "ended" in texts[1]:
            break

    assert "called sys.exit(2)" in texts[1]
    assert "2" in texts[1].splitlines()
    assert "came to the end of the cell" in texts[2]
    assert texts[3] == "[]\n"
    assert [o for out in outputs for o in out if o.get("name") == "stderr" and is_ours(o)] == []
