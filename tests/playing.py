"""Play one body on several emulated hosts, two at a time, and collect what it reports.

A body gets names of parts as its arguments and does them in turn. It says {"begins": name}
before a part and {"part": name, ...} after it, each with `say`. When a body ends or hangs in
the middle of a part, that part is a failure, and a new fence goes on with the next one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.fence import Fence, body
from tests.hosts import HOSTS, fence_on_host

__all__ = ["Reports", "play", "say", "selected"]

SECONDS_PER_HOST = 300.0

Reports = dict[str, dict[str, dict[str, Any]]]
"""Host -> part -> what was reported; {"failure": text} if nothing was."""


def say(message: Mapping[str, Any]) -> None:
    """Print one message on a line of its own (behind the fence)."""
    sys.stdout.write("\n" + json.dumps(message) + "\n")
    sys.stdout.flush()


def selected(session: pytest.Session, parameter: str) -> dict[str, list[str]]:
    """Host -> parts that selected tests want: values of the parameters "host" and *parameter*."""
    wanted: dict[str, dict[str, None]] = {}
    for item in session.items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if parameter in params and "host" in params:
            wanted.setdefault(params["host"], {})[params[parameter]] = None
    return {host: list(parts) for host, parts in wanted.items()}


def play(name: str, wanted: Mapping[str, list[str]]) -> Reports:
    """Do the wanted parts on their hosts with the body *name*, from this one thread."""
    waiting, running = dict(wanted), dict[str, tuple[Fence, list[str]]]()
    reports: Reports = {host: {} for host in wanted}
    while waiting or running:
        for host, parts in list(waiting.items()):
            # Root's boxes have the same unused uids everywhere, and the kernel counts them.
            kind = HOSTS[host].user is None
            if all((HOSTS[other].user is None) != kind for other in running):
                del waiting[host]
                command = body(name, *parts)
                running[host] = fence_on_host(host, command, timeout=SECONDS_PER_HOST), parts
        for host, (fence, parts) in list(running.items()):
            if not fence.running():
                del running[host]
                again = _collect(fence, parts, reports[host])
                if again:
                    waiting[host] = again
        time.sleep(0.02)
    return reports


def _collect(fence: Fence, parts: Sequence[str], into: dict[str, dict[str, Any]]) -> list[str]:
    """Take the reports of one fence; return the parts that never had their turn."""
    fenced = fence.wait()
    found, lost = _read(fenced.stdout)
    into |= found
    again = [part for part in parts if part not in found and part != lost]
    how = "hung" if fenced.timed_out else f"ended with {fenced.returncode}"
    failure = {"failure": f"the client {how}: {fenced.stderr[-2000:]}"}
    if lost is not None:
        into[lost] = failure
    elif again:  # it never began: trying again would bring the same
        into |= dict.fromkeys(again, failure)
        again = []
    if fenced.left_groups and parts[-1] in found:
        found[parts[-1]]["left"].extend(f"group {group}" for group in fenced.left_groups)
    return again


def _read(output: str) -> tuple[dict[str, dict[str, Any]], str | None]:
    """Reports by part, and the part during which the body ended, if it did."""
    reports: dict[str, dict[str, Any]] = {}
    begun = None
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue  # not one of ours: a program may have got at this stream
        if isinstance(message, dict) and "begins" in message:
            begun = message["begins"]
        elif isinstance(message, dict) and "part" in message:
            reports[message["part"]] = message
            begun = None
    return reports, begun
