"""Show that no program of tests/programs gets out, stays, or is misreported, on any tier.

Each emulated host runs all programs behind one fence, one after the other; one host
of root's and one of a user's at a time. Every pair of host and program is a test of its own.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.fence import Fence, body
from tests.hostile import load_program, problems_of, program_names, read_reports, remaining
from tests.hosts import HOSTS, fence_on_host

SECONDS_PER_HOST = 120.0

TIERS = {
    "root": "namespaces",
    "root-no-cgroups": "namespaces",
    "root-no-userns": "unused-user",
    "user": "namespaces",
    "user-masked-proc": "shared-proc",
    "user-no-landlock": "namespaces",
    "docker": "landlock",
    "docker-user": "landlock",
    "docker-no-landlock": "walk",
    "docker-user-no-landlock": "walk",
}
"""The strongest tier of each host, on a kernel with all that Landlock offers (6.12)."""

Reports = dict[str, dict[str, dict[str, Any]]]

# The first test waits for all hosts.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="session")
def reports(request: pytest.FixtureRequest) -> Reports:
    """Reports of all selected programs, by host and program."""
    wanted: dict[str, list[str]] = {}
    for item in request.session.items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        if "program" in params and "host" in params:
            wanted.setdefault(params["host"], []).append(params["program"])
    return _play(wanted)


@pytest.mark.parametrize("program", program_names())
@pytest.mark.parametrize("host", HOSTS)
def test_a_program_is_contained_and_reported_truthfully(
    host: str, program: str, reports: Reports
) -> None:
    """The Run is true, nothing is left, nobody else is touched, and the tier is the expected."""
    report = reports[host][program]

    assert problems_of(load_program(program), report) == []
    assert report["run"]["tier"] == TIERS[host]


def test_every_host_has_an_expected_tier() -> None:
    """No host is tested without saying which tier it must reach."""
    assert TIERS.keys() == HOSTS.keys()


@pytest.mark.parametrize("name", program_names())
def test_every_program_says_how_it_ends(name: str) -> None:
    """Each program's header names at least one ending, in words that the judge knows."""
    endings = [*load_program(name).endings, *sum(load_program(name).without.values(), ())]

    assert endings
    assert all(e.split()[0] in ("exited", "signaled", "limit") for e in endings)


def _play(wanted: Mapping[str, list[str]]) -> Reports:
    """Run the wanted programs on their hosts, two hosts at a time, from this one thread."""
    waiting, running = dict(wanted), dict[str, tuple[Fence, list[str]]]()
    reports: Reports = {host: {} for host in wanted}
    while waiting or running:
        for host, names in list(waiting.items()):
            # Root's boxes have the same unused uids everywhere, and the kernel counts them.
            kind = HOSTS[host].user is None
            if all((HOSTS[other].user is None) != kind for other in running):
                del waiting[host]
                command = body("tests.hostile:main", *names)
                running[host] = fence_on_host(host, command, timeout=SECONDS_PER_HOST), names
        for host, (fence, names) in list(running.items()):
            if not fence.running():
                del running[host]
                again = _collect(fence, names, reports[host])
                if again:
                    waiting[host] = again
        time.sleep(0.02)
    return reports


def _collect(fence: Fence, names: list[str], into: dict[str, dict[str, Any]]) -> list[str]:
    """Take the reports of one fence; return the programs to try again without the one that
    ended the body."""
    fenced = fence.wait()
    found, lost = read_reports(fenced.stdout)
    into |= found
    again = remaining(names, found, lost)
    how = "hung" if fenced.timed_out else f"ended with {fenced.returncode}"
    failure = f"the client {how}: {fenced.stderr[-2000:]}"
    if lost is not None:
        into[lost] = {"failure": failure}
    elif again:  # it never began: trying again would bring the same
        into |= {name: {"failure": failure} for name in again}
        again = []
    if fenced.left_groups and names[-1] in into:
        into[names[-1]].setdefault("left", []).extend(f"group {g}" for g in fenced.left_groups)
    return again
