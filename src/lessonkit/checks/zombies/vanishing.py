"""Judge the later calls of 3.3: others vanish meanwhile, and zombies come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, call_finding, pids_text, short
from lessonkit.checks.zombies.claims import Claim, alone, claims_of, malformed

__all__ = ["hurried_calls", "vanishing"]

_VANISHED = ("FileNotFoundError", "ProcessLookupError")


def hurried_calls(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the scene wrote down of the later calls; empty if there were none."""
    hurried: Mapping[str, Any] = facts.get("hurried", {})
    return hurried


def vanishing(facts: Mapping[str, Any], claims: Sequence[Claim]) -> Finding | None:
    """Say what went wrong in the later calls; None if all gave the answer that is right."""
    hurried = hurried_calls(facts)
    if not hurried:
        return Finding(seen="not tried: the first call failed already")
    failed = hurried["failed"]
    if failed is not None:
        problem = call_finding(failed, f"call {hurried['calls']}")
        error = failed["error"]
        gone = error is not None and error["type"] in _VANISHED
        return Finding(
            seen=problem.seen if problem else "",
            why="a process ended between listing /proc and reading its file: go on with the next"
            if gone
            else problem.why
            if problem
            else "",
            hint="Catch FileNotFoundError and ProcessLookupError around the reading."
            if gone
            else "",
        )
    quiet = _comparable(facts, claims, set())
    grown = set(hurried["grown"])
    for one in hurried["answers"]:
        answer = one["call"]["value"]
        if malformed(answer) is not None:
            return Finding(seen=f"a later call returned {short(answer)}")
        later = claims_of(answer)
        missing = [pid for pid in one["grown"] if pid not in {claim[0] for claim in later}]
        if missing:
            return Finding(
                seen=f"{pids_text(missing)} missing: a zombie that came after the first call",
                why="look anew in every call: an answer that was kept is soon wrong",
                hint="No cache, and no list that outlives the call.",
            )
        now = _comparable(facts, later, grown)
        if now != quiet:
            other = sorted(now ^ quiet)
            return Finding(
                seen=f"a later call differed in {short(', '.join(other))}",
                why="these zombies were the same all the time",
            )
    return _hindered(hurried["problems"])


def _hindered(problems: Sequence[str]) -> Finding | None:
    """Nothing vanished, or not where it hurts: then nothing was shown."""
    if "gone" in problems:
        return Finding(
            seen="not tried to the end: the process whose children come and go was ended or "
            "stopped",
            why="looking does not end or stop anybody",
        )
    if problems:
        return Finding(
            seen="not tried: your process could not be traced any more",
            why="it is traced so that processes vanish at the worst moment; it could be traced "
            "before your code was loaded (prctl, PR_SET_DUMPABLE)",
        )
    return None


def _comparable(
    facts: Mapping[str, Any], claims: Sequence[Claim], grown: Collection[int]
) -> set[str]:
    """The claims that must be the same in every answer."""
    if not alone(facts):
        staged = {zombie["pid"] for zombie in facts["zombies"]}
        claims = [claim for claim in claims if claim[0] in staged]
    # The children of this actor are never zombies for long, but for a moment they may be.
    return {
        short(claim, 400)
        for claim in claims
        if claim[1] != facts["flicker"] and claim[0] not in grown
    }
