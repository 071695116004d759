"""Show that calling a student's function from a test is like calling it beside its code."""

from __future__ import annotations

import pytest

from tests.grading.making import answer, judged, outputs_of, points_of, test


def one(source: str, checked: str, points: float = 4) -> float | None:
    """The points of one answer for one test."""
    result = judged(answer(source), test(checked, points))
    assert result.status in ("graded", "timed out", "limit hit"), result.reason
    return points_of(result)[0]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("[1, (2, 'a'), {3: {4}}]", "[1, (2, 'a'), {3: {4}}]"),
        ("range(2, 9, 3)", "range(2, 9, 3)"),
        ("bytearray(b'ab')", "bytearray(b'ab')"),
        ("None", "None"),
        ("float('inf')", "float('inf')"),
        ("b'\\0\\xff'", "b'\\0\\xff'"),
        ("2 ** 300", "2 ** 300"),
    ],
)
def test_values_come_back_as_what_they_are(value: str, wanted: str) -> None:
    """Type and content, for everything that is plain data."""
    checked = f"got = f()\nassert got == {wanted} and type(got) is type({wanted})"

    assert one(f"def f():\n    return {value}", checked) == 4


def test_what_a_function_does_to_its_arguments_is_seen() -> None:
    """In the objects that the test passed, and in those within them."""
    source = "def f(a, b, c):\n    a.append(1)\n    a[0]['x'] = 2\n    b.add(3)\n    c[0] = 65\n"
    checked = (
        "inner = {}\na, b, c = [inner], set(), bytearray(b'xy')\nkept = a\n"
        "assert f(a, b, c) is None\n"
        "assert a == [{'x': 2}, 1] and kept is a and a[0] is inner and inner == {'x': 2}\n"
        "assert b == {3} and c == b'Ay'"
    )

    assert one(source, checked) == 4


def test_a_function_may_return_the_list_that_it_was_given() -> None:
    """The same object, as the test can tell with `is`."""
    checked = "a = [3, 1]\nassert f(a) is a and a == [1, 3]"

    assert one("def f(a):\n    a.sort()\n    return a", checked) == 4


def test_two_arguments_that_are_one_list_stay_one() -> None:
    """What the function does to the first is seen in the second."""
    source = "def f(a, b):\n    a.append(1)\n    return len(b)"

    assert one(source, "a = []\nassert f(a, a) == 1 and a == [1]") == 4


def test_keywords_defaults_and_stars_reach_the_function() -> None:
    """As they were written in the call."""
    source = "def f(a, *rest, b=2, **more):\n    return a, rest, b, more"

    assert one(source, "assert f(1, 5, b=3, z=9) == (1, (5,), 3, {'z': 9})") == 4


def test_functions_go_into_the_sandbox_and_come_out_of_it() -> None:
    """The test's functions, the student's own, and those that theirs return."""
    source = (
        "def twice(f, x):\n    return f(f(x))\n"
        "def inc(x):\n    return x + 1\n"
        "def adder(n):\n    return lambda x: x + n\n"
        "def pick(fs):\n    return fs[0](1)\n"
    )
    checked = (
        "step = 10\n"
        "def up(x):\n    return x + step\n"
        "assert twice(up, 1) == 21 and twice(lambda x: x * 3, 2) == 18\n"
        "assert twice(inc, 1) == 3 and adder(5)(2) == 7 and callable(adder(1))\n"
        "assert pick([inc]) == 2 and twice(adder(2), 0) == 4\n"
        "assert sorted(map(inc, [3, 1])) == [2, 4] and inc.__name__ == 'inc'"
    )

    assert one(source, checked) == 4


def test_generators_can_be_walked() -> None:
    """One value at a time, as far as the test wants, and many."""
    source = (
        "def count(n):\n    i = 0\n    while n is None or i < n:\n        yield i\n        i += 1\n"
        "def bad():\n    yield 1\n    raise ValueError('stop')\n"
    )
    checked = (
        "import itertools\n"
        "assert list(count(3)) == [0, 1, 2] and list(count(1000)) == list(range(1000))\n"
        "assert list(itertools.islice(count(None), 50)) == list(range(50))\n"
        "got = []\n"
        "try:\n    for x in bad(): got.append(x)\nexcept ValueError as e:\n    got.append(str(e))\n"
        "assert got == [1, 'stop']"
    )

    assert one(source, checked) == 4


def test_exceptions_are_what_the_test_expects() -> None:
    """Builtin ones, the standard library's, the student's own, with their arguments."""
    source = (
        "import json\n"
        "class Small(Exception):\n    pass\n"
        "class TooBig(ValueError):\n"
        "    def __init__(self, n):\n        super().__init__('too big')\n        self.n = n\n"
        "def f(x):\n"
        "    if x == 0: raise Small('s')\n"
        "    if x == 1: raise TooBig(7)\n"
        "    if x == 2: return open('/nowhere')\n"
        "    if x == 3: return json.loads('{')\n"
        "    if x == 4: return {}['k']\n"
        "    if x == 5: raise SystemExit(3)\n"
        "    raise KeyboardInterrupt\n"
    )
    checked = (
        "import json\n"
        "def caught(x):\n"
        "    try:\n        f(x)\n    except BaseException as e:\n        return e\n"
        "assert isinstance(caught(0), Small) and caught(0).args == ('s',)\n"
        "e = caught(1)\n"
        "assert isinstance(e, TooBig) and isinstance(e, ValueError) and not isinstance(e, Small)\n"
        "assert str(e) == 'too big' and e.n == 7\n"
        "assert isinstance(caught(2), FileNotFoundError) and caught(2).errno == 2\n"
        "assert type(caught(3)) is json.JSONDecodeError\n"
        "assert type(caught(4)) is KeyError and caught(4).args == ('k',)\n"
        "assert isinstance(caught(5), SystemExit) and caught(5).code == 3\n"
        "assert isinstance(caught(6), KeyboardInterrupt)\n"
        "try:\n    f(1)\n    raise AssertionError\nexcept TooBig:\n    pass"
    )

    assert one(source, checked) == 4


def test_what_a_function_prints_can_be_caught_and_is_shown() -> None:
    """By redirect_stdout, and otherwise in the output of the test's cell."""
    source = "import sys\ndef f():\n    print('hello')\n    print('oh', file=sys.stderr)"
    checked = (
        "import io, contextlib\nout = io.StringIO()\n"
        "with contextlib.redirect_stdout(out):\n    f()\n"
        "assert out.getvalue() == 'hello\\n'\nf()"
    )
    result = judged(answer(source), test(checked, 3))

    assert points_of(result) == [3]
    texts = [o["text"] for o in outputs_of(result, 1) if o["output_type"] == "stream"]
    assert texts == ["oh\nhello\noh\n"]
    assert all(o.get("name") != "stderr" for o in outputs_of(result, 1))


def test_a_test_can_answer_input() -> None:
    """Where it puts its own `input` in place; without one, there is nobody to ask."""
    source = "def f():\n    return int(input('n? ')) + int(input())"
    checked = (
        "from unittest import mock\n"
        "with mock.patch('builtins.input', side_effect=['3', '4']) as ask:\n"
        "    assert f() == 7\n"
        "assert ask.call_count == 2 and ask.call_args_list[0].args == ('n? ',)\n"
        "try:\n    f()\nexcept EOFError:\n    pass\nelse:\n    raise AssertionError"
    )

    assert one(source, checked) == 4


def test_forks_in_functions_work_and_a_child_that_falls_through_answers_for_nobody() -> None:
    """The call's answer is the parent's; the child is ended."""
    source = (
        "import os\n"
        "def good(n):\n    pid = os.fork()\n    if pid == 0:\n        os._exit(n)\n"
        "    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])\n"
        "def through():\n    pid = os.fork()\n    if pid:\n        os.waitpid(pid, 0)\n"
        "        return 'parent'\n    return 'child'\n"
        "def left():\n    if os.fork() == 0:\n        import time\n        time.sleep(60)\n"
        "    return 1\n"
    )
    checked = "assert good(3) == 3 and through() == 'parent' and left() == 1 and left() == 1"

    assert one(source, checked) == 4


def test_names_in_strings_are_found() -> None:
    """`globals()[...]`, `in globals()`, and `eval`."""
    checked = "assert 'f' in globals() and globals()['f'](1) == 2 and eval('f')(2) == 3"

    assert one("def f(x):\n    return x + 1", checked) == 4
