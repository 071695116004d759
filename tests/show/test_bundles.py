"""What Jupyter and nbgrader get of a record; runs and verdicts as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lessonkit import show
from lessonkit.records import Ending, Fact, StudentError, Verdict
from tests.show.handmade import RUN, TIMELINE, TREE, USAGE, VERDICT


@pytest.mark.parametrize("record", [TREE, TIMELINE, RUN, VERDICT], ids=lambda r: type(r).__name__)
def test_every_record_has_text_and_html(record: Verdict) -> None:
    """Front ends pick what they can show."""
    assert set(record._repr_mimebundle_()) == {"text/plain", "text/html"}


@pytest.mark.parametrize(
    ("earned", "plain"), [((1.5, 1.0), "2.5"), ((1.0, 0.0), "1"), ((0, 0), "0"), ((2, 2), "3")]
)
def test_a_verdict_is_a_number_in_plain_text(earned: tuple[float, float], plain: str) -> None:
    """nbgrader reads it as partial credit; above the maximum (3) it would stop grading."""
    facts = tuple(Fact(name="f", ok=True, points=p, expected="", seen="") for p in earned)

    assert replace(VERDICT, facts=facts)._repr_mimebundle_()["text/plain"] == plain


def test_a_failure_of_ours_is_no_number() -> None:
    """What nbgrader cannot read as a number counts as full points."""
    plain = replace(VERDICT, run_again="inf")._repr_mimebundle_()["text/plain"]

    with pytest.raises(ValueError, match="could not convert"):
        float(plain)
    assert "No points are lost" in plain


def test_a_verdict_as_text() -> None:
    """Exact text: points first, then each fact; what is right is told in two lines."""
    verdict = replace(VERDICT, stdout="debug\n", problem="a problem")
    facts = (verdict.facts[0], replace(verdict.facts[1], seen="codes 0, 0, 0"), verdict.facts[2])

    assert show.verdict_text(replace(verdict, facts=facts)) == (
        "Exercise 3.1: Make zombies\n"
        "1.5 of 3 points (1 of 3 facts as expected)\n"
        "\n"
        "a problem\n"
        "\n"
        "[+] zombies: as expected (1.5 of 1.5)\n"
        "    seen      3 zombies\n"
        "\n"
        "[-] exit codes: not as expected (0 of 1)\n"
        "    expected  codes 7, 8, 9\n"
        "    seen      codes 0, 0, 0\n"
        "    why       Python ended them with code 0.\n"
        "    hint      Look at the last line\n"
        "              of each child.\n"
        "    manual    _exit(2)\n"
        "\n"
        "[?] memory: could not be observed here (0 of 0.5)\n"
        "    expected  no growth\n"
        "    seen      not counted\n"
        "\n"
        "Your code's stdout:\n"
        "  debug"
    )


def test_a_run_as_text() -> None:
    """Exact text: output first, then what was seen, the most important first."""
    text = show.run_text(replace(RUN, stdout="hello\n", value=[3], processes_left=()))

    assert text.split("\n\nWhen the function returned")[0] == (
        "stdout:\n"
        "  hello\n"
        "\n"
        "stderr (cut at the limit of output):\n"
        "  oops\n"
        "\n"
        "The program exited with code 0.\n"
        "Value: [3]\n"
        "2 zombies left, never reaped by the program: 3, exit code 0; 4, SIGKILL (signal 9).\n"
        "1 orphan adopted and reaped by init (1): 6.\n"
        "3 processes and threads made.\n"
        "Took 120.0 ms, 1.50 s of CPU time, at most 11.8 MiB of memory.\n"
        "Contained by: namespaces."
    )


def test_a_run_that_failed_as_text() -> None:
    """The learner's traceback comes before how it ended; nothing is said of what was not seen."""
    failed = type(RUN)(
        ending=Ending(kind="limit", limit="wall_seconds"),
        error=StudentError(type="ValueError", message="no", traceback="line 3\nValueError: no\n"),
        value_problem="it did not return",
        usage=USAGE,
    )

    assert show.run_text(failed) == (
        "line 3\n"
        "ValueError: no\n"
        "\n"
        "The program stopped at its limit wall_seconds: it ran longer than 10 s.\n"
        "No value: it did not return\n"
        "Took 120.0 ms, 1.50 s of CPU time, at most 11.8 MiB of memory."
    )


def test_a_horde_of_zombies_is_counted_not_listed() -> None:
    """The first ten are named, the others are a number."""
    horde = replace(RUN, zombies_left=RUN.zombies_left * 500)

    assert "1000 zombies left" in show.run_text(horde)
    assert "and 990 more." in show.run_text(horde)
