"""Verdicts of 4.4 on records made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lessonkit.errors import CheckError
from tests.checks.handmade import back, did_not_return, failed, judged, one_failed, raised, vanished


def member(parent: str, **marks: bool) -> dict[str, Any]:
    """One member of a family, with these marks."""
    return {"parent": parent, "subreaper": False, "thread": False, "namespace": False, **marks}


CHAIN = {"a": member("init"), "b": member("a"), "c": member("b"), "d": member("c")}
REAPED = {**CHAIN, "a": member("init", subreaper=True)}
THREAD = {**CHAIN, "c": member("b", thread=True)}
INSIDE = {**CHAIN, "b": member("a", namespace=True)}


def case(kind: str, family: Any, ends: str, **after: str) -> dict[str, Any]:
    """A family of which those end, and what the kernel said then."""
    return {"kind": kind, "family": family, "ends": ends.split(), "after": after}


CASES = [
    *[case("plain", CHAIN, "b", a="init", c="init", d="c")] * 4,
    *[case("subreaper", REAPED, "c", a="init", b="a", d="a")] * 5,
    *[case("order", REAPED, "b c", a="init", d="a")] * 6,
    *[case("thread", THREAD, "b:thread", a="init", b="a", c="b", d="c")] * 2,
    *[case("namespace", INSIDE, "c", a="init", b="a", d="b")] * 2,
    case("namespace", INSIDE, "b", a="init"),
]


def facts(kind: str = "", call: Any = None, namespaces: bool = True) -> dict[str, Any]:
    """All cases, all right; the first of that kind with that call, or that answer."""
    cases = [{**one, "call": back(dict(one["after"]))} for one in CASES]
    if not namespaces:
        cases = [one for one in cases if one["kind"] != "namespace"]
    for one in cases:
        if one["kind"] == kind:
            one["call"] = call if isinstance(call, dict) and "kind" in call else back(call)
            break
    return {"namespaces": namespaces, "cases": cases}


def test_all_as_the_kernel_did_it_is_full_points() -> None:
    """Also where no namespaces can be made: the verdict says so, and it costs nothing."""
    assert judged("4.4", facts()).points == 3.5
    without = judged("4.4", facts(namespaces=False))
    assert without.points == without.max_points == 3.5
    assert any("cannot be built on this host" in fact.seen for fact in without.facts)


@pytest.mark.parametrize(
    ("kind", "answer", "misconception", "words", "points"),
    [
        ("plain", {"a": "init", "c": "a", "d": "c"}, "M4.2", "not 'a'", 0),
        ("plain", {"a": "init", "c": "init", "d": "init"}, "M4.3", "d has the parent c", 0),
        ("plain", {"a": "init"}, "M4.4", "c is missing, and it lives", 0),
        ("plain", {"a": "init", "c": "b", "d": "c"}, None, "not 'b'", 0),
        ("plain", None, None, "returned None", 0),
        ("subreaper", {"a": "init", "b": "a", "d": "init"}, "M4.1", "d has the parent a", 2.5),
        ("subreaper", {"a": "init", "b": "a", "d": "b"}, "M4.2", "d has the parent a", 2.5),
        ("subreaper", {"a": "init", "b": "a", "d": "x"}, None, "not 'x'", 2.5),
        (
            "subreaper",
            {"a": "init", "b": "a", "c": "b", "d": "a"},
            None,
            "'c' is in the answer",
            2.5,
        ),
        ("order", {"a": "init", "d": "b"}, None, "not 'b'", 3.0),
        ("order", {"a": "init", "d": "init"}, "M4.1", "not 'init'", 3.0),
        (
            "thread",
            {"a": "init", "b": "a", "c": "init", "d": "c"},
            "M4.13",
            "c has the parent b",
            3.0,
        ),
        ("namespace", {"a": "init", "b": "a", "d": "init"}, "M4.12", "d has the parent b", 3.0),
    ],
)
def test_each_wrong_prediction_names_the_idea_behind_it(
    kind: str, answer: Any, misconception: str | None, words: str, points: float
) -> None:
    """One wrong family is enough."""
    verdict = judged("4.4", facts(kind, answer))
    fact = one_failed(verdict)
    assert words in fact.seen
    assert (fact.misconception, verdict.points) == (misconception, points)


def test_who_ends_with_a_namespace_lives_no_more() -> None:
    """The last case has nobody left but its first member."""
    record = facts()
    record["cases"][-1]["call"] = back({"a": "init", "c": "init", "d": "c"})
    assert one_failed(judged("4.4", record)).misconception == "M4.12"


@pytest.mark.parametrize("call", [raised("KeyError", "'init'"), did_not_return(), vanished(9)])
def test_a_call_without_an_answer_is_no_prediction(call: dict[str, Any]) -> None:
    """The first kind is needed for all others."""
    assert judged("4.4", facts("plain", call)).points == 0


def test_what_was_not_asked_any_more_does_not_count() -> None:
    """A call that hangs is the last one."""
    record = facts()
    record["cases"] = [*record["cases"][:6], {**record["cases"][6], "call": did_not_return()}]
    verdict = judged("4.4", record)
    assert verdict.points == 1
    assert {"not asked" in fact.seen for fact in failed(verdict)} == {True, False}


def test_a_family_that_is_missing_without_reason_is_our_failure() -> None:
    """All that were built have to be asked."""
    record = facts()
    with pytest.raises(CheckError, match="wrote down 2 families of the kind 'namespace'"):
        judged("4.4", {**record, "cases": record["cases"][:-1]})
