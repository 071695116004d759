"""A child that raises comes back through the student's function: the verdict says with what."""

from __future__ import annotations

import socket

import pytest

from lessonkit import Handle, Verdict, check
from lessonkit.sandbox.channel import ChannelError, Packets, send_stray

ANSWER = """
import os, sys

class Mute(Exception):
    def __str__(self):
        raise RuntimeError

def make_zombies(n):
    if os.fork() == 0:
        {}
    os.wait()                 # so that the copy has come back before its parent does
"""


def verdict_of(child: str) -> Verdict:
    """The verdict of 3.1 on a function whose only child does this."""
    return check("3.1", Handle(source=ANSWER.format(child), name="make_zombies"))


@pytest.mark.parametrize(
    ("child", "words"),
    [
        ("raise LookupError('the wrong room')", "it had raised LookupError: the wrong room (line "),
        ("sys.exit(3)", "it had raised SystemExit: 3 (line "),
        ("raise Mute", "it had raised Mute"),  # whose own method fails when it is printed
    ],
)
def test_the_verdict_names_the_exception(child: str, words: str) -> None:
    """Type, message and line stand in the finding, not only in what was written to stderr."""
    verdict = verdict_of(child)
    seen = [fact.seen for fact in verdict.facts if not fact.ok]

    assert verdict.points == 0
    assert sum(words in one for one in seen) == 1, seen


def test_a_copy_that_returned_is_told_without_one() -> None:
    """Negative control: nothing was raised, so nothing is said of it."""
    verdict = verdict_of("return None")

    assert "1 copy came back from make_zombies" in verdict.facts[0].seen
    assert all("raised" not in fact.seen for fact in verdict.facts)


def test_what_a_stray_says_is_plain_data_or_refused() -> None:
    """The far end is hostile: other bytes behind the mark are no message of ours."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        packets = Packets(ours, trusted=False)
        for _ in range(5):
            send_stray(theirs, {"type": "E", "message": "m" * 10_000, "traceback": ""})
            packets.feed()
        assert packets.strays == 5
        assert [len(error["message"]) for error in packets.stray_errors] == [1000] * 3
        packets.stray_errors.clear()
        theirs.send(b"s\x80 pickle")
        with pytest.raises(ChannelError):
            packets.feed()
