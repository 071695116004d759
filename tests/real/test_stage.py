"""A scene begins only when the student's process is what scenes expect."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from lessonkit.sandbox.channel import Packets, send_packets
from lessonkit.sandbox.stage import Stage

JOB = {"params": {}, "seed": 1, "args": []}


class Listening:
    """As much of a keeper as waiting for an answer needs: it hears the channel."""

    def __init__(self, packets: Packets) -> None:
        self.student_pid, self.student_status = 2, None
        self.settings = {"home": "/tmp"}
        self.adopted: list[Any] = []
        self._packets = packets

    def pump(self, done: Callable[[], object], seconds: float) -> bool:
        """Read what comes until *done* is true, or the other end is closed."""
        while not done() and not self._packets.closed:
            self._packets.feed(block=True)
        return bool(done())


def stage_for(answer: dict[str, Any] | None, order: list[str]) -> Stage:
    """A stage whose other side answers the job so, a while after it came; None: not at all."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    packets = Packets(ours, trusted=False)

    def other_side() -> None:
        heard = Packets(theirs, trusted=True)
        heard.feed(block=True)
        order.append("taken")
        if answer is not None:
            send_packets(theirs, {**answer, "number": heard.messages.popleft()[0]["number"]})
        theirs.close()

    threading.Thread(target=other_side).start()
    stage = Stage(Listening(packets), ours, packets, JOB, b"")  # type: ignore[arg-type]
    stage.hand_over({"op": "job"})
    return stage


def test_scene_waits_until_the_job_was_taken() -> None:
    """Nothing that a scene looks at (user, directory, signals) is as it was before the job."""
    order: list[str] = []
    stage = stage_for({"kind": "value", "value": None}, order)
    stage.wait_for_job()
    order.append("scene")
    assert order == ["taken", "scene"]
    stage._channel.close()


@pytest.mark.parametrize(
    "answer", [None, {"kind": "error", "error": None, "problem": "no room"}, {"kind": "bad"}]
)
def test_scene_does_not_begin_where_the_job_was_not_taken(answer: dict[str, Any] | None) -> None:
    """That is a failure of ours, told as one."""
    stage = stage_for(answer, [])
    with pytest.raises(OSError, match="the job"):
        stage.wait_for_job()
    stage._channel.close()
