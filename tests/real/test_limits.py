"""Show that each limit does what the table in `lessonkit.sandbox.limits` says of it.

What ends a box is named in `Run.ending`; what a program can handle is left to the program.
Bombs that never stop by themselves are tried behind the fence, in test_hostile.py.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from typing import Any

import pytest

from lessonkit import Limits, Run, run
from lessonkit.sandbox import limits as limits_module

MiB = 1 << 20

SPIN = "while True: pass\n"

FORK_SPINNERS = f"import os\nfor _ in range(3):\n    if os.fork() == 0:\n        {SPIN}os.wait()\n"

HOLD = (
    "import os, signal\n"
    "for _ in range(4):\n"
    "    if os.fork() == 0:\n"
    "        held = b'x' * (30 << 20)\n"
    "        signal.pause()\n"
    "signal.pause()\n"
)

COUNT_FORKS = (
    "import errno, os, signal\n"
    "made = []\n"
    "try:\n"
    "    while True:\n"
    "        pid = os.fork()\n"
    "        if pid == 0: signal.pause()\n"
    "        made.append(pid)\n"
    "except BlockingIOError as error: print(errno.errorcode[error.errno], len(made) + 1)\n"
)

COUNT_ZOMBIES = COUNT_FORKS.replace("signal.pause()", "os._exit(0)")

COUNT_THREADS = (
    "import threading\n"
    "gate, made = threading.Event(), 0\n"
    "try:\n"
    "    while True:\n"
    "        threading.Thread(target=gate.wait).start()\n"
    "        made += 1\n"
    "except RuntimeError as error: print(error, made + 1)\n"
    "gate.set()\n"
)

WRITE = (
    "import errno, os\n"
    "written = 0\n"
    "try:\n"
    "    with open('big', 'wb', buffering=0) as file:\n"
    "        while True: written += file.write(b'x' * 4096)\n"
    "except OSError as error: print(errno.errorcode[error.errno], written)\n"
)

OPEN = (
    "import errno, os\n"
    "files = []\n"
    "try:\n"
    "    while True: files.append(os.open('/dev/null', os.O_RDONLY))\n"
    "except OSError as error: print(errno.errorcode[error.errno], files[-1] + 1)\n"
)

MAKE_FILES = (
    "import errno, os\n"
    "made = 0\n"
    "try:\n"
    "    while True:\n"
    "        os.mknod(f'file{made}')\n"
    "        made += 1\n"
    "except OSError as error: print(errno.errorcode[error.errno], made)\n"
)

ALLOCATE = (
    "import mmap\n"
    "try: bytearray(80 << 20)\n"
    "except MemoryError: print('MemoryError')\n"
    "try: mmap.mmap(-1, 80 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
    "except OSError as error: print(error.strerror)\n"
    "print(len(bytearray(20 << 20)) >> 20)\n"
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A program that meets one limit: what it prints, how its run ends."""

    name: str
    value: Any
    program: str | list[str]
    prints: str = ""
    ends: bool = False
    term_signal: int | None = None


CASES = [
    Case(name="wall_seconds", value=0.3, program="import signal\nsignal.pause()", ends=True),
    Case(
        name="cpu_seconds",
        value=1,
        program="import os, signal\n"
        "signal.signal(signal.SIGXCPU, lambda n, f: os.write(1, b'SIGXCPU\\n'))\n" + SPIN,
        prints="SIGXCPU\n",
        ends=True,
        term_signal=signal.SIGKILL,
    ),
    Case(name="cpu_seconds", value=1, program=SPIN, ends=True, term_signal=signal.SIGXCPU),
    Case(name="tree_cpu_seconds", value=0.4, program=FORK_SPINNERS, ends=True),
    Case(
        name="memory_bytes",
        value=64 * MiB,
        program=ALLOCATE,
        prints="MemoryError\nCannot allocate memory\n20\n",
    ),
    Case(name="tree_memory_bytes", value=96 * MiB, program=HOLD, ends=True),
    Case(name="max_processes", value=6, program=COUNT_FORKS, prints="EAGAIN 6\n"),
    Case(name="max_processes", value=6, program=COUNT_ZOMBIES, prints="EAGAIN 6\n"),
    Case(
        name="max_processes",
        value=6,
        program=COUNT_THREADS,
        prints="can't start new thread 6\n",
    ),
    Case(name="file_bytes", value=40960, program=WRITE, prints="EFBIG 40960\n"),
    Case(
        name="file_bytes",
        value=40960,
        program=["dd", "if=/dev/zero", "of=big", "bs=4096", "count=20", "status=none"],
        ends=True,
        term_signal=signal.SIGXFSZ,
    ),
    Case(name="open_files", value=20, program=OPEN, prints="EMFILE 20\n"),
    Case(
        name="output_bytes",
        value=1000,
        program="while True: print('x' * 99)",
        prints=("x" * 99 + "\n") * 10,
        ends=True,
    ),
    Case(name="disk_bytes", value=10 * 4096, program=WRITE, prints="ENOSPC 40960\n"),
    Case(name="disk_inodes", value=10, program=MAKE_FILES, prints="ENOSPC 9\n"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_limit_is_met_as_the_table_says(case: Case) -> None:
    """The program sees what the table says; if the limit ends it, the ending names the limit."""
    # Time enough for two seconds of a processor, also where many others want it.
    limits = dataclasses.replace(Limits(wall_seconds=90.0), **{case.name: case.value})
    made = run(case.program, limits=limits)

    assert made.stdout == case.prints, made.stderr
    assert made.ending.term_signal == (case.term_signal or made.ending.term_signal)
    if case.ends:
        assert (made.ending.kind, made.ending.limit) == ("limit", case.name)
    else:
        assert (made.ending.kind, made.ending.exit_code) == ("exited", 0)


def test_folders_that_lead_to_a_python_below_tmp_are_not_the_programs() -> None:
    """Whoever has its environment there may make as many files as all others."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="lessonkit-") as folder:
        os.chmod(folder, 0o755)
        venv.create(folder, symlinks=True)
        ask = (
            "from lessonkit import Limits, run; import sys\n"
            f"made = run({MAKE_FILES!r}, limits=Limits(disk_inodes=10, wall_seconds=90.0))\n"
            "print(made.stdout or made.stderr, end='')\n"
            "look = run('import os; print(len(os.listdir(\"/tmp\")))')\n"
            "print(look.stdout, end='')\n"
        )
        told = subprocess.run(
            [f"{folder}/bin/python", "-c", ask],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            timeout=200,
            check=True,
        ).stdout
    assert told == "ENOSPC 9\n1\n"


def test_every_limit_has_a_row_and_a_test() -> None:
    """The fields of Limits, the names in limits.py, its table and the cases here agree."""
    fields = {field.name for field in dataclasses.fields(Limits)}
    rows = {
        name.strip()
        for line in str(limits_module.__doc__).splitlines()
        if line.startswith("| ") and not line.startswith("| limit")
        for name in line.split("|")[1].split(",")
    }

    assert fields == set(limits_module.LIMIT_NAMES) == rows == {case.name for case in CASES}


@pytest.mark.parametrize(
    ("cpu_seconds", "seconds"), [(0.2, 1), (1.0, 1), (1.5, 2), (2.5, 3), (3.0, 3)]
)
def test_processor_time_is_never_less_than_was_asked_for(cpu_seconds: float, seconds: int) -> None:
    """The kernel counts whole seconds: the limit is rounded up, and is 1 at least."""
    program = "import resource as r\nprint(*r.getrlimit(r.RLIMIT_CPU))"

    assert run(program, limits=Limits(cpu_seconds=cpu_seconds)).stdout == (
        f"{seconds} {seconds + 1}\n"
    )


@pytest.mark.parametrize(
    "name", ["CPU", "DATA", "AS", "FSIZE", "NOFILE", "NPROC", "CORE"], ids=lambda n: n
)
def test_a_limit_cannot_be_raised_from_inside(name: str) -> None:
    """Hard limits are as low as the soft ones, and there is no privilege to lift them."""
    program = (
        f"import resource as r\nsoft, hard = r.getrlimit(r.RLIMIT_{name})\n"
        f"try: r.setrlimit(r.RLIMIT_{name}, (hard + 1, hard + 1))\n"
        "except (ValueError, PermissionError): print('refused')\n"
    )

    assert run(program).stdout == "refused\n"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_output_is_cut_at_its_limit_and_says_so(stream: str) -> None:
    """Exactly so many bytes are kept; only the stream that had too much is marked."""
    program = f"import sys\nwhile True: sys.{stream}.write('12345'); sys.{stream}.flush()"
    made = run(program, limits=Limits(output_bytes=1234))

    assert made.ending.limit == "output_bytes"
    assert getattr(made, stream) == ("12345" * 250)[:1234]
    assert {s: getattr(made, f"{s}_truncated") for s in ("stdout", "stderr")} == {
        "stdout": stream == "stdout",
        "stderr": stream == "stderr",
    }


def test_output_of_exactly_the_limit_is_whole() -> None:
    """The last byte that is allowed is no reason to end anything."""
    made = run("print('x' * 999)", limits=Limits(output_bytes=1000))

    assert (made.ok, len(made.stdout), made.stdout_truncated) == (True, 1000, False)


def _ended_by_the_clock(what: Any, seconds: float = 0.3) -> Run:
    made = run(what, limits=Limits(wall_seconds=seconds))
    assert (made.ending.kind, made.ending.limit) == ("limit", "wall_seconds")
    assert seconds <= made.usage.wall_seconds < seconds + 15
    return made


@pytest.mark.parametrize(
    "program",
    [
        SPIN,
        "import signal\nfor n in range(1, 32):\n"
        "    if n not in (9, 19): signal.signal(n, signal.SIG_IGN)\nwhile True: signal.pause()",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    os.wait() if os.fork() else None\n"
        "import time\ntime.sleep(99)",
    ],
    ids=["busy", "deaf", "stopped", "daemons"],
)
def test_the_clock_ends_every_kind_of_program(program: str) -> None:
    """Busy, deaf to signals, stopped, or in sessions of its own: the time is up all the same."""
    _ended_by_the_clock(program)


def test_what_was_written_before_the_clock_ran_out_is_kept() -> None:
    """Flushed output of a run that was ended is in the record, as are its zombies."""
    for seconds in (0.3, 3.0, 20.0):  # on a busy machine it may not have come so far
        made = _ended_by_the_clock(
            "import os, time\nprint('so far', flush=True)\npid = os.fork()\n"
            "if pid == 0: os._exit(5)\ntime.sleep(99)",
            seconds,
        )
        if made.zombies_left:
            break

    assert made.stdout == "so far\n"
    assert [c.wait_status for c in made.zombies_left] == [5 << 8]


def test_a_function_that_hangs_has_no_value() -> None:
    """A limit during a function leaves value and error empty."""

    def function() -> None:
        while True:
            pass

    made = _ended_by_the_clock(function)
    assert (made.value, made.error) == (None, None)


def test_memory_is_measured_and_says_how() -> None:
    """The peak is at least what the program held, and names its source."""
    usage = run("held = b'x' * (40 << 20)").usage

    assert 40 * MiB <= usage.peak_memory_bytes < 200 * MiB
    assert usage.peak_memory_source


def test_processor_time_of_the_whole_tree_is_measured() -> None:
    """CPU seconds of children that were waited for count."""
    program = (
        "import os, time\nif os.fork() == 0:\n"
        "    while time.process_time() < 0.2: pass\n    os._exit(0)\nos.wait()\n"
    )

    made = run(program, limits=Limits(wall_seconds=60.0))

    assert 0.2 <= made.usage.cpu_seconds < 0.6


def test_small_limits_do_not_break_our_own_part() -> None:
    """The tightest limits end in a truthful record, not in an error of ours."""
    tight = Limits(
        open_files=4, max_processes=1, disk_bytes=4096, disk_inodes=2, output_bytes=1, file_bytes=1
    )
    made = run(lambda: [1, 2], limits=tight)

    assert (made.ok, made.value) == (True, [1, 2])
