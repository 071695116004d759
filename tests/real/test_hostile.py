"""Show that no program of tests/programs gets out, stays, or is misreported, on any tier.

Each emulated host runs all programs behind one fence, one after the other; one host of
root's and one of a user's at a time. Every pair of host and program is a test of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fence import body, require_inside
from tests.hostile import load_program, problems_of, program_names
from tests.hosts import HIDDEN_PYTHON, HOSTS, run_on_host
from tests.playing import Reports, play, selected

__all__ = ["try_to_run"]

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

# The first test waits for all hosts.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="session")
def reports(request: pytest.FixtureRequest) -> Reports:
    """Reports of all selected programs, by host and program."""
    return play("tests.hostile:main", selected(request.session, "program"))


@pytest.mark.parametrize("program", program_names())
@pytest.mark.parametrize("host", HOSTS)
def test_a_program_is_contained_and_reported_truthfully(
    host: str, program: str, reports: Reports
) -> None:
    """The Run is true, nothing is left, nobody else is touched, and the tier is the expected."""
    report = reports[host][program]

    assert problems_of(load_program(program), report) == []
    assert report["run"]["tier"] == TIERS[host]


def test_a_python_that_boxes_cannot_read_is_named_in_the_refusal() -> None:
    """Where programs could not even start, the refusal says which Python is out of reach."""
    hidden = [p for p in Path(sys.base_prefix).parents if not p.stat().st_mode & 0o001]
    if not hidden:
        pytest.skip("by nature: the interpreter of this machine is open to every user")
    fenced = run_on_host(HIDDEN_PYTHON, body("tests.real.test_hostile:try_to_run"))

    assert fenced.stdout == "it ran\n" or f"{hidden[-1]}" in fenced.stdout


def try_to_run() -> None:
    """Run next to nothing in a sandbox; say that it ran, or why not (behind the fence)."""
    require_inside()
    from lessonkit import SandboxError, run

    try:
        run("pass")
        sys.stdout.write("it ran\n")
    except SandboxError as refusal:
        sys.stdout.write(f"{refusal}\n")


def test_every_host_has_an_expected_tier() -> None:
    """No host is tested without saying which tier it must reach."""
    assert TIERS.keys() == HOSTS.keys()


@pytest.mark.parametrize("name", program_names())
def test_every_program_says_how_it_ends(name: str) -> None:
    """Each program's header names at least one ending, in words that the judge knows."""
    program = load_program(name)
    endings = [*program.endings, *(e for weaker in program.without.values() for e in weaker)]

    assert program.endings
    assert all(e.split()[0] in ("exited", "signaled", "limit") for e in endings)
