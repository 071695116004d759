"""Hold the repository to its own rules: what files look like, what may import what."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import generate_course

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "lessonkit"
SOURCES = sorted(PACKAGE.rglob("*.py"))
NOT_OURS = {".git", ".venv", "__pycache__", "autograded", "demo", "exchange", "feedback"}

# What is imported inside the sandbox: its Python may be bare, and its start must be quick.
INSIDE = ("sandbox", "scenes", "procfs", "plain", "records", "errors")
ALLOWED_INSIDE = {
    "cloudpickle": {"sandbox/serving.py"},
    "IPython": {"sandbox/cells_shell.py"},  # loaded by the launchers of grading only
}

HEAVY = ("IPython", "cloudpickle", "ipywidgets", "jupyterlab", "nbformat", "nbgrader", "psutil")


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def _texts() -> Iterator[tuple[Path, str]]:
    """Every text file that git would keep."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(p in NOT_OURS or p.startswith((".venv", ".hypothesis")) for p in parts)
        if hidden or not path.is_file() or any(p.endswith("_cache") for p in parts):
            continue
        try:
            yield path, path.read_text()
        except UnicodeDecodeError:
            pass  # a picture or a database is not text


def _imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _is_inside(path: Path) -> bool:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py") in INSIDE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_source_file_has_the_form_of_all(path: Path) -> None:
    """A docstring, postponed annotations, `__all__` with names that exist, 400 lines at most."""
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    assert len(path.read_text().splitlines()) <= 400
    if not any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign) for node in tree.body):
        return  # an __init__.py that only explains
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert any(node.module == "__future__" for node in imports)
    assert "\n__all__" in path.read_text()


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if _is_inside(path)],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_code_of_the_inside_needs_the_standard_library_only(path: Path) -> None:
    """What runs in the box imports nothing to be installed, bar cloudpickle and IPython once."""
    name = str(path.relative_to(PACKAGE))
    foreign = {
        module
        for module in _imports(path)
        if (top := module.partition(".")[0]) not in sys.stdlib_module_names
        and top != "lessonkit"
        and name not in ALLOWED_INSIDE.get(top, set())
    }
    assert foreign == set()


def test_import_of_the_package_loads_nothing_heavy() -> None:
    """`import lessonkit` costs next to nothing: names come on first use."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import lessonkit, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=280,
    ).stdout.split()
    assert [name for name in loaded if name in HEAVY] == []
    assert [name for name in loaded if name.startswith("lessonkit.")] == []


def test_no_public_function_is_named_like_a_module() -> None:
    """`lessonkit.run` must stay the function, whatever was imported before."""
    import lessonkit

    modules = {path.stem for path in PACKAGE.iterdir()}
    same = [name for name in lessonkit.__all__ if name in modules]
    assert [name for name in same if type(getattr(lessonkit, name)) is not type(ast)] == []
    assert [name for name in lessonkit.__all__ if not hasattr(lessonkit, name)] == []


def test_every_dependency_has_its_reason() -> None:
    """docs/dependencies.md names each one that pyproject.toml asks for, and no other."""
    project = _project()
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[<>=!~ \[]", requirement)[0] for requirement in asked}
    page = (ROOT / "docs" / "dependencies.md").read_text().split("## Left out")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", page, flags=re.MULTILINE)) == names
    assert [requirement for requirement in asked if ">=" not in requirement] == []


def test_what_is_held_back_in_the_environment_is_explained_and_holds() -> None:
    """docs/dependencies.md names each constraint; and what it is there for is not imported."""
    lines = (ROOT / "tools" / "constraints.txt").read_text().splitlines()
    held = {re.split(r"[<>=!~ \[]", line)[0] for line in lines if line and line[0] != "#"}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    told = page.split("## Held back")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` below", told, flags=re.MULTILINE)) == held
    looks = "import nbformat, sys; print('rfc3987_syntax' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", looks], capture_output=True, text=True, check=True, timeout=280
    ).stdout
    assert told == "False\n"


def test_readme_fits_on_its_pages() -> None:
    """The README is read to its end only if it has one soon: 120 lines."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_make_targets_named_in_texts_exist() -> None:
    """Whoever reads of a target somewhere can run it; `make help` lists them all."""
    listed = subprocess.run(
        ["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True, timeout=280
    ).stdout
    targets = set(re.findall(r"^make ([a-z-]+)", listed, flags=re.MULTILINE))
    named = {
        target
        for path, text in _texts()
        if path.suffix in (".md", ".py", ".yaml", ".ipynb") or path.name == "run"
        for target in re.findall(r"`make ([a-z-]+)[ `]", text)
    }
    assert {"lab", "test", "lint", "course", "check-course", "grade-demo"} <= targets
    assert named - targets == set()


def test_links_between_the_documents_lead_somewhere() -> None:
    """A relative link in a Markdown file names a file that is there."""
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path, text in _texts()
        if path.suffix == ".md"
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
        if not (path.parent / link).exists()
    ]
    assert broken == []


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """Paths of one machine have no place here; the person reading has another one."""
    # Put together, so that this file does not find itself.
    paths = re.compile("/" + "work/|/" + "root/")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in _texts()
        if (match := paths.search(text))
    ]
    assert found == []


def test_course_has_every_lesson_of_source() -> None:
    """Each lesson is released, with a notebook that has the lesson's name."""
    lessons = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())
    assert lessons
    for lesson in lessons:
        assert (ROOT / "source" / lesson / f"{lesson}.ipynb").is_file()
        assert (ROOT / "course" / lesson / f"{lesson}.ipynb").is_file()


@pytest.mark.slow
def test_course_is_what_source_makes() -> None:
    """course/ is derived: a fresh generation gives the same bytes."""
    assert generate_course.differences(ROOT) == []


@pytest.mark.parametrize("script", [".ci/run", "tools/environment.sh"])
def test_shell_script_is_executable_and_well_formed(script: str) -> None:
    """A script that does not even parse must not wait for a new machine to say so."""
    assert (ROOT / script).stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True, timeout=280)
