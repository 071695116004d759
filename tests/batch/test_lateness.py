"""Times are read as nbgrader reads them, and nothing that a student writes breaks that."""

from __future__ import annotations

from datetime import datetime

import pytest

from lessonkit.batch.lateness import parse_timestamp


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2030-01-02 10:00:00.123456 UTC", datetime(2030, 1, 2, 10, 0, 0, 123456)),
        ("2030-01-02 10:00:00 +0100", datetime(2030, 1, 2, 9, 58, 20)),  # as nbgrader has it
        ("2030-01-02 10:00:00", datetime(2030, 1, 2, 10)),
        ("2030-01-02T10:00:00Z", datetime(2030, 1, 2, 10)),
        ("2030-07-02 10:00:00 Europe/Vienna", datetime(2030, 7, 2, 8)),
    ],
)
def test_a_time_is_read_as_utc(text: str, expected: datetime) -> None:
    """In every form that nbgrader's exchange writes, and some that people write."""
    assert parse_timestamp(text) == expected


@pytest.mark.parametrize("text", ["yesterday", "2030-13-45", "9" * 400, "a b c", "\0", "0 0 0"])
def test_what_is_no_time_is_a_value_error(text: str) -> None:
    """And no other exception."""
    with pytest.raises(ValueError, match="is no time"):
        parse_timestamp(text)
