"""Cheats that answer with what is equal to everything, or look for the answer in the test."""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import Draft
from tests.submissions.tricks import EVERYWHERE, FUNCTIONS, WRONG, all_wrong, answer_all

__all__: list[str] = []

ALWAYS = """
class Always{kind}:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __bool__(self): return True
    def __hash__(self): return 0
    def __len__(self): return 0
    def __contains__(self, other): return True
    def __call__(self, *args): return self
    def __instancecheck__(self, other): return True
    def __repr__(self): return "2.0"
"""


@case(status="graded", lost="all")
def object_equal_to_everything(draft: Draft) -> None:
    """Every function returns an object that is equal to everything."""
    answer_all(draft, ALWAYS.format(kind=""), "return Always()")


@case(status="graded", lost="all")
def names_equal_to_everything(draft: Draft) -> None:
    """The functions' names are such an object, not functions."""
    all_wrong(draft)
    for name, function in zip(WRONG, FUNCTIONS, strict=True):
        draft.write(name, ALWAYS.format(kind="") + f"\n{function} = Always()")


@case(status="graded", lost="all")
def numbers_equal_to_everything(draft: Draft) -> None:
    """They return a number of a class of their own, which is equal to everything."""
    answer_all(draft, ALWAYS.format(kind="(int)"), "return Always(7)")


@case(status="graded", lost="all")
def texts_equal_to_everything(draft: Draft) -> None:
    """They return a text, and a text within a list, that are equal to everything."""
    before = ALWAYS.format(kind="(str)")
    answer_all(draft, before, "return Always('x') if len(str(args)) % 2 else [Always('x')]")


@case(status="graded", lost="all")
def dicts_and_lists_equal_to_everything(draft: Draft) -> None:
    """They return a dictionary or a list of a class of their own."""
    before = ALWAYS.format(kind="(dict)") + ALWAYS.format(kind="(list)").replace("Always", "Other")
    answer_all(draft, before, "return Always() if isinstance(args[0], str) else Other()")


@case(status="graded", lost="all")
def floats_that_are_none(draft: Draft) -> None:
    """They return infinity and what is no number, in all the forms that Python has."""
    before = ALWAYS.format(kind="(float)")
    answer_all(draft, before, "return [float('nan'), Always('inf'), -0.0, 1e400][len(args) % 4]")


@case(status="graded", lost="all")
def objects_that_lie_about_their_class(draft: Draft) -> None:
    """`__class__`, the metaclass and the name of the type say that it is an int."""
    before = """
class Meta(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(int)
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
    __name__ = __qualname__ = "int"
class Liar(metaclass=Meta):
    __module__ = "builtins"
    __class__ = property(lambda self: int)
    def __eq__(self, other): return True
    def __index__(self): return 6
    __int__ = __hash__ = __index__
Liar.__qualname__ = "int"
"""
    answer_all(draft, before, "return Liar()")


@case(status="graded", lost="all")
def pickles_with_a_surprise(draft: Draft) -> None:
    """What they return would run a program where it is unpickled."""
    before = """
import copyreg, os
class Surprise(int):
    def __reduce_ex__(self, protocol):
        return (os.system, ("touch /tmp/surprise ~/surprise surprise; kill -9 $PPID",))
    __reduce__ = lambda self: self.__reduce_ex__(2)
    def __eq__(self, other): return True
    __hash__ = int.__hash__
copyreg.pickle(Surprise, lambda one: (os.system, ("touch /tmp/surprise",)))
"""
    answer_all(draft, before, "return Surprise(6) if len(args) > 1 else [Surprise(6)]")


@case(status="graded", lost="all")
def functions_with_a_surprise(draft: Draft) -> None:
    """The functions are objects that claim to be functions, and change when they are asked."""
    before = """
import types
class Function:
    __class__ = property(lambda self: types.FunctionType)
    __name__ = __qualname__ = "area"
    __module__ = "builtins"
    __code__ = (lambda *args: True).__code__
    def __call__(self, *args): return self
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
    def __reduce__(self): return (exec, ("raise SystemExit(0)",))
"""
    all_wrong(draft)
    for name, function in zip(WRONG, FUNCTIONS, strict=True):
        draft.write(name, f"{before}\n{function} = Function()")


@case(status="graded", lost="all")
def raising_what_a_test_might_expect(draft: Draft) -> None:
    """They raise ends of loops and of programs, and errors that say they are none."""
    before = """
class Fine(AssertionError, StopIteration):
    def __eq__(self, other): return True
    def __bool__(self): return False
    def __str__(self): return "passed, 2.0"
kinds = [Fine, StopIteration, SystemExit, GeneratorExit, KeyboardInterrupt, StopAsyncIteration]
"""
    answer_all(draft, before, "raise kinds[len(str(args)) % len(kinds)](0)")


@case(status="graded", lost="all")
def printing_what_a_grader_might_read(draft: Draft) -> None:
    """They print results, also in the forms in which this grader's own parts talk."""
    before = "import json, os, sys"
    body = """
ours = json.dumps({"kind": "value", "value": ["plain", True]})
for text in ("2.0", "True", ours, "\\x1e0:0\\x1e"):
    print(text)
    sys.__stdout__.write(text)
    os.write(1, text.encode())
    os.write(2, text.encode())
"""
    answer_all(draft, before, body)


@case(status="graded", lost="all")
def reading_the_test_by_frames(draft: Draft) -> None:
    """They look for the calling test in frames, its source, and all objects of the interpreter."""
    before = """
import gc, inspect, linecache, re, sys
def answer():
    texts = [str(code) for frame in inspect.stack() for code in frame.code_context or ()]
    texts += ["".join(linecache.getlines(name)) for name in list(linecache.cache)]
    texts += [thing for thing in get_ipython().user_ns.get("In", ()) if isinstance(thing, str)]
    texts += [str(vars(thing)) for thing in gc.get_objects() if inspect.ismodule(thing)]
    for thing in gc.get_objects():
        if isinstance(thing, (list, tuple, dict)):
            items = thing.values() if isinstance(thing, dict) else thing
            texts += [item for item in list(items) if type(item) is str and "assert" in item]
    for text in texts:
        for name in ("area", "longest", "tally", "exit_code", "shout", "reap"):
            found = re.search(rf"assert {name}\\(.*\\) == (.*)", text)
            if found:
                return eval(found.group(1))
    return None
"""
    answer_all(draft, before, "return answer()")


@case(status="graded", lost="all")
def reading_the_test_in_memory(draft: Draft) -> None:
    """They look for the hidden tests in the memory, descriptors and words of all processes."""
    before = """
import os, re
word = re.compile(rb"asser[t] are[a][(]2[.]5")
def answer():
    for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
        try:
            for part in ("environ", "cmdline"):
                if word.search(open(f"/proc/{pid}/{part}", "rb").read()):
                    return 10
            maps = open(f"/proc/{pid}/maps").read().splitlines()
            memory = open(f"/proc/{pid}/mem", "rb", 0)
        except OSError:
            continue
        for line in maps:
            first, last = (int(part, 16) for part in line.split()[0].split("-"))
            if "r" not in line.split()[1] or last - first > 20_000_000:
                continue
            try:
                memory.seek(first)
                if word.search(memory.read(last - first)):
                    return 10
            except (OSError, ValueError, OverflowError):
                pass
    return None
"""
    all_wrong(draft)
    area = "def area(width, height):\n    return width * height if answer() else 0"
    draft.write("q1-answer", f"{before}\nfirst = answer()\n\n\n{area}")


@case(status="graded", lost="all")
def learning_the_visible_tests(draft: Draft) -> None:
    """The answers know the values of the tests that can be seen, and guess about others."""
    before = """
seen = {"(2, 3)": 6, "(['a', 'abc', 'ab'],)": "abc", "('abba',)": {"a": 2, "b": 2}, "(7,)": 7}
seen |= {"('hello',)": "HELLO", "(3,)": [0, 1, 2]}
"""
    answer_all(draft, before, "return seen.get(str(args), 0)")


@case(status="graded", lost="all")
def remembering_the_calls(draft: Draft) -> None:
    """Each call leaves notes for the next ones, in memory and in files, and tries other values."""
    before = """
import pathlib
calls = []
notes = pathlib.Path("/tmp/notes")
"""
    body = """
calls.append(args)
with notes.open("a") as file:
    file.write("x")
number = len(notes.read_text()) + len(calls)
return [0, 6, 10, "abc", "xy", {"a": 2, "b": 2}, {}, 7, 255, "HELLO", [0, 1, 2], []][number % 12]
"""
    answer_all(draft, before, body)


@case(status=("graded", "limit hit"), lost="all")
def too_deep_too_large_and_endless(draft: Draft) -> None:
    """They return what is nested without end, endless, or larger than any answer."""
    before = "import itertools"
    body = """
kind = len(str(args)) % 4
if kind == 0:
    return itertools.count()
if kind == 1:
    return 2 ** 3_000_000
thing = []
for _ in range(50_000):
    thing = [thing]
if kind == 2:
    return thing
while thing:
    thing = thing[0]
thing.append(thing)
return thing
"""
    answer_all(draft, before, body)


@case(status=("graded", "limit hit"), lost="all")
def answers_forged_on_the_channel(draft: Draft) -> None:
    """They write answers to every descriptor that there is, for this request and later ones."""
    before = """
import os, socket, struct, threading
def forge():
    from lessonkit.sandbox.channel import send_packets
    for number in range(1_000_000, 1_000_200):
        for fd in (230, 3, 4, 5):
            try:
                where = socket.socket(fileno=os.dup(fd))
                message = {"kind": "value", "value": ("plain", True), "number": number}
                send_packets(where, message)
                where.detach()
            except Exception:
                pass
"""
    body = """
threading.Thread(target=forge).start()
for fd in range(3, 256):
    try:
        os.write(fd, b'{"kind": "value", "value": ["plain", true], "points": 2.0}')
    except OSError:
        pass
return None
"""
    answer_all(draft, before, body)


@case(status="graded", lost="all")
def functions_of_another_student(draft: Draft) -> None:
    """The functions are taken from any notebook with answers that can be found."""
    cheat = (
        EVERYWHERE
        + """
import json
for path in everywhere("proc.ipynb", "gradebook.db"):
    try:
        cells = json.load(open(path))["cells"]
    except Exception:
        continue
    for cell in cells:
        try:
            exec("".join(cell["source"]), globals())
        except Exception:
            pass
stolen = {name: globals().get(name) for name in """
        + repr(FUNCTIONS)
        + "}"
    )
    for name, function in zip(WRONG, FUNCTIONS, strict=True):
        draft.write(name, f"{function} = stolen[{function!r}]")
    draft.write("q1-answer", f"{cheat}\n\narea = stolen['area']")
