"""Which program runs after an exec is known wherever tracing is possible."""

from __future__ import annotations

import json

import pytest

from lessonkit import run
from lessonkit.sandbox import pool
from tests.fence import body, require_inside
from tests.hosts import run_on_host

__all__ = ["tell_programs"]

MANY = {f"NAME{number}": "x" * number for number in range(40)}
PROGRAM = f"""
import os
for path in ("/bin/true", "/usr/bin/env"):
    if os.fork() == 0:
        os.execve(path, [path, "an argument", "true"], {MANY!r})
    os.wait()
if os.fork() == 0:
    os.chdir("/usr/bin")
    os.execv("./true", ["another name"])
os.wait()
"""


def programs() -> list[str | None]:
    """What the timeline says of the three execs."""
    made = run(PROGRAM, trace="exact")
    assert made.timeline is not None
    return [event.text for event in made.timeline.events if event.kind == "exec"]


def tell_programs() -> None:
    """Behind the fence: print them."""
    require_inside()
    print(json.dumps(programs()))
    pool.close()


def test_the_link_tells_the_program() -> None:
    """Where it may be read, it is the file itself, wherever links lead."""
    one, two, three = programs()
    assert one is not None
    assert one.endswith("/true")
    assert two is not None
    assert two.endswith("/env")
    assert three == one


@pytest.mark.parametrize("host", ["docker", "docker-user"])
def test_the_stack_tells_it_where_the_link_may_not_be_read(host: str) -> None:
    """Root without all of root's rights reads the path that exec was given."""
    fenced = run_on_host(host, body("tests.real.test_execs:tell_programs"))
    one, two, three = json.loads(fenced.stdout)

    assert one.endswith("/true"), fenced.stderr
    assert two.endswith("/env")
    assert three.endswith("/true")
