"""Who undoes what check 4.1 has set gets the same verdict whatever its dice say."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessonkit import check
from lessonkit.payload import Handle

PROGRAMS = Path(__file__).parents[1] / "exercises" / "04-orphans" / "4.1-orphan"
SEEDS = range(20)
ON_FOR_GOOD = """
    import ctypes
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
"""


def made(name: str) -> str:
    """The text of one of the programs that are kept for 4.1."""
    return (PROGRAMS / f"{name}.py").read_text()


def switched_on() -> str:
    """The solution, which makes its process a subreaper on the way."""
    head, found, rest = made("solution").partition("def orphan():\n")
    assert found
    return head + found + ON_FOR_GOOD + rest


@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_that_patches_the_check_has_no_points_and_is_told_why(seed: int) -> None:
    """From its first call on everything stays as that one had it, which the seed decides."""
    assert verdict_of(made("wrong_check_patched"), seed) == (0, True)


@pytest.mark.parametrize("seed", SEEDS[:5])
@pytest.mark.parametrize("how", ["off", "on"])
def test_so_has_one_that_decides_itself_who_adopts(how: str, seed: int) -> None:
    """On or off for good: it has been told to leave that alone."""
    source = made("wrong_subreaper_switched_off") if how == "off" else switched_on()
    assert verdict_of(source, seed) == (0, True)


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_who_leaves_it_alone_has_all_points(seed: int) -> None:
    """Negative control, with the same dice."""
    assert verdict_of(made("solution"), seed) == (3, False)


def verdict_of(source: str, seed: int) -> tuple[float, bool]:
    """The points, and whether it was told to leave the check's own setting alone."""
    verdict = check("4.1", Handle(source=source, name="orphan"), seed=seed)
    words = " ".join(fact.why for fact in verdict.facts if not fact.ok)
    return verdict.points, "leave that as the check has set it" in words
