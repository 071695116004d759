"""Show how tests are spread over processes: each once, files whole or in pieces, long first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.balance import LONG, PIECE, TOGETHER, pieces

ROOT = Path(__file__).resolve().parent.parent
CONFTEST = """
from tests.balance import longest_first, pytest_xdist_make_scheduler

def pytest_collection_modifyitems(items):
    longest_first(items)
"""
TESTS = """
import os, pytest

@pytest.mark.parametrize("number", range(COUNT))
def test_one(number):
    with open("seen", "a") as seen:
        print(__file__, number, os.environ["PYTEST_XDIST_WORKER"], file=seen)
"""


def test_a_file_with_few_tests_is_whole_and_one_with_many_is_not() -> None:
    """Unless its tests belong together."""
    few = [f"tests/a.py::test[{number}]" for number in range(PIECE)]
    many = [f"tests/b.py::test[{number}]" for number in range(PIECE + 1)]
    together = [f"{TOGETHER[0]}::test[{number}]" for number in range(3 * PIECE)]

    found = pieces([*few, *many, *together])

    assert len({found[name] for name in few}) == 1
    assert [found[name] == found[many[0]] for name in many] == [True] * PIECE + [False]
    assert len({found[name] for name in together}) == 1
    assert len(set(found.values())) == 4


def test_what_is_said_of_files_is_true_of_some() -> None:
    """A file that was renamed would quietly go last."""
    names = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/**/test_*.py")]
    for begin in LONG:
        assert any(name.startswith(begin) for name in names), begin
    assert set(TOGETHER) <= set(names)


def test_every_test_runs_once_long_ones_first_and_pieces_in_one_process(tmp_path: Path) -> None:
    """In a folder of its own, with two processes of pytest-xdist."""
    for name, count in {"tests/a/test_a.py": 100, LONG[0]: 100, LONG[-1] + "test_z.py": 3}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(TESTS.replace("COUNT", str(count)))
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--rootdir={tmp_path}", "tests"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in (tmp_path / "seen").read_text().splitlines()]
    assert len({(file, number) for file, number, _ in rows}) == len(rows) == 203
    workers: dict[tuple[str, int], set[str]] = {}
    for place, number, worker in rows:
        piece = 0 if place.endswith(LONG[0]) else int(number) // PIECE
        workers.setdefault((place, piece), set()).add(worker)
    assert [len(who) for who in workers.values()] == [1] * 5
    first = {worker: place for place, _, worker in reversed(rows)}
    assert not any(place.endswith("test_a.py") for place in first.values())
