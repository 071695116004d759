"""Every lesson runs from top to bottom through a real Jupyter kernel, as root and as a user.

`make test` runs the first lesson as an ordinary user: root runs all of them in
test_stock_grading.py. LESSONKIT_ALL_HOSTS=1 (`make soak`) runs each as both, for
docs/course-evidence.md, which keeps how long each took.

Behind the outer fence, because it gives an ordinary user an environment to read, whatever this
machine keeps to root; with the same caps on both.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.lessons import LESSONS
from tests.hosts import run_on_host
from tests.tiny_course import SOLUTION, write_notebook

ROOT = Path(__file__).resolve().parents[2]
NAMES = [lesson.name for lesson in LESSONS]
EVERYTHING = [(host, lesson) for host in ("root", "user") for lesson in NAMES]
CHOSEN = EVERYTHING if os.environ.get("LESSONKIT_ALL_HOSTS") == "1" else [("user", NAMES[0])]

# Nobody's notebook has one of the first pids, with which boxes begin.
LATER = ["sh", "-c", 'for i in $(seq 200); do /bin/true; done; exec "$@"', "sh"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("host", "lesson"), CHOSEN)
def test_a_lesson_runs_from_top_to_bottom(
    host: str, lesson: str, request: pytest.FixtureRequest
) -> None:
    """No cell raises, complains, or loses a point; the junit report keeps how long it took."""
    program = [sys.executable, str(ROOT / "tools" / "run_course.py"), "--json", lesson]
    here = {"PYTHONPATH": str(ROOT / "src")}
    fenced = run_on_host(host, [*LATER, *program], timeout=560, env=here)

    assert fenced.stdout.strip(), fenced.stderr[-2000:]
    told = json.loads(fenced.stdout.splitlines()[-1])
    request.node.user_properties.append(("course", json.dumps({**told, "host": host})))
    assert told["wrong"] == []
    assert fenced.returncode == 0
    assert told["lesson"] == lesson
    assert (told["user"] == 0) == (host == "root")
    checks = [cell for cell in LESSONS[NAMES.index(lesson)].code if cell.id.startswith("q")]
    assert told["points"] == sum(cell.grader.get("points", 0) for cell in checks)


def test_what_is_wrong_in_a_lesson_is_noticed(tmp_path: Path) -> None:
    """The test above would prove nothing if a cell could fail unseen."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for lesson, (answer, _) in LAME.items():
        write_notebook(tmp_path / "source" / lesson / f"{lesson}.ipynb", answer)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "tools" / "run_course.py"), "--json"],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 1
    assert [one["lesson"] for one in told] == list(LAME)
    for one in told:
        wanted = LAME[one["lesson"]][1]
        assert len(one["wrong"]) == len(wanted)
        for seen, words in zip(one["wrong"], wanted, strict=True):
            assert seen.startswith(words)


LAME = {
    "00-right": (SOLUTION, []),
    "01-wrong": ("    return a * b", ["q0-1: 0.5 of 2 points"]),
    "02-complains": (
        "    import sys; print('oh', file=sys.stderr); return a + b",
        ["q0-1: stderr: oh"],
    ),
    "03-raises": ("    return undefined", ["q0-1: NameError", "q0-1: None of 2 points"]),
}
"""Tiny lessons: the body of the answer, and what is to be said of it."""
