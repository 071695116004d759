"""Show that Ctrl-C and the stop button end a run at any moment, and never half of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebook_runner import Kernel, family, running_kernel

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0
BLOCKING = {
    "loops": "while True: pass",
    "reads": "import os\n    os.read(os.pipe()[0], 1)",
    "ignores signals": (
        "import signal\n"
        "    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):\n"
        "        signal.signal(number, signal.SIG_IGN)\n"
        "    while True: signal.pause()"
    ),
    "forks for ever": (
        "import os\n"
        "    while True:\n"
        "        pid = os.fork()\n"
        "        if pid == 0: os._exit(0)\n"
        "        os.waitpid(pid, 0)"
    ),
}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel in Lab's hands, with the extension loaded."""
    with running_kernel(tmp_path_factory.mktemp("lesson")) as running:
        running.run("%load_ext lessonkit\nimport os, time\nfrom lessonkit import check, run")
        running.run("def solved(n):\n    pass")
        yield running


def family_of(pid: int, least: int) -> dict[int, str]:
    """What this process has started, once there are so many: launcher, init, the program."""
    deadline = time.monotonic() + SECONDS
    while len(found := family(pid)) < least and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def left(kernel: Kernel) -> list[str]:
    """What is there after a moment besides the launcher and the one box that waits in reserve."""
    deadline = time.monotonic() + SECONDS
    while True:
        found = Counter(family(kernel.pid).values())
        found.subtract(["lessonkit", "init", "python3"])
        if max(found.values()) < 1 or time.monotonic() > deadline:
            return list(found.elements())
        time.sleep(0.02)


@pytest.mark.parametrize("body", BLOCKING.values(), ids=BLOCKING)
def test_a_check_can_be_interrupted_while_the_function_runs(kernel: Kernel, body: str) -> None:
    """One message without a traceback; nothing is left, and the next check works."""
    kernel.run(f"def make_zombies(n):\n    {body}")
    kernel.start('check("3.1", make_zombies)')
    kernel.until("running your function")
    assert len(family_of(kernel.pid, 3)) >= 3
    began = time.monotonic()
    kernel.interrupt()
    shown = kernel.finish()

    assert time.monotonic() - began < 20
    assert shown.error == "Interrupted"
    assert shown.text.startswith("Interrupted: check 3.1 was not judged.")
    assert len(shown.text.splitlines()) == 3
    assert len(shown.outputs) == 1
    assert left(kernel) == []
    assert "0" in kernel.run('check("3.1", solved)').text


@pytest.mark.parametrize("body", BLOCKING.values(), ids=BLOCKING)
def test_a_check_that_nobody_interrupts_ends_in_a_verdict(kernel: Kernel, body: str) -> None:
    """A function that never returns costs its points, a few seconds, and nothing else."""
    kernel.run(f"def make_zombies(n):\n    {body}")
    kernel.start('check("3.1", make_zombies)')
    kernel.until("running your function")
    shown = kernel.finish(seconds=100)

    assert shown.error is None
    assert float(shown.text) == 0
    assert left(kernel) == []


def test_a_run_can_be_interrupted(kernel: Kernel) -> None:
    """run() ends its program, says so in a message of its own, and works again."""
    kernel.run("def forever():\n    print('at work', flush=True)\n    while True: pass")
    kernel.start("run(forever, live=lambda stream, data: print(data.decode()))")
    kernel.until("at work")
    kernel.interrupt()
    shown = kernel.finish()

    assert shown.error == "Interrupted"
    assert "no record of this run" in shown.text
    assert "Traceback" not in shown.text
    assert left(kernel) == []
    assert kernel.run("print(run(lambda: 6 * 7).value)").text == "42\n"


def test_a_sandboxed_cell_can_be_interrupted(kernel: Kernel) -> None:
    """%%sandbox keeps what was printed, and says in one message that the rest was ended."""
    kernel.start("%%sandbox\nprint('one', 1 + 1, flush=True)\nwhile True: pass")
    kernel.until("one 2")
    kernel.interrupt()
    shown = kernel.finish()

    assert shown.error == "Interrupted"
    assert shown.text.startswith("one 2\nInterrupted: what the program had printed is above.")
    assert left(kernel) == []


def test_code_outside_is_interrupted_as_ever(kernel: Kernel) -> None:
    """An ordinary cell shows Python's own KeyboardInterrupt with its traceback."""
    kernel.start("print('at work', flush=True)\nwhile True: pass")
    kernel.until("at work")
    kernel.interrupt()
    shown = kernel.finish()

    assert shown.error == "KeyboardInterrupt"
    assert "Traceback" in shown.text


def test_a_thread_runs_programs_while_a_check_is_interrupted(kernel: Kernel) -> None:
    """Only the main thread's box ends; those of widgets and other threads go on."""
    kernel.run(
        "import threading\nfound = []\n"
        "def others():\n    for _ in range(5): found.append(run('import time\\ntime.sleep(0.2)'))\n"
        "def make_zombies(n):\n    while True: pass\n"
        "thread = threading.Thread(target=others)\nthread.start()"
    )
    kernel.start('check("3.1", make_zombies)')
    kernel.until("running your function")
    kernel.interrupt()

    assert kernel.finish().error == "Interrupted"
    assert kernel.run("thread.join()\nprint([r.ok for r in found])").text == f"{[True] * 5}\n"


BETWEEN = """
import signal, sys, time
from lessonkit import run
from lessonkit.sandbox import pool
from lessonkit.sandbox.interrupting import interruptible
from lessonkit.sandbox.starting import Launcher

receive = Launcher._receive

def receive_and_be_interrupted(self):
    answer = receive(self)
    Launcher._receive = receive
    signal.raise_signal(signal.SIGINT)  # the launcher has answered, and nobody has it yet
    return answer

run("pass")
(kept,) = pool._kept.values()
kept.spare.kill()
kept.spare.close()
kept.spare = None  # so that the next run has to ask for a box
Launcher._receive = receive_and_be_interrupted
began = time.monotonic()
try:
    with interruptible():
        run("while True: pass")
except KeyboardInterrupt as error:
    print(type(error).__name__, time.monotonic() - began < 9)
print(run("print(6 * 7)").stdout.strip())
"""


def test_an_interrupt_at_the_worst_moment_is_put_off() -> None:
    """Between the launcher's answer and its keeping; it comes as soon as a box can be ended."""
    done = subprocess.run(
        [sys.executable, "-c", BETWEEN], capture_output=True, text=True, timeout=110
    )

    assert (done.stdout, done.stderr) == ("Interrupted True\n42\n", "")


FIRST = """
import os, signal
from lessonkit import run
from lessonkit.sandbox.box import Output
from lessonkit.sandbox.interrupting import interruptible
from tests.notebook_runner import family

take = Output.take

def take_and_be_interrupted(self, chunk):
    Output.take = take
    signal.raise_signal(signal.SIGINT)  # the first program of all, which is ours, has printed
    return take(self, chunk)

Output.take = take_and_be_interrupted
try:
    with interruptible():
        run("while True: pass")
except KeyboardInterrupt as error:
    held = error  # as notebooks do, with all that its traceback refers to
    print(type(error).__name__)
print(run("print(6 * 7)").stdout.strip())
print(list(family(os.getpid()).values()).count("lessonkit"))
"""


def test_an_interrupt_while_the_sandbox_is_chosen_is_put_off() -> None:
    """The first run tries what the host can do; no launcher of that is left without a hand."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST], capture_output=True, text=True, timeout=110, cwd=REPOSITORY
    )

    assert (done.stdout, done.stderr) == ("Interrupted\n42\n1\n", "")


SCRIPT = """
import sys
from lessonkit import check
def make_zombies(n):
    while True: pass
print("at work", flush=True)
check("3.1", make_zombies)
"""


def test_ctrl_c_ends_a_check_in_a_script(tmp_path: Path) -> None:
    """Without a kernel too: nothing is left, and the last line says what happened."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "at work\n"
        inside = family_of(process.pid, 3)
        process.send_signal(signal.SIGINT)
        words = process.stderr.read()
        process.wait(SECONDS)

    assert "Interrupted: check 3.1 was not judged." in words
    deadline = time.monotonic() + SECONDS
    while (stay := [p for p in inside if os.path.exists(f"/proc/{p}")]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.02)
    assert stay == []
