"""Show that a hostile cell or function costs nothing but its own points, and leaves nothing.

All of them are judged behind one outer fence; each is a test of its own.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fence import body, run_fenced
from tests.grading.hostile import CASES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

Reports = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def reports() -> Reports:
    """What became of each case, by its name and place."""
    command = body("tests.grading.hostile:main")
    fenced = run_fenced(command, timeout=1000, max_processes=400, memory_bytes=3 << 30)
    lines = [json.loads(line) for line in fenced.stdout.splitlines()]
    assert fenced.returncode == 0, fenced.stderr[-3000:]
    assert lines[-1] == {"name": "end", "left": []}
    return {(line["name"], line["place"]): line for line in lines[:-1]}


@pytest.mark.parametrize("place", ["cell", "call"])
@pytest.mark.parametrize("name", CASES)
def test_what_was_earned_before_and_after_is_kept(name: str, place: str, reports: Reports) -> None:
    """Both good tests have their points; nothing runs on; the notebook stays small."""
    report = reports[name, place]

    assert report["status"] in ("graded", "timed out", "limit hit"), report["reason"]
    assert (report["points"][0], report["points"][2]) == (2, 2), report["why"]
    assert report["left"] == []
    assert report["size"] < 500_000


@pytest.mark.parametrize(
    ("name", "place", "status"),
    [
        ("an endless loop", "cell", "timed out"),
        ("an endless loop", "call", "timed out"),
        ("SIGINT ignored", "cell", "timed out"),
        ("kill -9 of itself", "cell", "graded"),
    ],
)
def test_the_status_says_what_happened(
    name: str, place: str, status: str, reports: Reports
) -> None:
    """Time, a limit, or nothing out of the ordinary for the submission as a whole."""
    assert reports[name, place]["status"] == status
