"""What the browser tests start does not outlive them, however they end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.tied import tied

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60.0
SAY_AND_STAY = ("/bin/sh", "-c", "echo $$; exec sleep 600")
STARTER = (
    "import subprocess, sys\n"
    "from tests.browser.tied import tied\n"
    "command = sys.argv[2:]\n"
    "subprocess.Popen(tied(*command) if sys.argv[1] == 'tied' else command).wait()\n"
)


@pytest.mark.parametrize("how", ["tied", "loose"])
def test_a_killed_starter_takes_what_is_tied_to_it_along(how: str) -> None:
    """The kernel ends the one; the other, started as usual, is there until somebody ends it."""
    command = [sys.executable, "-c", STARTER, how, *SAY_AND_STAY]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        started = os.pidfd_open(int(starter.stdout.readline()))
        try:
            starter.kill()
            starter.wait()
            ended = bool(select.select([started], [], [], SECONDS if how == "tied" else 0)[0])
        finally:
            if how == "loose":
                signal.pidfd_send_signal(started, signal.SIGKILL)
                assert select.select([started], [], [], SECONDS)[0]
            os.close(started)
    assert ended == (how == "tied")


def test_what_is_tied_has_its_own_number_and_end() -> None:
    """The starter sees the program itself, with its exit code, and chooses the signal."""
    command = tied("/bin/sh", "-c", "echo $$; exit 7", signal_number=signal.SIGINT)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said, _ = process.communicate(timeout=SECONDS)
    assert (int(said), process.returncode) == (process.pid, 7)


def test_who_is_started_by_somebody_gone_does_not_begin() -> None:
    """Between fork and the question to the kernel the starter may end: nothing runs then."""
    command = tied("/bin/sh", "-c", "echo began")
    other = str(os.getppid())  # not who starts it
    command[command.index(str(os.getpid()))] = other
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert (done.stdout, done.stderr) == ("", "")
