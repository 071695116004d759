"""Judge 4.7: what an init changes for an application, against what the kernel did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lessonkit.checks.facts import Finding, Missing, call_finding, fact, gated, need, plural, short
from lessonkit.records import Fact, Run

__all__ = ["looks"]

CASES = 6
_Hints = tuple[str, str, str]
_Case = Mapping[str, Any]
_NO_PID_1 = (
    " (nobody can make a pid namespace on this host: SIGTERM was tried with applications only "
    "that handle or ignore it; what it does to a pid 1 by default was not observed)"
)


def looks(run: Run, hints: _Hints) -> list[Fact]:
    """Return the facts: zombies alone, zombies under an init, SIGTERM."""
    cases: Sequence[_Case] = need(run.facts, "cases")
    pid_1 = need(run.facts, "pid_1")
    unfinished = None
    if len(cases) < CASES:
        unfinished = call_finding(cases[-1]["call"], "would_init_help(app)")
        if unfinished is None:
            raise Missing(f"the scene wrote down {len(cases)} of {CASES} applications")
    counted = plural(len(cases), "application")
    facts = [
        fact(
            "zombies, as pid 1",
            0.75,
            expected="how many zombies the application has when it is pid 1",
            good=f"{counted}, all as the kernel counted",
            finding=_first(cases, "alone", 0, hints) or unfinished,
            manual="wait(2), section NOTES; pid_namespaces(7), section The namespace init process",
        ),
        fact(
            "zombies, under an init",
            1,
            expected="how many it has when an init is pid 1 and its parent",
            good=f"{counted}, all as the kernel counted",
            finding=_first(cases, "init", 0, hints) or unfinished,
            manual="wait(2), section NOTES; tini(1) where it is installed",
        ),
        fact(
            "SIGTERM",
            0.75,
            expected="whether SIGTERM to pid 1 ends it, both ways",
            good=f"{counted}, all as it went",
            finding=_first(cases, "alone", 1, hints)
            or _first(cases, "init", 1, hints)
            or unfinished,
            manual="pid_namespaces(7), section The namespace init process",
            note="" if pid_1 else _NO_PID_1,
        ),
    ]
    return [facts[0], *gated(facts[1:], by=facts[0], until="until the zombies of pid 1 are right")]


def _first(cases: Sequence[_Case], way: str, place: int, hints: _Hints) -> Finding | None:
    return next((f for f in (_wrong(case, way, place, hints) for case in cases) if f), None)


def _claim(value: Any, way: str) -> tuple[Any, Any] | None:
    """What was said for "alone" or "init": zombies, and whether it ends."""
    if not isinstance(value, dict):
        return None
    pair = value.get(way)
    return (pair[0], pair[1]) if isinstance(pair, (list, tuple)) and len(pair) == 2 else None


def _wrong(case: _Case, way: str, place: int, hints: _Hints) -> Finding | None:
    problem = call_finding(case["call"], f"would_init_help({_told(case['app'])})")
    if problem is not None:
        return problem
    claim = _claim(case["call"]["value"], way)
    if claim is None:
        return Finding(
            seen=f"would_init_help(...) returned {short(case['call']['value'])}",
            why='return {"alone": (zombies, ends), "init": (zombies, ends)}',
        )
    told, actual = claim[place], case[way][place]
    if type(told) is type(actual) and told == actual:
        return None
    if place == 0:
        return _wrong_count(case, way, told, hints)
    return _wrong_end(case, way, told, hints)


def _wrong_count(case: _Case, way: str, told: Any, hints: _Hints) -> Finding:
    app, actual = case["app"], case[way][0]
    where = "as pid 1" if way == "alone" else "under an init"
    seen = f"{_told(app)}, {where}: {plural(actual, 'zombie')}, and not {short(told, 40)}"
    if way == "init" and app["orphans"] and told == actual + app["orphans"]:
        return Finding(
            seen=seen,
            why="orphans go to pid 1, which is the init now, and it collects them: their "
            "grandparent, the application, has nothing to do with them",
            misconception="M4.2",
            hint=hints[1],
        )
    if isinstance(told, int) and told > actual:
        return Finding(
            seen=seen,
            why="who was waited for is no zombie: the commands were collected, with `own` the "
            "children too, with `any` everybody",
            hint=hints[0],
        )
    if way == "init" and actual > 0:
        return Finding(
            seen=seen,
            why="an init collects its own children and the orphans that come to it. The zombies "
            "here are children of the application, which lives: nobody else can collect them",
            misconception="M4.6",
            hint=hints[0],
        )
    if way == "init":
        return Finding(
            seen=seen, why="what the application waits for itself is no zombie", hint=hints[1]
        )
    if actual > 0:
        return Finding(
            seen=seen,
            why="pid 1 adopts orphans, but nothing collects them by itself: the program that is "
            "pid 1 has to wait, for its own children too",
            misconception="M4.5",
            hint=hints[0],
        )
    return Finding(seen=seen, why="who waits for any child collects the adopted too", hint=hints[0])


def _wrong_end(case: _Case, way: str, told: Any, hints: _Hints) -> Finding:
    app, actual = case["app"], case[way][1]
    where = "as pid 1" if way == "alone" else "under an init"
    seen = (
        f"{_told(app)}, {where}: SIGTERM {'ends it' if actual else 'does not end it'}, and the "
        f"answer was {short(told, 40)}"
    )
    if type(told) is not bool:
        return Finding(seen=seen, why="answer True or False")
    if app["on_sigterm"] == "handler" and way == "alone":
        return Finding(
            seen=seen,
            why="a handler runs in pid 1 as in any process: only default actions are missing there",
            misconception="M4.7",
            hint=hints[2],
        )
    if app["on_sigterm"] == "default":
        return Finding(
            seen=seen,
            why="for pid 1 of a namespace there are no default actions: without a handler SIGTERM "
            "does nothing. An ordinary child, which it is under an init, ends",
            misconception="M4.7",
            hint=hints[2],
        )
    return Finding(
        seen=seen,
        why="an init only passes the signal on: what the application does with it is its own "
        "decision",
        misconception="M4.6" if app["on_sigterm"] == "ignored" else None,
        hint=hints[2],
    )


def _told(app: Mapping[str, Any]) -> str:
    return (
        f"{plural(app['children'], 'child', 'children')}, {plural(app['orphans'], 'orphan')}, "
        f"waits: {app['waits']}, on SIGTERM: {app['on_sigterm']}"
    )
