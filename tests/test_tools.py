"""Try the tools of the repository: notebooks, grading, environment, JupyterLab."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import grade_demo
import lab
import normalise_notebooks as notebooks
from tests.tiny_course import LESSON, make_tiny_course, write_notebook

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_grading_gives_scores_and_reasons(tmp_path: Path) -> None:
    """Stock nbgrader grades three submissions; partial credit and its reason both arrive."""
    original = tmp_path / "original"
    original.mkdir()
    make_tiny_course(original)
    samples = tmp_path / "samples"
    for student, answer in {
        "ada": "    return a + b",
        "ben": "    return a * b",
        "cleo": "    raise NotImplementedError()",
    }.items():
        write_notebook(samples / student / LESSON / f"{LESSON}.ipynb", answer)
    scores = grade_demo.grade(original, samples, tmp_path / "work")
    assert [(s.student, s.points, s.max_points) for s in scores] == [
        ("ada", 2.0, 2.0),
        ("ben", 0.5, 2.0),
        ("cleo", 0.0, 2.0),
    ]
    assert scores[1].cells[0].reasons == "2 + 3 gave 6"
    assert "q0-1: 0.5 of 2\n      2 + 3 gave 6" in grade_demo.report(scores)
    feedback = tmp_path / "work" / "autograder" / "feedback" / "ben" / LESSON / f"{LESSON}.html"
    assert "2 + 3 gave 6" in feedback.read_text()


def test_normal_form_drops_what_running_leaves_and_keeps_ids() -> None:
    """Outputs, counts and unknown metadata go; the id is the nbgrader id, then the old one."""
    cells = [
        {
            "cell_type": "code",
            "id": "a1",
            "metadata": {"nbgrader": {"grade_id": "q3-1"}, "execution": {}, "tags": []},
            "source": "x\r\ny",
            "outputs": [{"output_type": "stream"}],
            "execution_count": 3,
        },
        {"cell_type": "markdown", "id": "a1", "metadata": {}, "source": ["# t"]},
        {"cell_type": "markdown", "metadata": {}, "source": "same"},
        {"cell_type": "markdown", "metadata": {}, "source": "same"},
    ]
    first, second, third, fourth = notebooks.normalised({"nbformat": 4, "cells": cells})["cells"]
    assert first == {
        "cell_type": "code",
        "id": "q3-1",
        "metadata": {"nbgrader": {"grade_id": "q3-1"}},
        "source": ["x\n", "y"],
        "outputs": [],
        "execution_count": None,
    }
    assert second["id"] == "a1"
    assert fourth["id"] == f"{third['id']}-2"


def test_normal_form_is_reached_in_one_step(tmp_path: Path) -> None:
    """Normalising a normal notebook changes nothing."""
    notebook = make_tiny_course(tmp_path)
    once = notebooks.normalised_text(notebook.read_text())
    assert notebooks.normalised_text(once) == once


def test_words_of_a_verdict_lose_style_and_keep_lines() -> None:
    """The reasons are read from HTML as people would read them."""
    page = "<style>p { x }</style><p>seen <b>2</b>\n &lt; 3</p><ul><li>wait</li></ul>"
    assert grade_demo.text_of_html(f"{page}<pre>a\nb</pre>") == "seen 2 < 3\nwait\na\nb"


@pytest.mark.parametrize(
    ("root_user", "screen", "expected"),
    [(True, False, ["--allow-root", "--no-browser"]), (False, True, [])],
)
def test_lab_asks_for_root_and_for_no_browser_only_where_needed(
    root_user: bool, screen: bool, expected: list[str]
) -> None:
    """Root has to be allowed, a machine without a screen has no browser to open."""
    command = lab.lab_command(["--port=0"], root_user=root_user, screen=screen)
    assert [word for word in command if word in ("--allow-root", "--no-browser")] == expected
    assert command[-1] == "--port=0"


def test_lab_option_that_is_given_replaces_the_own_one() -> None:
    """JupyterLab refuses an option that is there twice."""
    command = lab.lab_command(["--ServerApp.root_dir=/x"], root_user=False, screen=True)
    assert [word for word in command if "root_dir" in word] == ["--ServerApp.root_dir=/x"]


def _environment(tmp_path: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Run tools/environment.sh where PATH has only these stand-ins (name: what it prints)."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "id"):
        (programs / name).symlink_to(f"/usr/bin/{name}")
    for name, verdict in pythons.items():
        program = programs / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\necho '{verdict}'\n")
        program.chmod(0o755)
    return subprocess.run(
        ["bash", str(ROOT / "tools" / "environment.sh"), str(tmp_path / "venv"), "lab"],
        env={"PATH": str(programs), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.parametrize(
    ("pythons", "sentence"),
    [
        (
            {"python3": "old 3.9"},
            "Python 3.11 or newer is needed, and python3 is 3.9",
        ),
        (
            {"python3": "no-venv 3.11"},
            "python3 cannot make virtual environments (on Debian and Ubuntu: ",
        ),
        (
            {"python3": "old 3.10", "python3_12": "no-venv 3.12"},
            "python3.12 cannot make virtual environments (on Debian and Ubuntu: ",
        ),
        ({}, "Python 3.11 or newer is needed, and python3 does not run"),
    ],
    ids=["too old", "no venv", "newer without venv", "none"],
)
def test_missing_python_is_said_in_one_sentence(
    tmp_path: Path, pythons: dict[str, str], sentence: str
) -> None:
    """Where no environment can be made, one line says what to install, and make fails."""
    done = _environment(tmp_path, **pythons)
    assert done.returncode == 1
    assert done.stderr.startswith(f"lessonkit: {sentence}")
    assert done.stderr.count("\n") == 1
    assert "apt-get install" in done.stderr


def test_newer_python_is_taken_when_python3_is_too_old(tmp_path: Path) -> None:
    """A python3.12 beside an old python3 is used without being asked for."""
    done = _environment(tmp_path, python3="old 3.10", python3_12="good")
    assert "Making the environment" in done.stdout
    assert "is needed" not in done.stderr
