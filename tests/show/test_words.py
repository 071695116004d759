"""Words, numbers and the making safe of foreign text."""

from __future__ import annotations

import time

import pytest

from lessonkit.records import Ending, Limits
from lessonkit.show import words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bash", "bash"),
        ("größe 日本", "größe 日本"),
        ("a\nb\tc\0", r"a\nb\tc\x00"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("caf\udce9", r"caf\udce9"),
        ("x" * 300, "x" * 200 + "..."),
    ],
)
def test_names_fit_on_one_line(text: str, shown: str) -> None:
    """What is invisible, moves the cursor or turns the text around is written out."""
    assert words.name(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\n", "a\nb\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("50%\r100%", r"50%\r100%"),
        ("a\tb", "a       b"),
        ("non\xa0breaking", "non breaking"),
        ("bell\x07 back\x08", r"bell\x07 back\x08"),
    ],
)
def test_output_loses_its_terminal_sequences(text: str, shown: str) -> None:
    """Colours and titles go, line ends stay, every other control character is written out."""
    assert words.block(text) == shown


def test_long_output_is_cut_in_the_middle() -> None:
    """Beginning and end are what a reader needs; the cut is said."""
    shown = words.block("a" * 50_000 + "z" * 50_000, limit=1000)

    assert shown.startswith("a" * 500)
    assert shown.endswith("z" * 500)
    assert "[... cut: too long to show ...]" in shown
    assert len(shown) < 1100


@pytest.mark.parametrize("unit", ["\x1b]", "\x1b[", "\x1bP0", "\x1b[0;", "\x1b"])
def test_unfinished_sequences_cost_no_time(unit: str) -> None:
    """A megabyte of beginnings of sequences is cleaned in a moment."""
    began = time.process_time()

    words.block(unit * 500_000)

    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (0, "exit code 0"),
        (7 << 8, "exit code 7"),
        (255 << 8, "exit code 255"),
        (9, "SIGKILL (signal 9)"),
        (139, "SIGSEGV (signal 11, core dumped)"),
        (None, "status not seen"),
    ],
)
def test_wait_statuses_are_read(status: int | None, told: str) -> None:
    """Exit codes and signals are told apart as wait(2) says."""
    assert words.wait_status_words(status) == told


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (Ending(kind="exited", exit_code=3), "exited with code 3"),
        (
            Ending(kind="signaled", term_signal=11, core_dumped=True),
            "ended by SIGSEGV (signal 11, core dumped)",
        ),
        (
            Ending(kind="limit", limit="wall_seconds", term_signal=9),
            "stopped at its limit wall_seconds: it ran longer than 10 s",
        ),
        (
            Ending(kind="limit", limit="output_bytes"),
            "stopped at its limit output_bytes: it printed more than 1.0 MiB",
        ),
        (
            Ending(kind="limit", limit="max_processes"),
            "stopped at its limit max_processes: "
            "it had more than 64 processes and threads at a time",
        ),
    ],
)
def test_endings_are_told_with_their_limit(ending: Ending, told: str) -> None:
    """A limit is named as it is set, with what it allowed."""
    assert words.ending_words(ending, Limits()) == told


@pytest.mark.parametrize("limit", Limits.__dataclass_fields__)
def test_every_limit_has_words(limit: str) -> None:
    """No limit is told as a number without a meaning."""
    told = words.ending_words(Ending(kind="limit", limit=limit), Limits())

    assert "it hit a limit" not in told


def test_columns_count_what_a_terminal_takes() -> None:
    """Wide characters take two columns, combining ones none; a cut is marked."""
    assert words.columns("日本") == 4
    assert words.columns("e\u0301") == 1
    assert words.clip("日本語", 4) == "日~ "
    assert words.clip("ab", 4) == "ab  "


def test_amounts_have_the_unit_that_suits_them() -> None:
    """Bytes, times and points are short to read."""
    assert [words.size(n) for n in (640, 2048, 12_345_678, 5 << 40)] == [
        "640 B",
        "2.0 KiB",
        "11.8 MiB",
        "5120.0 GiB",
    ]
    assert [words.duration(s) for s in (0.0003, 0.0451, 2.5)] == ["0.3 ms", "45.1 ms", "2.50 s"]
    assert [words.number(x) for x in (0, 1.0, 1.5, 1 / 3)] == ["0", "1", "1.5", "0.33"]
