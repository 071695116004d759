"""Find the course and read its nbgrader configuration, without starting nbgrader.

The same files that `nbgrader autograde` reads, in the same order, loaded by the same traitlets:
nbgrader_config.py and .json in Jupyter's folders, then those of the course, which win. nbgrader
itself takes seconds to import, most of them for what grading does not need; what is read here is
compared with nbgrader's own reading in the tests.

Source: nbgrader's configuration options, traitlets' configuration files.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import re
import stat
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traitlets.config.loader import (
    Config,
    ConfigFileNotFound,
    JSONFileConfigLoader,
    LazyConfigValue,
    PyFileConfigLoader,
)

from lessonkit.errors import UsageError
from lessonkit.grading.records import Budget

__all__ = ["Course", "budget_from", "find_course"]

CONFIG = "nbgrader_config"
IGNORED = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What grading needs to know of a course. config: everything its configuration says."""

    root: Path
    course_id: str
    db_url: str
    structure: str
    source: str
    submitted: str
    autograded: str
    ignore: tuple[str, ...]
    excluded_students: frozenset[str]
    create_students: bool
    kept_files: Mapping[str, tuple[str, ...]]
    permissions: int
    groupshared: bool
    budget: Budget
    config: Config

    def path(self, step: str, student: str, assignment: str) -> Path:
        """Where nbgrader keeps an assignment of a student in one of its steps."""
        parts = {"nbgrader_step": step, "student_id": student, "assignment_id": assignment}
        return Path(self.root, self.structure.format(**parts))

    def source_folder(self, assignment: str) -> Path:
        """The instructor's folder of an assignment."""
        return Path(os.path.normpath(self.path(self.source, ".", assignment)))

    @property
    def autograded_root(self) -> Path:
        """The folder of all graded notebooks."""
        return Path(os.path.normpath(self.path(self.autograded, ".", ".")))

    def submissions(self, assignment: str) -> dict[str, Path]:
        """Every student who handed in the assignment, in order, and the folder of it."""
        shape = str(self.path(self.submitted, "\0", assignment))
        first, *others = re.escape(shape).split(re.escape("\0"))
        expression = first + "(?P<student>[^/]+)" + "(?P=student)".join(others)
        found = {}
        for name in glob.glob(glob.escape(shape).replace("\0", "*")):
            match = re.fullmatch(expression, name)
            if match is not None and match["student"] not in self.excluded_students:
                found[match["student"]] = Path(name)
        return dict(sorted(found.items()))

    def setting(self, section: str, name: str, default: Any) -> Any:
        """What the configuration says, of a trait that nothing here has a name for."""
        return _setting(self.config, section, name, default)


def find_course(start: Path | None = None) -> Course:
    """The course that *start* (the working directory, when left out) is in.

    Raises:
        UsageError: There is none, or its configuration cannot be read.
    """
    start = (start or Path.cwd()).absolute()
    folder = _configured_folder(start)
    config = _from_jupyter()
    if folder is not None:
        config.merge(_load(folder))
    elif (start / "source").is_dir():
        folder = start  # nbgrader needs no configuration where its default names are used
    elif not _setting(config, "CourseDirectory", "root", ""):
        raise UsageError(
            f"no course is here: neither {start} nor a folder above it holds {CONFIG}.py. Go to "
            "the folder of the course, the one in which nbgrader's commands work"
        )
    return _course(folder or start, config)


def _configured_folder(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        # A configuration is a program. What anyone may put one into is not asked on the way up.
        if folder != start and folder.stat().st_mode & stat.S_IWOTH:
            return None
        if any((folder / f"{CONFIG}{ending}").is_file() for ending in (".py", ".json")):
            return folder
    return None


def _from_jupyter() -> Config:
    from jupyter_core.paths import jupyter_config_path

    config = Config()
    for folder in reversed(jupyter_config_path()):
        config.merge(_load(Path(folder)))
    return config


def _load(folder: Path) -> Config:
    config = Config()
    for kind, ending in ((PyFileConfigLoader, ".py"), (JSONFileConfigLoader, ".json")):
        if not (folder / f"{CONFIG}{ending}").is_file():
            continue
        try:
            with chdir(folder):
                config.merge(kind(f"{CONFIG}{ending}", str(folder)).load_config())
        except ConfigFileNotFound:
            continue  # it was there a moment ago
        except (Exception, SystemExit) as error:
            raise UsageError(
                f"{folder / (CONFIG + ending)} cannot be read: {type(error).__name__}: {error}"
            ) from error
    return config


def _course(folder: Path, config: Config) -> Course:
    def of_course(name: str, default: Any) -> Any:
        return _setting(config, "CourseDirectory", name, default)

    def of_autograde(name: str, default: Any) -> Any:
        inherited = _setting(config, "BaseConverter", name, default)
        return _setting(config, "Autograde", name, inherited)

    root = Path(folder, of_course("root", ""))
    shared = bool(of_course("groupshared", False))
    steps = os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}")
    kept = of_autograde("exclude_overwriting", {})
    return Course(
        root=Path(os.path.normpath(root)),
        course_id=str(of_course("course_id", "")).strip(),
        db_url=_absolute(of_course("db_url", ""), root),
        structure=of_course("directory_structure", steps),
        source=of_course("source_directory", "source"),
        submitted=of_course("submitted_directory", "submitted"),
        autograded=of_course("autograded_directory", "autograded"),
        ignore=tuple(of_course("ignore", IGNORED)),
        excluded_students=frozenset(of_course("student_id_exclude", "").split(",")) - {""},
        create_students=bool(of_autograde("create_student", True)),
        kept_files={name: tuple(files) for name, files in kept.items()},
        permissions=int(str(of_autograde("permissions", 664 if shared else 444)), 8),
        groupshared=shared,
        budget=budget_from(config),
        config=config,
    )


def _setting(config: Config, section: str, name: str, default: Any) -> Any:
    # Asking a Config for what it does not have makes it have it; dict.get does not.
    said = dict.get(dict.get(config, section, {}), name, default)
    if isinstance(said, LazyConfigValue):  # such as c.CourseDirectory.ignore.append("*.csv")
        said = said.get_value(type(default)(default))
    return said


def _absolute(db_url: str, root: Path) -> str:
    """The database's address, with the file of SQLite below the course where it is relative."""
    if not db_url:
        return f"sqlite:///{os.path.abspath(root / 'gradebook.db')}"
    scheme, found, name = db_url.partition(":///")
    if found and scheme.startswith("sqlite") and name and not name.startswith(("/", ":", "file:")):
        return f"{scheme}:///{os.path.abspath(root / name)}"
    return db_url


def budget_from(config: Config) -> Budget:
    """What a submission may use: c.LessonkitBudget.cell_seconds = 60, and so on."""
    said = dict(dict.get(config, "LessonkitBudget", {}))
    known = {name: type(value) for name, value in dataclasses.asdict(Budget()).items()}
    for name, value in said.items():
        if name not in known:
            raise UsageError(f"there is no c.LessonkitBudget.{name}; there are: {', '.join(known)}")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
            raise UsageError(f"c.LessonkitBudget.{name} is a number above 0, not {value!r:.60}")
        said[name] = known[name](value)
    return Budget(**said)
