"""`lessonkit check` on real notebooks, in real kernels: what it says, keeps, and survives."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lessonkit.lessons.catalogue import read_lesson
from tests.hosts import chosen_hosts
from tests.lessons.making import check_cell, code, text, write_lesson

# A kernel is started, and some of them are waited for until their time is up.
pytestmark = [pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "lessonkit.cli", "check"]

# The time limits are shortened: waiting a minute shows nothing that these seconds do not. They
# are long enough for what has to succeed, on a busy machine too.
SECONDS = 10
SHORT = [
    sys.executable,
    "-c",
    "import sys\n"
    "from lessonkit.lessons import judging\n"
    f"judging.CELL_SECONDS = judging.CHECK_SECONDS = {SECONDS}\n"
    "judging.PROBE_SECONDS = 5\n"
    "from lessonkit.cli import main\n"
    "sys.exit(main(['check', *sys.argv[1:]]))",
]

SETUP = code("import os, sys\nfrom lessonkit import check\n%load_ext lessonkit")
RUNNING = """\
def is_running(pid):
    try:
        with open(f"/proc/{pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields["Tgid"].strip() == str(pid) and fields["State"].split()[0] not in "ZX"
"""


def call(
    *words: str, command: list[str] = COMMAND, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell would, and wait for it."""
    return subprocess.run(
        [*command, *words], capture_output=True, text=True, timeout=280, check=False, **options
    )


def kept(notebook: Path) -> dict[str, Any]:
    """The section "checks" beside the notebook."""
    record: dict[str, Any] = json.loads((notebook.parent / "my-work.json").read_text())
    return {name: fields["best"] for name, fields in record["checks"].items()}


def test_verdicts_come_whole_and_errors_stop_nothing(tmp_path: Path) -> None:
    """One exercise solved, one unwritten, one whose cell is broken: three verdicts and a sum.

    stdout is one object, stderr the way there; the notebook keeps its bytes; the best stays.
    """
    notebook = write_lesson(
        tmp_path,
        "03-x",
        [
            text("# 3 · X"),
            SETUP,
            code("1 / 0"),
            code("def make_zombies(n):\n    raise NotImplementedError()"),
            check_cell("3.1", 3, "make_zombies"),
            code(RUNNING),
            check_cell("3.2", 3, "is_running"),
            code("def find_zombies(:\n    pass"),
            check_cell("3.3", 3, "find_zombies"),
            code("open('later', 'w')"),
        ],
    )
    (tmp_path / "03-x" / "my-work.json").write_text('{"checks": {"3.1": {"best": 2.5}}}')
    before = hashlib.sha256(notebook.read_bytes()).hexdigest()
    done = call("03-x", "--json", cwd=tmp_path)
    report = json.loads(done.stdout)

    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert [line[:22] for line in done.stderr.splitlines()] == ["lessonkit: judging 3.1"[:22]] + [
        "lessonkit: judging 3.2",
        "lessonkit: judging 3.3",
    ]
    assert (report["points"], report["max_points"]) == (3.0, 9.0)
    unwritten, solved, broken = report["exercises"]
    assert [one["points"] for one in report["exercises"]] == [0, 3, 0]
    assert "not written yet" in unwritten["verdict"]["problem"]
    assert [fact["ok"] for fact in solved["verdict"]["facts"]] == [True] * 5
    assert solved["verdict"]["facts"][0]["expected"]
    assert broken["verdict"] is None
    assert "NameError: name 'find_zombies'" in broken["problem"]
    assert "SyntaxError" in broken["problem"]
    assert kept(notebook) == {"3.1": 2.5, "3.2": 3.0, "3.3": 0.0}
    assert hashlib.sha256(notebook.read_bytes()).hexdigest() == before
    assert sorted(path.name for path in notebook.parent.iterdir()) == ["03-x.ipynb", "my-work.json"]


def test_one_exercise_alone_runs_no_further_than_its_check(tmp_path: Path) -> None:
    """Text output: the verdict with its facts and the sum; other checks are not run."""
    notebook = write_lesson(
        tmp_path,
        "03-x",
        [
            SETUP,
            text("### Q3.1 ● Make zombies (3 points)"),
            check_cell("3.1", 3, "unknown"),
            text("### Q3.2 Is it running? (3 points)"),
            code(RUNNING),
            check_cell("3.2", 3, "is_running"),
            code("open('later', 'w')"),
            check_cell("3.3", 3, "unknown"),
        ],
    )
    done = call("03-x/03-x.ipynb", "--exercise", "3.2", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("Exercise 3.2: Is it running?\n3 of 3 points (5 of 5 facts")
    assert "[+] " in done.stdout
    assert done.stdout.endswith("03-x: 3 of 3 points\n  3.2 Is it running?: 3 of 3\n")
    assert kept(notebook) == {"3.2": 3.0}
    assert not (notebook.parent / "later").exists()


def processes_with(mark: str) -> list[int]:
    """Living processes that have *mark* in their environment."""
    found = []
    for place in Path("/proc").iterdir():
        try:
            if place.name.isdigit() and mark.encode() in (place / "environ").read_bytes():
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
                found += [int(place.name)] * (state not in "ZX")
        except OSError:
            pass  # it has ended, or is not ours to look at
    return found


def gone(mark: str) -> bool:
    """Wait until no such process is left."""
    deadline = time.monotonic() + 120
    while processes_with(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_cell_without_end_is_interrupted_and_the_rest_is_judged(tmp_path: Path) -> None:
    """An endless loop costs its time limit; a child that falls through does not stay."""
    mark = f"LESSONKIT_MARK=endless-{os.getpid()}"
    write_lesson(
        tmp_path,
        "03-x",
        [
            SETUP,
            code("import time\nwhile True: time.sleep(1)"),
            code("os.fork()"),
            code(RUNNING),
            check_cell("3.2", 3, "is_running"),
        ],
    )
    environment = {**os.environ, "LESSONKIT_MARK": mark.partition("=")[2]}
    done = call("03-x", command=SHORT, cwd=tmp_path, env=environment)

    assert (done.returncode, "3.2: 3 of 3" in done.stdout) == (0, True)
    assert gone(mark)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
            "while True: signal.pause()",
            f'Not at its end after {SECONDS} s: the cell that begins with "import signal". '
            "It could not be interrupted either.",
        ),
        ("os._exit(3)", 'The kernel died in the cell that begins with "os._exit(3)".'),
    ],
    ids=["deaf", "dead"],
)
def test_a_kernel_that_is_lost_is_said_at_every_exercise_left(
    tmp_path: Path, cell: str, said: str
) -> None:
    """What was judged before counts; the others say which cell took the kernel away."""
    mark = f"LESSONKIT_MARK=lost-{os.getpid()}"
    notebook = write_lesson(
        tmp_path,
        "03-x",
        [
            SETUP,
            code(RUNNING),
            check_cell("3.2", 3, "is_running"),
            code(cell),
            check_cell("3.1", 3, "is_running"),
            check_cell("3.3", 3, "is_running"),
        ],
    )
    environment = {**os.environ, "LESSONKIT_MARK": mark.partition("=")[2]}
    done = call("03-x", "--json", command=SHORT, cwd=tmp_path, env=environment)
    report = json.loads(done.stdout)

    assert done.returncode == 0
    assert [one["points"] for one in report["exercises"]] == [3, 0, 0]
    assert [one["problem"] for one in report["exercises"]] == [None, said, said]
    assert kept(notebook) == {"3.1": 0, "3.2": 3, "3.3": 0}
    assert gone(mark)


def test_a_failure_of_ours_is_status_3_and_costs_nothing(tmp_path: Path) -> None:
    """A verdict that says "run again" is kept nowhere, and the exit status tells."""
    stub = (
        "from lessonkit import checking\n"
        "from lessonkit.errors import SandboxError\n"
        "def broken(*args, **names): raise SandboxError('no room')\n"
        "checking.play_scene = broken"
    )
    notebook = write_lesson(tmp_path, "03-x", [SETUP, code(stub), check_cell("3.1", 3, "print")])
    done = call("03-x", cwd=tmp_path)

    assert done.returncode == 3
    assert "Not judged, and that is not the fault of your code" in done.stdout
    assert "3.1 3.1: could not be judged" in done.stdout
    assert not (notebook.parent / "my-work.json").exists()


def test_an_interrupt_ends_the_kernel_too(tmp_path: Path) -> None:
    """Ctrl-C: one line, status 3, no process and no file left; the notebook as it was."""
    mark = f"LESSONKIT_MARK=interrupt-{os.getpid()}"
    loop = "open('here', 'w').close()\nimport time\nwhile True: time.sleep(1)"
    notebook = write_lesson(tmp_path, "03-x", [SETUP, code(loop), check_cell("3.1", 3, "print")])
    environment = {**os.environ, "LESSONKIT_MARK": mark.partition("=")[2]}
    program = subprocess.Popen(
        [*COMMAND, "03-x"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (notebook.parent / "here").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    program.send_signal(signal.SIGINT)
    out, said = program.communicate(timeout=120)

    assert (program.returncode, out) == (3, "")
    assert said.splitlines()[1:] == ["lessonkit: interrupted; nothing of the run is left"]
    assert gone(mark)


def test_on_a_terminal_there_is_a_bar(tmp_path: Path) -> None:
    """With stderr on a terminal the bar names the exercise; stdout has verdicts only."""
    write_lesson(tmp_path, "03-x", [SETUP, code(RUNNING), check_cell("3.2", 3, "is_running")])
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    parts: list[bytes] = []

    def look() -> None:
        with suppress(OSError):  # EIO: nobody has the terminal any more
            while part := os.read(ours, 65536):
                parts.append(part)

    terminal = threading.Thread(target=look)  # unread, it would hold the program up
    terminal.start()
    try:
        done = subprocess.run(
            [*COMMAND, "03-x"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=280,
            check=False,
        )
    finally:
        os.close(theirs)
        terminal.join()
        os.close(ours)
    drawn = b"".join(parts).decode()

    assert "3.2" in drawn
    assert "0 of 1" in drawn
    assert "lessonkit: judging" not in drawn
    assert done.stdout.decode().startswith("Exercise 3.2")
    assert "\x1b" not in done.stdout.decode()


# Three lessons solved, and the first as it is handed out; with LESSONKIT_ALL_HOSTS=1, as in
# `make soak`, all of them so. The other solutions run through kernels in tests/browser and in
# test_whole_course.py, and the browser's tests run each lesson as it is handed out in any case.
LESSONS = sorted(path.name for path in (ROOT / "source").glob("*-*"))
SOLVED = chosen_hosts(*LESSONS[2::2], *LESSONS[1::2], LESSONS[0], always=3)
UNSOLVED = chosen_hosts(*LESSONS, always=1)
WHOLE = [("source", lesson) for lesson in SOLVED] + [("course", lesson) for lesson in UNSOLVED]


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "lesson"), WHOLE)
def test_a_whole_lesson(tmp_path: Path, folder: str, lesson: str) -> None:
    """Solutions get all points and stubs none; nothing but my-work.json is added."""
    shutil.copytree(
        ROOT / folder / lesson,
        tmp_path / lesson,
        ignore=shutil.ignore_patterns("my-work*", ".ipynb_checkpoints"),
    )
    most = read_lesson(tmp_path / lesson / f"{lesson}.ipynb").max_points
    done = call(str(tmp_path / lesson), "--json", cwd=tmp_path)
    report = json.loads(done.stdout)

    assert done.returncode == 0
    assert report["points"] == (most if folder == "source" else 0), [
        (one["exercise"], one["points"], one["problem"]) for one in report["exercises"]
    ]
    assert all(one["verdict"] for one in report["exercises"])
    assert re.fullmatch(r"\d\d-[a-z-]+", report["lesson"])
