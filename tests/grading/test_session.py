"""Show how a session with the student's interpreter goes: cells, copies, limits, ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from lessonkit.errors import LaunchError
from lessonkit.records import Limits, Strength
from lessonkit.sandbox import sessions_pool
from lessonkit.sandbox.sessions_client import Lost, LostInCell, Session, Visit

LIMITS = Limits(wall_seconds=200, tree_cpu_seconds=30, max_processes=40)


@pytest.fixture
def session() -> Iterator[Session]:
    """One that has been started."""
    made = sessions_pool.open_session({"proc": "kernel"})
    made.start(LIMITS, {"data.txt": b"17"})
    yield made
    made.finish()


def visit_with(session: Session, name: str) -> tuple[Visit, int]:
    """A copy, and the handle of the function with that name in it."""
    visit, reply = session.visit({"op": "look", "names": [name]}, seconds=60)
    return visit, reply.message["value"][name]["handle"]


def call(visit: Visit, handle: int, *args: Any) -> Any:
    """The message that answers a call with plain arguments."""
    forms = [("plain", arg) for arg in args]
    request = {"op": "call", "handle": handle, "args": forms, "names": [], "plain": []}
    return visit.ask(request, seconds=60).message


def test_cells_share_one_interpreter_and_files_are_there(session: Session) -> None:
    """Names stay from cell to cell; the folder holds what came with the notebook."""
    session.run_cell("x = int(open('data.txt').read())", seconds=60)
    outcome = session.run_cell("x + 1", seconds=60)

    assert outcome.ok
    assert outcome.outputs[0]["data"]["text/plain"] == "18"


def test_a_copy_is_of_now_and_changes_nothing(session: Session) -> None:
    """Neither does the interpreter learn of it: it has no child, and no signal of one."""
    session.run_cell(
        "import os, signal\nheard = []\nsignal.signal(signal.SIGCHLD, lambda *a: heard.append(1))\n"
        "x = [1]\ndef f(v):\n    x.append(v)\n    return x, os.getppid()",
        seconds=60,
    )
    for number in range(3):
        visit, handle = visit_with(session, "f")
        assert call(visit, handle, number)["value"] == ("plain", ([1, number], 1))
        assert call(visit, handle, 9)["value"] == ("plain", ([1, number, 9], 1))
        visit.leave()
    code = (
        "try:\n    os.waitpid(-1, 0)\nexcept ChildProcessError:\n    none = True\n(x, heard, none)"
    )
    outcome = session.run_cell(code, seconds=60)

    assert outcome.outputs[0]["data"]["text/plain"] == "([1], [], True)"


def test_signals_that_a_copy_sends_itself_arrive(session: Session) -> None:
    """raise(3) and abort(3) go to the copy, and not to what it is a copy of."""
    session.run_cell(
        "import signal, os\ndef f():\n    signal.raise_signal(signal.SIGTERM)\n    return 1\n"
        "def g():\n    os.abort()",
        seconds=60,
    )
    for name, number in (("f", 15), ("g", 6)):
        visit, handle = visit_with(session, name)
        request = {"op": "call", "args": [], "names": [], "plain": []}
        reply = visit.ask({**request, "handle": handle}, seconds=60)

        assert reply.kind == "gone"
        assert reply.wait_status is not None
        assert os.WTERMSIG(reply.wait_status) == number


def test_what_a_test_leaves_is_ended_and_what_was_there_before_is_not(session: Session) -> None:
    """Children of the copy go with it, orphans too; those of the cells live on."""
    session.run_cell(
        "import subprocess, os, time\nbefore = subprocess.Popen(['sleep', '60'])\n"
        "def f():\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(60)\n"
        "    subprocess.Popen(['sleep', '61'])\n    return 1",
        seconds=60,
    )
    visit, handle = visit_with(session, "f")
    call(visit, handle)
    visit.leave()
    outcome = session.run_cell(
        "[open(f'/proc/{p}/cmdline').read().split(chr(0))[:2] for p in sorted(os.listdir('/proc'))"
        " if p.isdigit() and int(p) > 2], before.poll()",
        seconds=60,
    )

    assert outcome.outputs[0]["data"]["text/plain"] == "([['sleep', '60']], None)"


def test_a_cell_that_takes_too_long_is_interrupted_and_the_next_one_runs(session: Session) -> None:
    """By SIGINT, as the stop button does it."""
    session.run_cell("x = 1", seconds=60)
    outcome = session.run_cell("while True: pass", seconds=2)
    after = session.run_cell("x", seconds=60)

    assert outcome.interrupted
    assert outcome.outputs[-1]["ename"] == "KeyboardInterrupt"
    assert after.outputs[0]["data"]["text/plain"] == "1"


def test_an_interrupt_never_comes_between_two_cells(session: Session) -> None:
    """The handler is there while a cell runs; a cell's own is kept for the next one."""
    session.run_cell("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)", seconds=60)
    outcome = session.run_cell("signal.getsignal(signal.SIGINT) == signal.SIG_IGN", seconds=60)
    session.run_cell(
        "def f(): return signal.getsignal(signal.SIGINT) == signal.SIG_IGN", seconds=60
    )
    visit, handle = visit_with(session, "f")

    assert outcome.outputs[0]["data"]["text/plain"] == "True"
    assert call(visit, handle)["value"] == ("plain", True)


def test_a_cell_that_cannot_be_interrupted_loses_the_interpreter(session: Session) -> None:
    """And says so; afterwards nothing can be asked."""
    session.run_cell("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)", seconds=60)
    with pytest.raises(LostInCell) as lost:
        session.run_cell("while True: pass", seconds=2)

    assert lost.value.lost.kind == "timeout"


def test_the_end_of_the_interpreter_is_told_with_its_reason(session: Session) -> None:
    """In the cell that did it, with what that had printed; later requests say "over"."""
    with pytest.raises(LostInCell, match="signal 9") as lost:
        session.run_cell(
            "import os\nprint('last words', flush=True)\nos.kill(os.getpid(), 9)", seconds=60
        )
    with pytest.raises(LostInCell) as again:
        session.run_cell("1", seconds=60)

    assert lost.value.outcome.outputs[0]["text"] == "last words\n"
    assert again.value.lost.kind == "over"


def test_a_limit_of_the_box_ends_the_session_with_its_name() -> None:
    """As the report of any run has it."""
    session = sessions_pool.open_session({"proc": "kernel"})
    session.start(Limits(wall_seconds=0.5), {})
    with pytest.raises(Lost) as lost:
        session.run_cell("import time; time.sleep(60)", seconds=30)
    session.finish()

    assert lost.value.limit == "wall_seconds"


def test_output_beyond_the_limit_is_left_out_and_the_cell_goes_on() -> None:
    """With a note; what comes later has no room any more, but is still run."""
    session = sessions_pool.open_session({"proc": "kernel"})
    session.start(Limits(wall_seconds=200, output_bytes=1000), {})
    outcome = session.run_cell("print('x' * 5_000_000)\ny = 1", seconds=60)
    after = session.run_cell("print('more'); y", seconds=60)
    session.finish()

    assert outcome.ok
    assert outcome.outputs[0]["text"].startswith("xxx")
    assert "left out" in outcome.outputs[0]["text"]
    assert len(outcome.outputs[0]["text"]) < 1100
    assert after.outputs[-1]["data"]["text/plain"] == "1"


def test_when_the_client_goes_everything_goes() -> None:
    """The box ends when its control socket closes, whatever runs in it."""
    session = sessions_pool.open_session({"proc": "kernel"})
    session.start(LIMITS, {})
    session.run_cell("import subprocess\nsubprocess.Popen(['sleep', '600'])", seconds=60)
    pidfd = os.dup(session.pidfd)
    session.close()
    import select

    gone = select.poll()
    gone.register(pidfd, select.POLLIN)

    assert gone.poll(60_000)  # milliseconds
    os.close(pidfd)


def test_a_copy_has_room_when_the_program_has_used_all_of_its_own() -> None:
    """A notebook full of sleeping children can still be tested."""
    session = sessions_pool.open_session({"proc": "kernel"})
    session.start(Limits(wall_seconds=200, max_processes=12 + 16), {})
    session.run_cell(
        "import os, time\nn = 0\ntry:\n    while True:\n        if os.fork() == 0:\n"
        "            time.sleep(60)\n        n += 1\nexcept BlockingIOError:\n    pass\n"
        "def f(): return n",
        seconds=60,
    )
    visit, handle = visit_with(session, "f")
    value = call(visit, handle)["value"]
    session.finish()

    assert value[0] == "plain"
    assert 5 < value[1] <= 12


def test_a_box_that_died_in_reserve_is_told_before_anything_runs_in_it() -> None:
    """Whoever asked for it gives it back at once, and takes another."""
    require: dict[str, Strength] = {"proc": "kernel"}
    sessions_pool.open_session(require).finish()
    sessions_pool.prepare_next(require)
    spare = sessions_pool.open_session(require)
    spare._take_answer()
    signal.pidfd_send_signal(spare.pidfd, signal.SIGKILL)
    assert spare.has_ended(60_000)
    with pytest.raises(LaunchError, match="before it was given anything"):
        spare.start(LIMITS, {})

    assert spare.finish() is None
    after = sessions_pool.open_session(require)
    after.start(LIMITS, {})
    assert after.run_cell("1", seconds=60).ok
    after.finish()


def test_nothing_stays_after_many_sessions() -> None:
    """No process, no descriptor: as many as after the first."""

    def once() -> None:
        session = sessions_pool.open_session({"proc": "kernel"})
        session.start(LIMITS, {})
        session.run_cell("def f(): return 1", seconds=60)
        visit, handle = visit_with(session, "f")
        call(visit, handle)
        visit.leave()
        assert session.finish() is not None

    once()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        once()

    assert len(os.listdir("/proc/self/fd")) <= before
