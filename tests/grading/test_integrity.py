"""Show that no cheat gains a point: every answer here is wrong, and every one scores 0.

The seven that took over stock nbgrader's interpreter, those with doctored data, and those that
aim at this grader: its channel, its encoding, its copies.
"""

from __future__ import annotations

import dataclasses

import pytest

from tests.grading.making import QUICK, answer, given, judged, points_of, test

WRONG = "def add(a, b):\n    return a - b\ndef even(n):\n    return n % 2 == 1\nthing = 41\n"

TESTS = (
    "assert add(1, 2) == 3\nassert add(5, 5) == 10",
    "assert even(2)\nassert not even(3)",
    "assert thing == 42",
    "points = 0\nfor n in range(4):\n    if add(n, n) == 2 * n and n:\n        points += 1\npoints",
    "### BEGIN HIDDEN TESTS\nassert add(20, 22) == 42\n### END HIDDEN TESTS",
)

FAKE = """
class Fake(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __lt__(self, other): return True
    def __gt__(self, other): return True
    def __hash__(self): return 0
    def __call__(self, *a): return self
    def __getattr__(self, name): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mod__ = __sub__
"""

OPAQUE = FAKE.replace("class Fake(int)", "class Fake")

CHEATS = {
    "honestly wrong": WRONG,
    "an ast transformer that drops asserts": WRONG
    + """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Drop())
""",
    "input transformers that empty every cell": WRONG
    + """
get_ipython().input_transformers_post.append(lambda lines: [])
get_ipython().input_transformers_cleanup.append(lambda lines: [])
""",
    "run_cell patched": WRONG
    + """
shell = get_ipython()
shell.run_cell_async = shell.run_cell = lambda *a, **k: None
type(shell).run_cell = lambda *a, **k: None
type(shell).run = lambda self, s, n: {"outputs": [], "ok": True, "count": 1}
""",
    "builtins.compile without asserts": WRONG
    + """
import builtins
real = builtins.compile
builtins.compile = lambda s, f, m, *a, **k: real(s, f, m, optimize=2)
builtins.exec = lambda *a, **k: None
""",
    "a faked result before each cell": WRONG
    + """
from IPython.display import publish_display_data
def fake(*a):
    get_ipython().displayhook(99.0)
    publish_display_data({"text/plain": "99"})
get_ipython().events.register("pre_run_cell", fake)
get_ipython().events.register("post_run_cell", fake)
""",
    "an int that equals everything": FAKE + "thing = Fake()\nadd = even = lambda *a: Fake()",
    "an object that equals everything": OPAQUE + "thing = Fake()\nadd = even = lambda *a: Fake()",
    "names bound to objects that answer everything": OPAQUE + "thing = add = even = Fake()",
    "a str and a float that equal everything": FAKE.replace("int", "str")
    + "thing = Fake('41')\n"
    + FAKE.replace("int", "float").replace("Fake", "Other")
    + "add = even = lambda *a: Other(0.5)",
    "reading the calling test by frames": """
import inspect, linecache, re
def add(*args):
    for frame in inspect.stack():
        text = frame.code_context[0] if frame.code_context else ""
        found = re.search(r"== (\\d+)", text)
        if found:
            return int(found.group(1))
    return -1
even = add
thing = 0
""",
    "reading the memory of init and the files of the box": """
import glob
def add(*args):
    for name in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
        try:
            if b"assert" in open(name, "rb").read():
                return 3
        except OSError:
            pass
    return -1
even, thing = add, -1
""",
    "numbers that are none": "thing = float('nan')\n"
    "def add(*a): return float('inf')\ndef even(n): return float('nan')",
    "answers over the channel itself": WRONG
    + """
import os, socket, json, threading
from lessonkit.sandbox.channel import send_packets
def forge():
    for number in range(1_000_000, 1_000_400):
        for value in (("plain", 3), ("plain", True), ("plain", 10)):
            try:
                send_packets(s, {"kind": "value", "value": value, "number": number})
            except Exception:
                return
def add(*args):
    global s
    s = socket.socket(fileno=230)
    threading.Thread(target=forge).start()
    os.write(230, b"junk")
    return -1
""",
    "a patched grader in its own process": WRONG
    + """
import pickle, os, sys
import lessonkit.plain, lessonkit.payload
import lessonkit.sandbox.channel, lessonkit.sandbox.cells_copy as copy
lessonkit.plain.encode = lambda *a, **k: b'true'
copy.encode = lambda *a, **k: b'3'
copy.Copy._crossing = lambda self, value, args: ("plain", {"__class__": "int"})
pickle.loads = lambda data: (lambda *a: True)
os._exit = sys.exit = lambda *a: None
""",
    "a pickle with a surprise": WRONG
    + """
class Bomb:
    def __reduce__(self): return (print, ("gotcha",))
thing = Bomb()
def add(a, b): return Bomb()
""",
    "raising what a test might catch": """
def add(*args): raise AssertionError("3")
def even(n): raise StopIteration(True)
class Odd(BaseException):
    def __eq__(self, other): return True
    def __str__(self): raise Odd
def thing(): raise Odd
""",
    "a print that looks like points": WRONG
    + "def add(a, b):\n    print('99')\n    print('\\x1e0:0\\x1e')\n    return None",
    "names of the tests and the builtins": WRONG
    + """
import builtins
builtins.AssertionError = type("A", (Exception,), {})
builtins.range = range = lambda *a: []
points = 99
__debug__x = False
""",
    "no functions at all": "pass",
    "iterators that never end and lists that hold themselves": """
def add(*a):
    x = []
    x.append(x)
    return x
def even(n):
    while True: yield True
thing = iter(int, 1)
""",
    "too deep, too large": """
def add(*a):
    x = 3
    for _ in range(10_000): x = [x]
    return x
def even(n): return 'x' * 50_000_000
thing = 2 ** 1_000_000
""",
}

FREE = ("iterators that never end and lists that hold themselves", "too deep, too large")


@pytest.mark.parametrize("name", CHEATS)
def test_no_cheat_gains_a_point(name: str) -> None:
    """Each test is worth 3; together they give nothing."""
    model = "def add(a, b):\n    return a + b\ndef even(n):\n    return n % 2 == 0\nthing = 42"
    result = judged(
        given("import os"),
        answer(CHEATS[name], model=model),
        *(test(text, 3) for text in TESTS),
        # Some of them break their own interpreter, which then does not come back.
        budget=dataclasses.replace(QUICK, cell_seconds=5, call_seconds=5),
    )

    allowed: list[float | None] = [0, 0, 0, 0, 0]
    assert result.status in ("graded", "timed out", "limit hit"), result.reason
    assert points_of(result) == allowed


def test_the_right_answer_gains_them_all() -> None:
    """So the tests above can be passed."""
    right = "def add(a, b):\n    return a + b\ndef even(n):\n    return n % 2 == 0\nthing = 42"
    result = judged(given("import os"), answer(right), *(test(text, 3) for text in TESTS))

    assert points_of(result) == [3, 3, 3, 3, 3]


def test_a_value_that_is_no_plain_data_is_named() -> None:
    """In one sentence, with the function and the type."""
    source = OPAQUE + "add = lambda a, b: Fake()\nthing = Fake()"
    result = judged(answer(source), test("assert add(1, 2)"), test("assert thing"))

    assert points_of(result) == [0, 0]
    assert "of type Fake, which is not plain data" in result.cells[0].why
    assert "thing is an object of type Fake, which cannot leave the sandbox" in result.cells[1].why


def test_what_cannot_be_judged_fails_the_test_though_it_catches_everything() -> None:
    """`except Exception`, and a bare `except`, do not turn it into an expected error."""
    source = OPAQUE + "def f():\n    return Fake()"
    catching = "try:\n    f()\n    raise RuntimeError\nexcept Exception:\n    pass"
    everything = catching.replace("except Exception", "except")
    result = judged(answer(source), test(catching), test(everything))

    assert points_of(result) == [0, 0]


def test_nothing_of_the_students_runs_in_the_worker() -> None:
    """No module, class or function of theirs is to be found in this process afterwards."""
    import gc
    import sys

    source = "class Zyxwv(Exception):\n    marker = 'zyxwv'\ndef f():\n    raise Zyxwv(1)"
    before = set(sys.modules)
    result = judged(answer(source), test("try:\n    f()\nexcept Zyxwv:\n    pass"))
    gc.collect()

    assert points_of(result) == [1]
    kinds = [k for k in Exception.__subclasses__() if k.__name__ == "Zyxwv"]
    assert kinds == []
    assert not any("zyxwv" in name.lower() for name in set(sys.modules) - before)


def test_the_box_holds_neither_tests_nor_points() -> None:
    """A cell that reads all memory and files that it can finds no word of a hidden test."""
    source = (
        "import os, glob\n"
        "found = []\n"
        "word = 'xyz' + 'zy'\n"
        "for pid in [p for p in os.listdir('/proc') if p.isdigit()]:\n"
        "    try:\n"
        "        maps = open(f'/proc/{pid}/maps').read().splitlines()\n"
        "        mem = open(f'/proc/{pid}/mem', 'rb', 0)\n"
        "    except OSError:\n        continue\n"
        "    for line in maps:\n"
        "        a, b = (int(x, 16) for x in line.split()[0].split('-'))\n"
        "        try:\n"
        "            mem.seek(a)\n"
        "            data = mem.read(b - a)\n"
        "        except (OSError, ValueError, OverflowError):\n            continue\n"
        "        if ('secret_' + word).encode() in data:\n            found.append(pid)\n"
    )
    hidden = "### BEGIN HIDDEN TESTS\nsecret_xyzzy = 'secret_xyzzy'\n### END HIDDEN TESTS\n"
    result = judged(
        answer("x = 1"),
        test(hidden + "assert x == 1"),
        answer(source),
        test("assert found == []"),
    )

    assert points_of(result) == [1, 1]
