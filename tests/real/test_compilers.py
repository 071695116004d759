"""Any C compiler will do, by whatever name it is there; and one that cannot compile is none.

The names on PATH are fake here, the compiler behind them is real. Outside of a box: it is what is
chosen that is looked at, and nothing is run of what was made.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lessonkit import cprograms
from lessonkit.scenes.compilers import COMPILERS
from tests.fence import REPOSITORY

REAL = next(filter(None, map(shutil.which, COMPILERS)), None)
pytestmark = [pytest.mark.skipif(REAL is None, reason="there is no C compiler")]

GOOD, BROKEN, NO_PROGRAM = "good", "broken", "no program"
BUILD = """
import os, sys
from lessonkit.scenes.reaping import compiling
hears, says = os.pipe()
text, feeds = os.pipe()
os.write(feeds, sys.argv[2].encode())
os.close(feeds)
compiling._build(sys.argv[1], sys.argv[3], text, says)
os.close(says)
sys.stdout.buffer.write(os.read(hears, 65536))
"""

CASES: tuple[tuple[dict[str, str], str | None], ...] = (
    ({"cc": GOOD, "gcc": BROKEN}, "cc"),
    ({"gcc": GOOD, "clang": BROKEN, "tcc": BROKEN}, "gcc"),
    ({"clang": GOOD}, "clang"),
    ({"tcc": GOOD}, "tcc"),
    ({"cc": BROKEN, "gcc": NO_PROGRAM, "clang": BROKEN, "tcc": GOOD}, "tcc"),
    ({"cc": BROKEN, "tcc": NO_PROGRAM}, None),
)
IDS = [" ".join(f"{name}:{kind}" for name, kind in names.items()) for names, _ in CASES]
MAIN = "int main(void) { return 0; }\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder for the names, and nothing else on PATH."""
    folder = tmp_path / "names"
    folder.mkdir()
    return folder


def put(folder: Path, names: Mapping[str, str]) -> None:
    """Make programs of these names: one that compiles, one that fails, one that is no program."""
    for name, kind in names.items():
        if kind == NO_PROGRAM:
            text = "\x7fELF, but not much of it"
        else:
            # The real one looks for its assembler and linker on PATH.
            call = f'PATH={os.environ["PATH"]} exec {REAL} "$@"'
            text = "#!/bin/sh\n" + (call if kind == GOOD else "exit 1") + "\n"
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)


def called(words: list[str], path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Python with these words, that PATH, and in a folder of its own."""
    env = {"PATH": str(path), "PYTHONPATH": str(REPOSITORY / "src")}
    words = [sys.executable, *words]
    return subprocess.run(words, env=env, cwd=folder, capture_output=True, text=True, check=False)


def built(path: Path, folder: Path, text: str = MAIN, compiler: str = "") -> dict[str, Any]:
    """What a scene hears of its builder."""
    words = ["-c", BUILD, str(folder / "made"), json.dumps({"main.c": text}), compiler]
    done = called(words, path, folder)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(("names", "used"), CASES, ids=IDS)
def test_an_exercise_is_compiled_by_the_first_that_can(
    names: dict[str, str], used: str | None, path: Path, tmp_path: Path
) -> None:
    """Whoever judges 6.2 hears which one it was, and that there is one."""
    put(path, names)
    told = built(path, tmp_path)

    assert told["ok"] == (used is not None)
    assert not told.get("missing")
    assert Path(told["compiler"]).name == (used or next(iter(names)))


def test_where_no_name_is_there_nothing_is_compiled(path: Path, tmp_path: Path) -> None:
    """That is another fact than a compiler that fails."""
    assert built(path, tmp_path) == {"ok": False, "missing": True, "says": ""}


def test_an_answer_is_compiled_by_the_one_that_was_found_to_work(
    path: Path, tmp_path: Path
) -> None:
    """What that one refuses is refused: no other compiler is asked."""
    put(path, {"cc": BROKEN, "gcc": GOOD, "clang": GOOD})
    told = built(path, tmp_path, "no C at all", str(path / "gcc"))

    assert (told["ok"], told["compiler"]) == (False, str(path / "gcc"))
    assert "error" in told["says"]


@pytest.mark.parametrize(("names", "used"), CASES, ids=IDS)
def test_run_c_takes_the_first_that_can_compile_anything(
    names: dict[str, str], used: str | None, path: Path, tmp_path: Path
) -> None:
    """A program comes back, or the exit code that says that no compiler works."""
    put(path, names)
    (tmp_path / "program.c").write_text(MAIN)
    done = called(["-c", cprograms._COMPILE, "-O1"], path, tmp_path)

    assert done.returncode == (0 if used else cprograms._BROKEN), done.stderr
    assert base64.b64decode(done.stdout).startswith(b"\x7fELF" if used else b"")


def test_run_c_says_what_a_working_compiler_refuses(path: Path, tmp_path: Path) -> None:
    """And nothing of what a broken one said before."""
    put(path, {"cc": NO_PROGRAM, "gcc": GOOD})
    (tmp_path / "program.c").write_text("no C at all")
    done = called(["-c", cprograms._COMPILE], path, tmp_path)

    assert done.returncode == cprograms._REFUSED
    assert "program.c:1" in done.stderr
    assert "Exec format" not in done.stderr
