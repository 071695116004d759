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
from traitlets.config import Config

from lessonkit.batch.noting import NOTE_ID
from tests.batch.courses import hand_in, lessonkit, nbgrader_each
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
CHANGED = "def expected(a):\n    return None\n"
"""A module of the instructor's, as a student handed it in."""


def with_seams(released: Path, folder: Path, *more: str) -> Path:
    """A copy of a released course that uses the seams. more: lines of its configuration."""
    course = shutil.copytree(released, folder)
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("".join([SEAMS, *more]))
    return course


@pytest.fixture
def seamed(released_course: Path, tmp_path: Path) -> Path:
    """A course of the test's own."""
    return with_seams(released_course, tmp_path / "seamed")


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


def with_a_module(course: Path) -> None:
    """Three who handed in a module of their own, two of them to gain by it."""
    (course / "source" / "helped" / "helper.py").write_text("def expected(a):\n    return 2 * a\n")
    for student, text in (
        ("ada", "def double(a):\n    return a + a"),
        ("ben", "def double(a):\n    return helper.expected(a)"),
        ("cheat", "def double(a):\n    return None"),
    ):
        handed = hand_in(course, student, {"double": text}, assignment="helped")
        (handed / "helper.py").write_text(CHANGED)


@pytest.fixture(scope="module")
def both(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same two classes, graded by `lessonkit grade` and by `nbgrader autograde`."""
    folder = tmp_path_factory.mktemp("both")
    own = 'c.Autograde.exclude_overwriting = {"helped": ["helper.py"]}\n'
    ours = with_seams(released_course, folder / "ours", own)
    a_class(ours)
    with_a_module(ours)
    theirs = shutil.copytree(ours, folder / "theirs", symlinks=True)
    for name in ("ps1", "helped"):
        done = lessonkit(ours, "grade", name, "--json")
        assert done.returncode == 0, done.stderr
        (folder / f"{name}.json").write_text(done.stdout)
    nbgrader_each(theirs, "autograde ps1", "autograde helped")
    return ours, theirs


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


def start_python(course: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the same, in a process group of its own, and do not wait."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=course,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.slow
def test_stock_autograde_writes_what_lessonkit_grade_writes(both: tuple[Path, Path]) -> None:
    """Rows, reasons and fingerprints are equal, so the one knows what the other has graded."""
    ours, theirs = both
    assert graded_rows(theirs) == graded_rows(ours)
    assert our_rows(theirs, "ps1") == our_rows(ours, "ps1")
    points = {student: row["points"] for student, row in our_rows(theirs, "ps1").items()}
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
    assert not (theirs / "autograded" / "linked" / "ps1" / "secret.txt").exists()
    for course in both:
        assert "had been split" in note_of(course, "split")
        assert "not a notebook" in note_of(course, "damaged")
    told = json.loads(lessonkit(theirs, "grade", "ps1", "--json").stdout)
    assert (told["graded"], told["graded_before"]) == (0, 8)


@pytest.mark.slow
def test_a_module_beside_the_notebook_is_the_instructors_where_tests_run(
    both: tuple[Path, Path],
) -> None:
    """Also where students may change it, whose copy is for their own code: both commands."""
    ours, theirs = both
    told = json.loads((ours.parent / "helped.json").read_text())
    points = {one["student"]: one["points"] for one in told["students"]}
    assert points == {"ada": 2, "ben": 0, "cheat": 0}
    assert not any(one["not_tamper_proof"] for one in told["students"])
    assert told["warnings"] == []
    assert our_rows(theirs, "helped") == our_rows(ours, "helped")
    for course in both:
        kept = course / "autograded" / "cheat" / "helped" / "helper.py"
        assert kept.read_text() == CHANGED, "the student's own copy is what is kept of it"


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


def test_the_page_on_grading_shows_the_configuration_that_this_course_has() -> None:
    """Every line about grading and feedback that docs/grading.md gives is in force here."""
    text = (REPOSITORY / "docs" / "grading.md").read_text()
    part = text.partition("## nbgrader's own commands and pages")[2].partition("\n## ")[0]
    lines = [line[4:] for line in part.splitlines() if line.startswith("    ")]
    told, ours = Config(), Config()
    exec("\n".join(lines), {"c": told})
    exec((REPOSITORY / "nbgrader_config.py").read_text(), _names_for(ours))
    for section, settings in told.items():
        for name, value in settings.items():
            assert ours[section][name] == value, f"c.{section}.{name}"
    assert {"Autograde", "GenerateFeedback", "HTMLExporter", "FeedbackPage"} == set(told)


def _names_for(config: Config) -> dict[str, object]:
    return {"get_config": lambda: config, "__file__": str(REPOSITORY / "nbgrader_config.py")}
