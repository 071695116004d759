"""Judge hostile notebooks, one after the other, behind a fence: called by test_hostile.

Each hostile piece is tried twice: as a cell between good ones, and within a function that a test
calls. What was earned before and after must be there.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator

from lessonkit.grading.judging import judge_job
from lessonkit.grading.records import Budget
from lessonkit.sandbox import pool, sessions_pool
from tests.fence import require_inside
from tests.grading.making import answer, job_of, points_of, test

__all__ = ["CASES", "main"]

BUDGET = Budget(
    cell_seconds=2,
    call_seconds=2,
    test_seconds=60,
    wall_seconds=250,
    tree_cpu_seconds=20,
    memory_bytes=200 << 20,
    tree_memory_bytes=400 << 20,
    max_processes=40,
    disk_bytes=16 << 20,
    output_bytes=200_000,
    shown_bytes=200_000,
)

CASES = {
    "kill -9 of itself": "import os\nos.kill(os.getpid(), 9)",
    "os._exit": "import os\nos._exit(0)",
    "quit()": "quit()",
    "sys.exit": "import sys\nsys.exit(1)",
    "a segmentation fault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "SIGSTOP of itself": "import os\nos.kill(os.getpid(), 19)",
    "SIGSTOP in a loop": "import os\nwhile True: os.kill(os.getpid(), 19)",
    "all descriptors closed": "import os\nos.closerange(0, 1000)",
    "the channel shut down": "import socket\nsocket.socket(fileno=230).shutdown(2)",
    "junk on the channel": "import os\nfor _ in range(50): os.write(230, b'junk' * 1000)",
    "an endless loop": "while True: pass",
    "an endless loop that catches everything": (
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass"
    ),
    "SIGINT ignored": "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass",
    "every signal ignored": (
        "import signal, time\nfor n in range(1, 65):\n"
        "    try:\n        signal.signal(n, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nwhile True: time.sleep(1)"
    ),
    "a fork bomb": "import os\nwhile True: os.fork()",
    "a fork bomb that catches errors": (
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    ),
    "children that sleep": (
        "import os, time\nfor _ in range(100):\n    if os.fork() == 0:\n"
        "        time.sleep(600)\n        os._exit(0)"
    ),
    "a horde of zombies": "import os\nfor _ in range(100):\n    if os.fork() == 0: os._exit(0)",
    "a daemon": (
        "import os, time, signal\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        signal.signal(15, signal.SIG_IGN)\n        time.sleep(600)\n    os._exit(0)"
    ),
    "memory without end": "x = []\nwhile True: x.append(bytes(10_000_000))",
    "memory of many": (
        "import os, time\nfor _ in range(10):\n    if os.fork() == 0:\n"
        "        x = b'x' * 150_000_000\n        time.sleep(60)\n        os._exit(0)\ntime.sleep(5)"
    ),
    "fifty megabytes in lines": "for _ in range(500_000): print('x' * 100)",
    "fifty megabytes in one line": "print('x' * 50_000_000)",
    "a display of fifty megabytes": (
        "from IPython.display import display, HTML\ndisplay(HTML('x' * 50_000_000))\nprint('a')"
    ),
    "ten thousand displays": (
        "from IPython.display import display, HTML\nfor _ in range(10_000): display(HTML('x'))"
    ),
    "a hundred thousand displays at once": (
        "get_ipython().shown += [{'output_type': 'display_data', 'data': {'text/plain': 'x'}}] "
        "* 100_000"
    ),
    "as many displays as a reply holds": (
        "get_ipython().shown += [{'output_type': 'display_data', 'data': {'text/plain': 'x'}}] "
        "* 8000"
    ),
    "a huge file": "open('big', 'wb').write(bytes(200 << 20))",
    "a hundred thousand files": "for i in range(100_000): open(f'f{i}', 'w').close()",
    "kill -1": "import os\nos.kill(-1, 9)",
    "kill of everybody it sees": (
        "import os\nfor p in os.listdir('/proc'):\n    if p.isdigit():\n"
        "        try:\n            os.kill(int(p), 9)\n        except OSError:\n            pass"
    ),
    "threads without end": (
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(600,)).start()"
    ),
    "a thread that never ends": (
        "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()"
    ),
    "recursion": "import sys\nsys.setrecursionlimit(10**8)\ndef g(): g()\ng()",
    "streams taken away": "import sys\nsys.stdout = sys.stderr = sys.stdin = None",
    "a broken repr": (
        "class R:\n    def __repr__(self): raise SystemExit(9)\n    __str__ = __repr__\nR()"
    ),
    "an error that cannot be shown": (
        "class E(BaseException):\n    def __str__(self):\n        while True: pass\nraise E"
    ),
    "a raw fork": "import os\nif os.fork() == 0:\n    raise ValueError('child')",
    "limits lowered": (
        "import resource\nfor n in (0, 2, 3, 6, 7, 9):\n"
        "    try:\n        resource.setrlimit(n, (0, 0))\n"
        "    except (OSError, ValueError):\n        pass"
    ),
    "a flood for init": "import os\nfor _ in range(5000): os.write(230, b'+' + bytes(60000))",
}


def main(*names: str) -> None:
    """Judge the named cases (all, when none is); one line of JSON for each."""
    require_inside()
    for name in names or tuple(CASES):
        for place in ("cell", "call"):
            began = time.monotonic()
            source = CASES[name]
            if place == "call":
                source = "def bad():\n" + "".join(f"    {x}\n" for x in source.splitlines())
            result = judge_job(
                job_of(
                    answer("def first():\n    return 1"),
                    test("assert first() == 1", 2),
                    answer(source),
                    test("bad()" if place == "call" else "assert True", 1),
                    answer("def second():\n    return first() + 1"),
                    test("assert second() == 2 and first() == 1", 2),
                    budget=BUDGET,
                )
            )
            line = {
                "name": name,
                "place": place,
                "points": points_of(result),
                "status": result.status,
                "reason": result.reason,
                "size": len(result.notebook),
                "why": [cell.why for cell in result.cells],
                "seconds": round(time.monotonic() - began, 2),
                "left": sorted(_others()),
            }
            print(json.dumps(line), flush=True)
    sessions_pool.close()
    pool.close()
    print(json.dumps({"name": "end", "left": sorted(_others())}))


def _others() -> Iterator[str]:
    """Processes that are neither this one, nor the fence's, nor a launcher and its spare box."""
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or int(pid) in (1, os.getpid()):
            continue
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().replace(b"\0", b" ").decode().strip()
            with open(f"/proc/{pid}/stat") as file:
                state = file.read().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and words not in ("", "lessonkit launcher", "init", "python3 program.py"):
            yield f"{pid} {words[:60]}"


if __name__ == "__main__":
    main(*sys.argv[1:])
