"""Judge where others have the processor most of the time, and tell what came of it as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

__all__ = ["HOGS", "on_a_crowded_processor"]

HOGS = 3
PROGRAM = """
import json, os, sys, time

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
hogs = []
for _ in range(int(sys.argv[1])):
    pid = os.fork()
    if pid == 0:
        os.setsid()  # or they share one session's part of the processor: sched(7), autogroup
        until = time.monotonic() + 150
        while time.monotonic() < until and os.getppid() != 1:
            pass
        os._exit(0)
    hogs.append(pid)
from tests.grading.making import *
from lessonkit.grading.records import Budget

told = {}
exec(sys.argv[2])
for pid in hogs:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
print(json.dumps(told))
"""


def on_a_crowded_processor(program: str, *, hogs: int = HOGS) -> dict[str, Any]:
    """What *program* has put into its dict `told`; it finds `judged` and all that belongs to it."""
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(hogs), program],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    told: dict[str, Any] = json.loads(found.stdout.splitlines()[-1])
    return told
