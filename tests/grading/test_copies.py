"""Show that a copy of the student's interpreter is in the state that it was made in."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from lessonkit.records import Limits
from lessonkit.sandbox import sessions_pool
from lessonkit.sandbox.sessions_client import Session
from tests.grading.test_session import call, visit_with

LIMITS = Limits(wall_seconds=200, tree_cpu_seconds=30, max_processes=40)
START = (
    "import os, random, threading\nheard = []\n"
    "os.register_at_fork(before=lambda: heard.append('before'),\n"
    "                    after_in_child=lambda: heard.append('child'))\n"
    "random.seed(5)\ndef draw(): return random.random(), list(heard)\n"
)
DRAWN = random.Random(5).random()


@pytest.fixture
def session() -> Iterator[Session]:
    """One that has been started."""
    made = sessions_pool.open_session({"proc": "kernel"})
    made.start(LIMITS, {})
    yield made
    made.finish()


def test_every_copy_goes_on_with_the_same_random_numbers(session: Session) -> None:
    """A notebook that has seeded `random` gets the numbers that it would get in a kernel; what
    it has registered for its own forks does not hear of ours."""
    session.run_cell(START, seconds=60)
    for _ in range(2):
        visit, handle = visit_with(session, "draw")
        assert call(visit, handle)["value"] == ("plain", (DRAWN, []))
        visit.leave()
    outcome = session.run_cell("draw()", seconds=60)

    assert outcome.outputs[0]["data"]["text/plain"] == repr((DRAWN, []))


def test_beside_threads_the_numbers_are_the_same(session: Session) -> None:
    """Python's own work after a fork is needed then, and would seed anew."""
    session.run_cell(
        START + "go = threading.Event()\nwaiter = threading.Thread(target=go.wait)\nwaiter.start()",
        seconds=60,
    )
    visit, handle = visit_with(session, "draw")
    number, _ = call(visit, handle)["value"][1]
    visit.leave()
    outcome = session.run_cell("go.set()\nwaiter.join()\nrandom.random()", seconds=60)

    assert number == DRAWN
    assert outcome.outputs[0]["data"]["text/plain"] == repr(DRAWN)


def test_what_waits_to_be_written_is_written_once(session: Session) -> None:
    """A cell's unfinished line is not printed again by a copy."""
    first = session.run_cell("import sys\nsys.stdout.write('begun')\ndef f(): return 1", seconds=60)
    visit, handle = visit_with(session, "f")
    request = {"op": "call", "handle": handle, "args": [], "names": [], "plain": []}
    reply = visit.ask(request, seconds=60)
    visit.leave()

    assert "begun" in first.outputs[0]["text"]
    assert reply.stdout == b""
