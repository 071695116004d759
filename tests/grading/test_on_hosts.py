"""Show that grading works in every kind of sandbox that there is, with the same result."""

from __future__ import annotations

import json

import pytest

from tests.fence import body, require_inside
from tests.grading.making import answer, given, job_of, points_of, test
from tests.hosts import chosen_hosts, run_on_host

__all__ = ["grade"]

HOSTS = {
    "root": "namespaces",
    "root-no-userns": "unused-user",
    "docker": "landlock",
    "docker-user-no-landlock": "walk",
    "user": "namespaces",
    "user-masked-proc": "landlock",
    "docker-no-landlock": "walk",
}
"""Host -> the kind of sandbox that it has. Those that stand first have all kinds between them."""
KINDS = len(set(HOSTS.values()))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]


@pytest.mark.parametrize("host", chosen_hosts(*HOSTS, always=KINDS))
def test_the_same_points_on_every_host(host: str) -> None:
    """Functions, forks, a lost interpreter, an endless loop; and nothing is left."""
    fenced = run_on_host(host, body("tests.grading.test_on_hosts:grade"), timeout=600)
    lines = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("{")]

    assert lines, fenced.stderr[-3000:]
    assert lines[0]["reason"] == "A cell or a function was ended because its time was up."
    assert lines[0]["points"] == [1, 2, 0, 3, 0, 4, 0, 5], lines[0]
    assert lines[0]["tier"] == HOSTS[host]
    assert lines[-1] == {"sleeping": 0}, fenced.stderr[-3000:]


def grade() -> None:
    """Judge one notebook that has a bit of everything."""
    require_inside()
    import dataclasses
    from pathlib import Path

    from lessonkit.grading.judging import judge_job
    from lessonkit.sandbox import pool, sessions_pool
    from tests.grading.making import QUICK

    fork = (
        "def status(n):\n    pid = os.fork()\n    if pid == 0:\n        os._exit(n)\n"
        "    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n"
        "def leave():\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(4711)\n"
        "    return 1"
    )
    job = job_of(
        given("import os, time"),
        answer("def add(a, b):\n    return a + b"),
        test("assert add(1, 2) == 3", 1),
        answer(fork),
        test("assert status(3) == 3 and leave() == 1", 2),
        answer("os.kill(os.getpid(), 9)"),
        test("assert add(1, 1) == 3", 1),
        test("assert status(4) == 4 and add(2, 2) == 4", 3),
        answer("def loop():\n    while True: pass\ndef die():\n    os.kill(0, 9)"),
        test("loop()", 1),
        test("assert add(3, 3) == 6", 4),
        test("die()", 1),
        test("assert add(4, 4) == 8", 5),
        budget=dataclasses.replace(QUICK, call_seconds=2),
    )
    result = judge_job(job)
    tier = pool.current_tier({"proc": "kernel"}).tier.name
    line = {"points": points_of(result), "reason": result.reason, "tier": tier}
    print(json.dumps({**line, "why": [cell.why for cell in result.cells]}), flush=True)
    sessions_pool.close()
    pool.close()
    names = [Path("/proc", pid, "cmdline") for pid in os_pids()]
    words = [path.read_bytes() for path in names if path.exists()]
    print(json.dumps({"sleeping": sum(b"python3 program.py" in word for word in words)}))


def os_pids() -> list[str]:
    """The processes that there are."""
    import os

    return [name for name in os.listdir("/proc") if name.isdigit()]
