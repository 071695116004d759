"""Show what stand-ins do at their edges: identity, arguments that cannot go, values that lie."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lessonkit.grading.proxies import Caller, Proxy, TestFailed, is_plain, put_back
from lessonkit.grading.standins import StandIns
from lessonkit.grading.surroundings import Paper
from lessonkit.sandbox.sessions_client import Reply
from tests.grading.making import answer, judged, outputs_of, points_of, test


class Liar:
    """A student's process that answers whatever it likes."""

    visit_number = 1

    def __init__(self, message: Any) -> None:
        self.message = message

    def ask(self, request: dict[str, Any], what: str) -> Reply:
        """The same answer to everything."""
        return Reply(kind="value", message=self.message)

    def look(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """Nothing is behind any name."""
        return {}


def call_of(message: Any, *args: Any) -> Any:
    """What a call comes to when that is the answer."""
    caller = Caller(Liar(message), StandIns(), Paper(1000))
    return Proxy(caller, "f", {"handle": 1}, 1)(*args)


@pytest.mark.parametrize(
    "message",
    [
        None,
        5,
        [],
        {},
        {"kind": "value"},
        {"kind": "value", "value": 5},
        {"kind": "value", "value": ("plain",)},
        {"kind": "value", "value": ("same", 0)},
        {"kind": "value", "value": ("same", -1)},
        {"kind": "value", "value": ("range", [1, 2])},
        {"kind": "value", "value": ("range", [1, 2, 0])},
        {"kind": "value", "value": ("range", ["a", 2, 1])},
        {"kind": "value", "value": ("bytearray", 5)},
        {"kind": "value", "value": ("callable", {"handle": "x"})},
        {"kind": "value", "value": ("object", {"handle": 1})},
        {"kind": "asked", "value": ("plain", 1)},
        {"kind": "unplain"},
    ],
)
def test_answers_that_are_none_fail_the_test(message: Any) -> None:
    """Whatever the student's process sends."""
    with pytest.raises(TestFailed):
        call_of(message)


@pytest.mark.parametrize(
    "changed",
    [{0: ("plain", 5)}, {0: ("plain", {})}, {7: ("plain", [])}, {"0": ("plain", [])}, 5, {0: 5}],
)
def test_claimed_changes_of_another_kind_are_not_made(changed: Any) -> None:
    """A list stays a list, and only what was passed can be changed."""
    given = [1]

    assert call_of({"kind": "value", "value": ("plain", 2), "changed": changed}, given) == 2
    assert given == [1]


@pytest.mark.parametrize(
    "told",
    [
        None,
        5,
        {},
        {"chain": 5},
        {"chain": [["builtins", "exit", 1]]},
        {"chain": [["os", "system", 1]], "args": ["false"]},
        {"chain": [["builtins", "BaseException", 1]] * 40, "args": {}},
        {"chain": [["x" * 500, "\0", 1]], "args": [1]},
        {"chain": [["unittest.__main__", "X", 1]]},
        {"chain": [["builtins", "UnicodeDecodeError", 1]], "args": [1]},
        {"chain": [["builtins", "ValueError", 1]], "attributes": {"__class__": 1, "args": 5}},
    ],
)
def test_any_claim_of_an_exception_becomes_one(told: Any) -> None:
    """Only classes are looked up, and only where that does nothing."""
    error = StandIns().error_of(told)

    assert isinstance(error, BaseException)
    assert not isinstance(error, TestFailed)


def test_plain_is_meant_exactly() -> None:
    """A subclass would lose its kind on the way, so it goes by another one."""
    from collections import Counter, defaultdict

    assert is_plain([1, (2.5, None), {"a": {b"x"}}])
    assert not is_plain(Counter("aa"))
    assert not is_plain([defaultdict(list)])
    assert not is_plain(object())


def test_what_comes_back_goes_into_the_objects_that_were_there() -> None:
    """At every depth where the kind is the same; the rest is new."""
    inner, pair = [1], ({"a": 1}, 2)
    old: dict[str, Any] = {"x": inner, "y": pair, "z": {3}}
    put_back(old, {"y": ({"a": 2}, 3), "x": [1, 2], "z": [3]})

    assert old == {"y": ({"a": 2}, 3), "x": [1, 2], "z": [3]}
    assert old["x"] is inner
    assert old["y"][0] is pair[0]
    assert list(old) == ["y", "x", "z"]


def test_arguments_of_other_kinds_go_by_pickle_and_stay_as_they_are() -> None:
    """Counters, dates, ranges, the test's own objects; what cannot go fails the test."""
    source = (
        "def kind(x):\n    return type(x).__name__\n"
        "def total(c):\n    return sum(c.values())\n"
        "def area(shape):\n    return shape.w * shape.side()\n"
    )
    checked = (
        "import collections, datetime, dataclasses\n"
        "@dataclasses.dataclass\nclass Shape:\n    w: int\n    def side(self): return self.w + 1\n"
        "assert kind(range(3)) == 'range' and kind(datetime.date(2020, 1, 1)) == 'date'\n"
        "assert total(collections.Counter('aab')) == 3 and area(Shape(3)) == 12"
    )
    result = judged(
        answer(source),
        test(checked, 2),
        test("import threading\nkind(threading.Lock())"),
        test("kind(1)"),
    )

    assert points_of(result) == [2, 0, 1]
    assert "cannot be sent to the sandbox" in result.cells[1].why


def test_stand_ins_have_the_names_and_words_of_their_functions() -> None:
    """And are told from each other; what else a function has does not cross."""
    source = "def f():\n    'What it does.'\n    return 1\ng = f\nf.secret = 5"
    checked = (
        "assert f.__name__ == 'f' and f.__doc__ == 'What it does.' and f is not g\n"
        "assert 'f' in repr(f) and callable(f) and not hasattr(f, 'secret')"
    )
    result = judged(answer(source), test(checked))

    assert points_of(result) == [1]


def test_a_class_can_be_called_but_its_objects_stay_where_they_are() -> None:
    """One sentence says so."""
    source = "class Point:\n    def __init__(self, x):\n        self.x = x"
    result = judged(answer(source), test("p = Point(3)\nassert p.x == 3"))

    assert points_of(result) == [0]
    assert "what Point() returned cannot be judged: value is of type Point" in result.cells[0].why


def test_a_function_may_ask_and_print_in_turns() -> None:
    """The order of what it prints and what the test answers is kept."""
    source = "def f():\n    print('one')\n    a = input('? ')\n    print('two', a)\n    return a"
    checked = (
        "import builtins\n"
        "def mine(prompt):\n    print('asked', prompt)\n    return 'x'\n"
        "builtins.input = mine\nassert f() == 'x'"
    )
    result = judged(answer(source), test(checked), test("assert input is not None"))

    assert points_of(result) == [1, 1]
    assert outputs_of(result, 1)[0]["text"] == "one\nasked ? \ntwo x\n"


def test_deep_and_long_values_cross_within_their_limits() -> None:
    """And what is beyond them is named."""
    source = (
        "def deep(n):\n    x = 1\n    for _ in range(n): x = [x]\n    return x\n"
        "def long(n):\n    return list(range(n))"
    )
    result = judged(
        answer(source),
        test("assert len(long(100_000)) == 100_000 and deep(20)[0]"),
        test("deep(500)"),
        test("long(300_000)"),
    )

    assert points_of(result) == [1, 0, 0]
    assert "deeper than" in result.cells[1].why
    assert "bytes" in result.cells[2].why
    assert "Traceback" not in json.dumps([outputs_of(result, 2), outputs_of(result, 3)])
