"""nbgrader's own commands judge with lessonkit where the course's configuration says so.

The configuration is the repository's own nbgrader_config.py, but for its folders.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lessonkit.batch.noting import NOTE_ID
from tests.batch.courses import (
    answer,
    cell,
    first,
    hand_in,
    lessonkit,
    make_course,
    nbgrader,
    notebook,
)
from tests.batch.rows import graded_rows, our_rows

REPOSITORY = Path(__file__).resolve().parents[2]
SEAMS = f"""
load_subconfig("nbgrader_config.py", path={str(REPOSITORY)!r})
c.CourseDirectory.clear()
c.CourseDirectory.course_id = "tiny"
"""
FAKE = """
from lessonkit.batch import stock
from tests.batch.fakes import FAKE
stock.make_engine = lambda: FAKE
"""
RIGHT = {
    "add": "def add(a, b):\n    return a + b",
    "double": "def double(a):\n    return 2 * a",
    "why": "Because it is so.",
    "show": "print('shown')",
}
CHEAT = {
    "add": "import os, ast\nclass Same:\n    def __eq__(self, other):\n        return True",
    "double": "def add(a, b):\n    return Same()\ndef double(a):\n    os._exit(0)",
}
BY_API = """
import json, os
from pathlib import Path
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

def workers():
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return sorted(int(pid) for task in tasks for pid in task.read_text().split())

if __name__ == "__main__":
    config = PyFileConfigLoader("nbgrader_config.py", ".").load_config()
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    told = [api.autograde("ps1", "ada")["success"]]
    before = workers()
    told.append(api.autograde("ps1", "ben")["success"])
    print(json.dumps([told, bool(before), before == workers(), api.autograde("ps1", "cleo")]))
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course of one notebook that uses the seams. Not to be changed."""
    root = tmp_path_factory.mktemp("seams") / "course"
    return make_course(root, {"ps1": {"proc": first()}}, config=SEAMS)


@pytest.fixture
def seamed(released: Path, tmp_path: Path) -> Path:
    """A course of the test's own."""
    return shutil.copytree(released, tmp_path / "seamed")


def split(file: Path) -> None:
    """Split an answer as JupyterLab does: both halves keep the label."""
    content = json.loads(file.read_text())
    (place,) = [n for n, one in enumerate(content["cells"]) if one["id"] == "add"]
    upper, lower = content["cells"][place], json.loads(json.dumps(content["cells"][place]))
    upper["source"], lower["source"] = lower["source"].split("\n    ")
    lower["id"], lower["source"] = "add-2", "    " + lower["source"]
    content["cells"].insert(place + 1, lower)
    file.write_text(json.dumps(content))


def a_class(course: Path) -> None:
    """A good student first and last; between them what stops or cheats stock nbgrader."""
    hand_in(course, "ada", RIGHT, timestamp="2030-01-02 10:00:00 UTC")
    hand_in(course, "cheat", CHEAT)
    (hand_in(course, "damaged", RIGHT) / "proc.ipynb").write_text("damaged")
    linked = hand_in(course, "linked", RIGHT)
    (linked / "secret.txt").symlink_to("/etc/hostname")
    renamed = hand_in(course, "renamed", RIGHT)
    (renamed / "proc.ipynb").rename(renamed / "proc (1).ipynb")
    split(hand_in(course, "split", RIGHT) / "proc.ipynb")
    old = hand_in(course, "unlabelled", RIGHT) / "proc.ipynb"
    old.write_text(old.read_text().replace('"schema_version": 3', '"schema_version": 1'))
    hand_in(course, "zoe", RIGHT)


def note_of(course: Path, student: str) -> str:
    """What stands at the top of a graded notebook."""
    file = course / "autograded" / student / "ps1" / "proc.ipynb"
    top = json.loads(file.read_text())["cells"][0]
    assert top["id"] == NOTE_ID
    return "".join(top["source"])


def python(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a course, with this repository to import from."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.slow
def test_stock_autograde_writes_what_lessonkit_grade_writes(seamed: Path, tmp_path: Path) -> None:
    """Rows, reasons and fingerprints are equal, so the one knows what the other has graded."""
    a_class(seamed)
    other = shutil.copytree(seamed, tmp_path / "other", symlinks=True)
    assert lessonkit(other, "grade", "ps1").returncode == 0

    nbgrader(seamed, "autograde", "ps1")

    assert graded_rows(seamed) == graded_rows(other)
    assert our_rows(seamed) == our_rows(other)
    points = {student: row["points"] for student, row in our_rows(seamed).items()}
    assert points == {
        "ada": 5,
        "cheat": 0,
        "damaged": 0,
        "linked": 5,
        "renamed": 5,
        "split": 5,
        "unlabelled": 5,
        "zoe": 5,
    }
    assert not (seamed / "autograded" / "linked" / "ps1" / "secret.txt").exists()
    for course in (seamed, other):
        assert "had been split" in note_of(course, "split")
        assert "not a notebook" in note_of(course, "damaged")
    told = json.loads(lessonkit(seamed, "grade", "ps1", "--json").stdout)
    assert (told["graded"], told["graded_before"]) == (0, 8)


@pytest.mark.slow
def test_a_module_beside_the_notebook_is_the_instructors_where_tests_run(tmp_path: Path) -> None:
    """Also where students may change it, whose copy is for their own code: both commands."""
    double = answer("def double(a):\n    return 2 * a")
    cells = [
        cell("code", "import helper"),
        cell("code", double, "double", solution=True),
        cell("code", "assert double(4) == helper.expected(4)", "t", 2, grade=True, locked=True),
    ]
    own = 'c.Autograde.exclude_overwriting = {"ps1": ["helper.py"]}\n'
    course = make_course(tmp_path / "a", {"ps1": {"proc": notebook(cells)}}, config=SEAMS + own)
    (course / "source" / "ps1" / "helper.py").write_text("def expected(a):\n    return 2 * a\n")
    changed = "def expected(a):\n    return None\n"
    for student, text in (
        ("ada", "def double(a):\n    return a + a"),
        ("ben", "def double(a):\n    return helper.expected(a)"),
        ("cheat", "def double(a):\n    return None"),
    ):
        handed = hand_in(course, student, {"double": text})
        (handed / "helper.py").write_text(changed)
    other = shutil.copytree(course, tmp_path / "b")

    told = json.loads(lessonkit(course, "grade", "ps1", "--json").stdout)
    nbgrader(other, "autograde", "ps1")

    points = {one["student"]: one["points"] for one in told["students"]}
    assert points == {"ada": 2, "ben": 0, "cheat": 0}
    assert not any(one["not_tamper_proof"] for one in told["students"])
    assert told["warnings"] == []
    assert our_rows(other) == our_rows(course)
    kept = course / "autograded" / "cheat" / "ps1" / "helper.py"
    assert kept.read_text() == changed, "the student's own copy is what is kept of it"


@pytest.mark.slow
def test_a_failure_of_ours_costs_nobody_points(seamed: Path) -> None:
    """Without the judge's answer a submission stays ungraded; the others go on."""
    with (seamed / "nbgrader_config.py").open("a") as config:
        config.write(FAKE)
    hand_in(seamed, "ada", {"add": "right", "double": "right"})
    hand_in(seamed, "ben", {"add": "raises"})
    hand_in(seamed, "zoe", {"add": "right", "double": "wrong"})

    done = python(seamed, "-m", "nbgrader", "autograde", "ps1")

    assert done.returncode == 1
    assert "ben is not graded, because we failed: RuntimeError" in done.stderr
    assert not (seamed / "autograded" / "ben" / "ps1").exists()
    rows = {(row[0], row[3]): row[5] for row in graded_rows(seamed)["grades"]}
    assert rows["ada", "test-add"] == 2
    assert rows["zoe", "test-double"] == 0
    assert our_rows(seamed).keys() == {"ada", "zoe"}


@pytest.mark.slow
def test_the_api_keeps_its_worker_and_lets_it_go(seamed: Path) -> None:
    """`NbGraderAPI.autograde`, which the formgrader calls, starts one process for all calls; it
    ends with the program that called."""
    for student in ("ada", "ben", "cleo"):
        hand_in(seamed, student, RIGHT)
    program = seamed / "by_api.py"
    program.write_text(BY_API)

    done = python(seamed, str(program))

    assert done.returncode == 0, done.stderr
    told, some, same, last = json.loads(done.stdout.splitlines()[-1])
    assert (told, some, same) == ([True, True], True, True), last
    assert last["success"], last
    assert {row["points"] for row in our_rows(seamed).values()} == {5}


def test_the_preprocessors_say_what_they_need() -> None:
    """Without our exporter, or outside of nbgrader, there is one sentence and no wrong grade."""
    program = (
        "from lessonkit.batch.stock import Judge, RepairedNotebook\n"
        "from lessonkit.errors import UsageError\n"
        "told = {'nbgrader': {'assignment': 'a', 'student': 's', 'notebook': 'n'}}\n"
        "for step in (lambda: Judge().preprocess(None, told),\n"
        "             lambda: RepairedNotebook().from_filename('x.ipynb')):\n"
        "    try:\n"
        "        step()\n"
        "    except UsageError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=600
    )
    needs, outside = done.stdout.splitlines()
    assert "c.Autograde.exporter_class = 'lessonkit.batch.stock.RepairedNotebook'" in needs
    assert "this exporter is for nbgrader autograde" in outside
