"""The course is found, and its configuration read as nbgrader reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lessonkit.batch.course import find_course
from lessonkit.batch.schema import NBGRADER
from lessonkit.errors import UsageError

CONFIGS = {
    "nothing": "",
    "folders": """
c.CourseDirectory.source_directory = "autograder/source"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
c.CourseDirectory.db_url = "sqlite:////somewhere/else.db"
c.CourseDirectory.course_id = "course 101"
""",
    "lists": """
c.CourseDirectory.ignore.append("*.csv")
c.CourseDirectory.groupshared = True
c.Autograde.exclude_overwriting = {"ps1": ["helper.py"]}
""",
    "inherited": "c.BaseConverter.permissions = 640\nc.Autograde.create_student = False\n",
}
ASK = """
import json, os, sys
from nbgrader.api import Base
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

told = []
for folder in sys.argv[1:]:
    os.chdir(folder)
    app = NbGraderApp()
    app.load_config_file()
    course = CourseDirectory(config=app.config)
    grader = Autograde(coursedir=course, config=app.config)
    told.append({
        "root": course.root,
        "course_id": course.course_id,
        "db_url": course.db_url,
        "paths": [course.format_path(getattr(course, f"{step}_directory"), "ada", "ps1")
                  for step in ("source", "submitted", "autograded")],
        "ignore": course.ignore,
        "groupshared": course.groupshared,
        "permissions": int(str(grader.permissions), 8),
        "kept": grader.exclude_overwriting,
        "create": grader.create_student,
    })
tables = {name: sorted(table.columns.keys()) for name, table in Base.metadata.tables.items()}
print(json.dumps({"courses": told, "tables": tables}))
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What nbgrader says of each configuration, and the columns of its tables."""
    base = tmp_path_factory.mktemp("configured")
    for name, text in CONFIGS.items():
        (base / name).mkdir()
        (base / name / "nbgrader_config.py").write_text(f"c = get_config()\n{text}")
    folders = [str(base / name) for name in CONFIGS]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK, *folders],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"base": base, **told}


@pytest.mark.parametrize("name", CONFIGS)
def test_configuration_means_what_it_means_to_nbgrader(asked: dict[str, Any], name: str) -> None:
    """Every setting that grading goes by is the one that nbgrader's own classes have."""
    course = find_course(asked["base"] / name)
    steps = (course.source, course.submitted, course.autograded)
    assert {
        "root": str(course.root),
        "course_id": course.course_id,
        "db_url": course.db_url,
        "paths": [str(course.path(step, "ada", "ps1")) for step in steps],
        "ignore": list(course.ignore),
        "groupshared": course.groupshared,
        "permissions": course.permissions,
        "kept": {key: list(files) for key, files in course.kept_files.items()},
        "create": course.create_students,
    } == asked["courses"][list(CONFIGS).index(name)]


def test_the_tables_that_we_name_are_nbgraders(asked: dict[str, Any]) -> None:
    """Every table and column that is read or written by name is in nbgrader's models."""
    for table in NBGRADER:
        assert set(table.columns.keys()) <= set(asked["tables"][table.name]), table.name


def write(folder: Path, text: str) -> Path:
    """A course with that configuration."""
    folder.mkdir(exist_ok=True)
    (folder / "nbgrader_config.py").write_text(f"c = get_config()\n{text}")
    return folder


def test_a_course_is_found_from_below(tmp_path: Path) -> None:
    """In a folder of a lesson the course is the one around it."""
    root = write(tmp_path / "course", 'c.CourseDirectory.course_id = "here"')
    (root / "source" / "ps1").mkdir(parents=True)
    course = find_course(root / "source" / "ps1")
    assert (course.root, course.course_id) == (root, "here")


def test_no_course_is_one_sentence(tmp_path: Path) -> None:
    """It says where was looked and where to go."""
    with pytest.raises(UsageError, match="no course is here: neither"):
        find_course(tmp_path)


def test_a_configuration_that_anybody_may_write_is_not_run(tmp_path: Path) -> None:
    """On the way up, a folder like /tmp ends the search: its programs are nobody's."""
    write(tmp_path / "open", "raise SystemExit('run')")
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "open" / "mine").mkdir()
    with pytest.raises(UsageError, match="no course is here"):
        find_course(tmp_path / "open" / "mine")


def test_a_broken_configuration_is_one_sentence(tmp_path: Path) -> None:
    """The file and what Python says of it."""
    write(tmp_path, "1 / 0")
    with pytest.raises(UsageError, match="cannot be read: ZeroDivisionError"):
        find_course(tmp_path)


def test_json_wins_over_python(tmp_path: Path) -> None:
    """As with nbgrader, nbgrader_config.json has the last word."""
    write(tmp_path, 'c.CourseDirectory.course_id = "python"')
    config = {"CourseDirectory": {"course_id": "json"}}
    (tmp_path / "nbgrader_config.json").write_text(json.dumps(config))
    assert find_course(tmp_path).course_id == "json"


def test_limits_are_set_in_the_configuration(tmp_path: Path) -> None:
    """c.LessonkitBudget names fields of `Budget`; the others keep their values."""
    write(tmp_path, "c.LessonkitBudget.cell_seconds = 5")
    budget = find_course(tmp_path).budget
    assert (budget.cell_seconds, budget.call_seconds) == (5.0, 10.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("c.LessonkitBudget.seconds = 5", "there is no c.LessonkitBudget.seconds; there are: cell"),
        ("c.LessonkitBudget.cell_seconds = -1", "is a number above 0, not -1"),
    ],
)
def test_a_wrong_limit_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    """An unknown name or value is not passed over in silence."""
    write(tmp_path, text)
    with pytest.raises(UsageError, match=words):
        find_course(tmp_path)


def test_submissions_are_found_whatever_the_structure(tmp_path: Path) -> None:
    """In order, without those that are excluded, also where the student comes last."""
    structure = "{nbgrader_step}/{assignment_id}/{student_id}"
    write(
        tmp_path,
        f'c.CourseDirectory.directory_structure = "{structure}"\n'
        'c.CourseDirectory.student_id_exclude = "zoe,max"',
    )
    for student in ("eve", "ada", "zoe", ".hidden", "[odd]"):
        (tmp_path / "submitted" / "ps[1]" / student).mkdir(parents=True)
    assert list(find_course(tmp_path).submissions("ps[1]")) == ["[odd]", "ada", "eve"]
