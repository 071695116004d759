"""Show that every tier runs programs alike, and that each guarantee it states is true.

A "host" of tests/hosts.py offers several tiers; each is chosen there by its name and goes
through one battery. What a tier says the kernel keeps is then broken into, and must hold.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lessonkit import Limits, Run, run
from lessonkit.errors import TierUnavailable
from lessonkit.sandbox import pool
from lessonkit.sandbox.tiers import GUARANTEES, TIERS
from tests.fence import REPOSITORY, body, require_inside
from tests.hosts import run_on_host

__all__ = ["battery"]

OFFERED = {
    "root": ("namespaces", "unused-user", "shared-proc"),
    "user": ("namespaces", "shared-proc", "landlock", "walk"),
    "docker": ("landlock", "walk"),
}
"""Each tier with each kind of user that it differs for: root, and an ordinary user."""

PAIRS = [(host, tier) for host, tiers in OFFERED.items() for tier in tiers]
REACHED = "REACHED"

pytestmark = [pytest.mark.timeout(180)]

_reports: dict[str, dict[str, Any]] = {}


def report(host: str, tier: str) -> dict[str, Any]:
    """What the battery has reported of *tier* on *host*; each host is played once."""
    if host not in _reports:
        command = body("tests.real.test_tiers:battery", *OFFERED[host])
        fenced = run_on_host(host, command, timeout=150)
        found: dict[str, Any] = {}
        for line in fenced.stdout.splitlines():
            with contextlib.suppress(ValueError):
                found |= json.loads(line)
        _reports[host] = found
        _reports[host].setdefault("failure", fenced.stderr[-3000:])
        assert not fenced.left_groups
    assert tier in _reports[host], _reports[host]["failure"]
    answer: dict[str, Any] = _reports[host][tier]
    return answer


@pytest.mark.parametrize(("host", "tier"), PAIRS)
def test_programs_run_alike_in_every_tier(host: str, tier: str) -> None:
    """Values, output, files, input, errors, endings, zombies and orphans: all as expected."""
    seen = report(host, tier)["basics"]

    assert seen == {
        "tier": tier,
        "value": "(1, {2: b'x'})",
        "source": "program.py a\n",
        "argv": "noted\ntyped\n",
        "error": ["ZeroDivisionError", False],
        "exit": ["exited", 3],
        "signal": ["signaled", 15],
        "limit": ["limit", "wall_seconds"],
        "zombies": [3 << 8, 4 << 8],
        "orphan": [5 << 8],
        "children at return": ["S", "Z"],
        "temporary": True,
        "live": "one",
        "again": "2",
    }


@pytest.mark.parametrize(("host", "tier"), PAIRS)
def test_the_kernel_keeps_what_a_tier_says_it_keeps(host: str, tier: str) -> None:
    """What is stated as "kernel" could not be broken; what was broken is not stated as that."""
    seen = report(host, tier)
    broken = {name for name, reached in seen["reached"].items() if reached}
    kernel = {name for name, strength in seen["guarantees"].items() if strength == "kernel"}

    assert broken & kernel == set()
    assert seen["reached"].keys() == GUARANTEES.keys()


@pytest.mark.parametrize(("host", "tier"), PAIRS)
def test_best_effort_is_an_effort(host: str, tier: str) -> None:
    """What a watcher keeps, it keeps against a program that does not race it."""
    seen = report(host, tier)
    broken = {name for name, reached in seen["reached"].items() if reached}
    tried = {name for name, strength in seen["guarantees"].items() if strength == "best effort"}

    assert broken & tried <= {"signals"}  # the walk tier's list of protected pids is short


@pytest.mark.parametrize("host", ["root", "user", "docker"])
def test_nothing_is_left_of_a_tier_that_was_used(host: str) -> None:
    """When the last launcher has been closed, the client has no child and no temporary file."""
    for tier in OFFERED[host]:
        assert report(host, tier)["left"] == []


def test_memory_of_all_together_is_the_kernels_where_it_is_required() -> None:
    """With writable control groups, `require` puts the box in one, and the ending says so."""
    if "cgroup" not in report("root", "namespaces"):
        pytest.fail("the battery has not tried a control group")
    assert report("root", "namespaces")["cgroup"] == ["kernel", "limit", "tree_memory_bytes", ""]


def test_what_no_tier_gives_is_refused_in_words() -> None:
    """TierUnavailable names the guarantee that is missing, and every tier that was considered."""
    with pytest.raises(TierUnavailable) as caught:
        run("pass", require={"tree_cpu": "kernel"})

    text = str(caught.value)
    assert "tree_cpu = 'kernel'" in text
    assert all(tier.name in text for tier in TIERS)
    assert "lessonkit doctor" in text


def test_what_the_tier_in_use_gives_is_not_refused() -> None:
    """Its own guarantees can be required of it."""
    first = run("pass")

    assert run("pass", require=dict(first.guarantees)).tier == first.tier
    assert list(first.guarantees) == list(GUARANTEES)


def test_a_tier_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """LESSONKIT_TIER with a wrong name says which name that is, and which there are."""
    pool.close()
    monkeypatch.setenv("LESSONKIT_TIER", "nosuch")
    with pytest.raises(TierUnavailable) as caught:
        run("pass")

    assert "'nosuch'" in str(caught.value)
    assert all(tier.name in str(caught.value) for tier in TIERS)


def test_a_tier_can_be_chosen_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """LESSONKIT_TIER makes it that one or none."""
    pool.close()
    monkeypatch.setenv("LESSONKIT_TIER", "shared-proc")
    try:
        chosen = run("pass").tier
    except TierUnavailable as error:
        chosen = str(error)
    finally:
        pool.close()

    assert "shared-proc" in chosen


# -- the battery: what follows runs behind the fence ---------------------------------------


def battery(*tiers: str) -> None:
    """Put each tier through everything; print one JSON object per tier."""
    require_inside()
    for tier in tiers:
        os.environ["LESSONKIT_TIER"] = tier
        try:
            found = _one_tier()
        except Exception as error:  # the other tiers are still to be tried
            found = {"basics": repr(error), "reached": {}, "guarantees": {}, "left": [repr(error)]}
        sys.stdout.write(json.dumps({tier: found}) + "\n")
        sys.stdout.flush()


def _one_tier() -> dict[str, Any]:
    before = set(os.listdir("/tmp"))
    found: dict[str, Any] = {"basics": _basics(), "guarantees": dict(run("pass").guarantees)}
    found["reached"] = {name: attempt() for name, attempt in ATTEMPTS.items()}
    if run("pass").tier == "namespaces" and os.geteuid() == 0:
        found["cgroup"] = _in_a_group()
    pool.close()
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    found["left"] = [f"child {pid}" for pid in children]
    found["left"] += sorted(set(os.listdir("/tmp")) - before)
    return found


def _basics() -> dict[str, Any]:
    def zombies() -> None:
        import os

        pids = [os.fork() or os._exit(code) for code in (3, 4)]
        for pid in pids:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def children() -> None:
        import os
        import signal

        pids = [os.fork(), os.fork()] if os.getpid() else []
        mine = os.getpid()
        if 0 in pids:
            if pids[0] == 0 and pids[1] == 0:
                os._exit(0)
            if pids[0] == 0:
                os.wait()
                os._exit(0)
            signal.pause()
        os.waitid(os.P_PID, pids[0], os.WEXITED | os.WNOWAIT)
        assert mine

    orphan = (
        "import os\nr, w = os.pipe()\n"
        "if os.fork() == 0:\n    me = os.getpid()\n    if os.fork() == 0:\n"
        "        while os.getppid() == me: pass\n"
        "        os.write(w, str(os.getpid()).encode())\n        os._exit(5)\n"
        "    os._exit(0)\nos.wait()\npid = int(os.read(r, 9))\n"
        "try:\n    while True: os.kill(pid, 0)\nexcept ProcessLookupError: pass\n"
    )
    live: list[bytes] = []
    limited = run("import signal\nsignal.pause()", limits=Limits(wall_seconds=0.3)).ending
    left = run(children)
    shot = () if left.at_return is None else left.at_return.children_of(left.main_pid)
    run("print('one')", live=lambda stream, data: live.append(data))
    exited = run("import sys; sys.exit(3)").ending
    signaled = run("import os; os.kill(os.getpid(), 15)").ending
    failed = run(lambda: 1 / 0)
    files = {"bin/tool*": b"#!/bin/sh\ncat notes -\n", "notes": b"noted\n"}
    temporary = run("import os, tempfile\nprint(tempfile.mkstemp()[1], os.environ['HOME'])").stdout
    made, home = (temporary.split() + ["", "?"])[:2]
    return {
        "tier": run("pass").tier,
        "value": repr(run(lambda: (1, {2: b"x"})).value),
        "source": run("import sys; print(*sys.argv)", args=["a"]).stdout,
        "argv": run(["bin/tool"], files=files, stdin="typed\n").stdout,
        "error": [failed.error and failed.error.type, failed.ok],
        "exit": [exited.kind, exited.exit_code],
        "signal": [signaled.kind, signaled.term_signal],
        "limit": [limited.kind, limited.limit],
        "zombies": [c.wait_status for c in run(zombies).zombies_left],
        "orphan": [c.wait_status for c in run(orphan).orphans_adopted],
        # A child that was forked just now may still be on its way to its sleep.
        "children at return": sorted(p.state.replace("R", "S") for p in shot),
        "temporary": made.startswith(home + "/"),
        "live": b"".join(live).decode().strip(),
        "again": run("print(2)").stdout.strip(),
    }


def _said(what: Any, **limits: Any) -> bool:
    made: Run = run(what, limits=Limits(wall_seconds=30.0, **limits))
    return REACHED in made.stdout


def _leaves_a_daemon() -> bool:
    name = "lk-daemon"
    run(
        "import ctypes, os, signal\nr, w = os.pipe()\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        for n in set(range(1, 32)) - {9, 19}: signal.signal(n, signal.SIG_IGN)\n"
        f"        ctypes.CDLL(None).prctl(15, b'{name}')\n        os.write(w, b'.')\n"
        "        while True: signal.pause()\n    os._exit(0)\nos.wait()\nos.read(r, 1)\n"
    )
    return any(_comm(path) == name for path in Path("/proc").glob("[0-9]*/comm"))


def _comm(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""  # it ended meanwhile


def _kills_a_bystander() -> bool:
    with _bystander() as process:
        run(f"import os\ntry: os.kill({process.pid}, 15)\nexcept OSError: pass")
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            return False
        return True


def _sees_a_bystander() -> bool:
    with _bystander() as process:
        return _said(
            f"try: print('{REACHED}' * open('/proc/{process.pid}/comm').read().count('sleep'))\n"
            "except OSError: pass"
        )


@contextlib.contextmanager
def _bystander() -> Any:
    process = subprocess.Popen(["sleep", "60"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _forks_more() -> bool:
    return _said(
        "import os, signal\ncount = 1\ntry:\n    while count < 20:\n"
        "        if os.fork() == 0: signal.pause()\n        count += 1\n"
        f"except OSError: pass\nif count > 6: print('{REACHED}')\n",
        max_processes=6,
    )


def _takes_more_memory() -> bool:
    program = f"held = bytearray(80 << 20)\nprint('{REACHED}')"
    return _said(program, memory_bytes=64 << 20)


HOLD = (
    "import os, signal, time\nr, w = os.pipe()\nfor _ in range(4):\n    if os.fork() == 0:\n"
    "        held = b'x' * (30 << 20)\n        os.write(w, b'.')\n        signal.pause()\n"
    "got = 0\nwhile got < 4: got += len(os.read(r, 4))\n"
)


def _takes_more_memory_together() -> bool:
    # A watcher may be late, but not by two seconds.
    return _said(HOLD + f"time.sleep(2)\nprint('{REACHED}')", tree_memory_bytes=64 << 20)


def _in_a_group() -> list[Any]:
    limits = Limits(wall_seconds=30.0, tree_memory_bytes=64 << 20)
    program = f"held = b'x' * (100 << 20)\nprint('{REACHED}')"
    made = run(program, limits=limits, require={"tree_memory": "kernel"})
    return [made.guarantees["tree_memory"], made.ending.kind, made.ending.limit, made.stdout]


def _lifts_the_processor_limit() -> bool:
    return _said(
        "import resource as r\ntry: r.setrlimit(r.RLIMIT_CPU, (90, 90))\n"
        f"except (OSError, ValueError): pass\nelse: print('{REACHED}')",
        cpu_seconds=2,
    )


def _uses_more_processors() -> bool:
    program = (
        "import os, time\nfor _ in range(3):\n    if os.fork() == 0:\n        while True: pass\n"
        "time.sleep(60)\n"
    )
    made = run(program, limits=Limits(wall_seconds=30.0, tree_cpu_seconds=0.3))
    return made.ending.limit != "tree_cpu_seconds"


def _writes_more() -> bool:
    return _said(
        "import time\nwritten = 0\ntry:\n    for n in range(40):\n"
        "        with open(f'f{n}', 'wb') as f: written += f.write(b'x' * 65536)\n"
        "except OSError: pass\n"
        f"else:\n    time.sleep(1)\n    if written > 1 << 20: print('{REACHED}')\n",
        disk_bytes=1 << 20,
    )


def _writes_outside() -> bool:
    places = ["/tmp/lk-outside", "/var/tmp/lk-outside", "/dev/shm/lk-outside"]
    run(f"for place in {places!r}:\n    try: open(place, 'w').write('x')\n    except OSError: pass")
    written = [place for place in places if os.path.exists(place)]
    for place in written:
        os.unlink(place)
    return written != []


def _reads_a_home() -> bool:
    secret = Path(os.environ["HOME"], "secret.txt")
    secret.write_text("hidden")
    secret.chmod(0o644)
    try:
        return _said(
            f"for place in {[str(secret), str(REPOSITORY / 'README.md')]!r}:\n"
            f"    try: print('{REACHED}' * bool(open(place).read()))\n    except OSError: pass"
        )
    finally:
        secret.unlink()


def _connects() -> bool:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = server.getsockname()
        run(
            "import socket\ns = socket.socket()\ns.settimeout(1)\n"
            f"try: s.connect({address!r})\nexcept OSError: pass"
        )
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return False
        return True


def _lacks_proc() -> bool:
    program = (
        "import os\n"
        f"print('{REACHED}' * (open('/proc/self/stat').read().split()[0] != str(os.getpid())))"
    )
    made = run(program)
    return REACHED in made.stdout or not made.ok


ATTEMPTS: dict[str, Callable[[], bool]] = {
    "kill_all": _leaves_a_daemon,
    "signals": _kills_a_bystander,
    "processes": _forks_more,
    "memory": _takes_more_memory,
    "tree_memory": _takes_more_memory_together,
    "cpu": _lifts_the_processor_limit,
    "tree_cpu": _uses_more_processors,
    "disk": _writes_more,
    "read_only": _writes_outside,
    "hidden_files": _reads_a_home,
    "network": _connects,
    "own_proc": _sees_a_bystander,
    "proc": _lacks_proc,
}
"""Guarantee -> an attempt to break it; True if that worked."""
