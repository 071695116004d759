"""Trace real programs and compare the lines of their calls with where the calls stand."""

from __future__ import annotations

import copy
import ctypes
import dataclasses
import itertools
import json
import mmap
import os
import pickle
import re
import struct
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonkit import Handle, Limits, Run, run, to_json
from lessonkit.errors import TierUnavailable
from lessonkit.records import Event
from lessonkit.runner import play_scene
from lessonkit.sandbox import pool
from lessonkit.sandbox.tracing import abi, layout, lines, memory
from lessonkit.sandbox.tracing.family import Family
from lessonkit.sandbox.tracing.layout import Layout, layout_here
from lessonkit.sandbox.tracing.lines import Lines, lines_of
from lessonkit.sandbox.tracing.locations import line_in_table
from lessonkit.sandbox.tracing.log import Log
from tests.fence import body, require_inside
from tests.hosts import run_on_host
from tests.real.test_run import cell

__all__ = ["battery"]

pytestmark = pytest.mark.skipif(
    abi.here() is None, reason="by nature: system call numbers of this machine are not known"
)

NAME = "program.py"


@pytest.fixture(autouse=True)
def a_new_box_in_reserve() -> Iterator[None]:
    """End each test with a plain run: a traced one leaves a descriptor of the box in reserve."""
    yield
    run("pass")


def marked(text: str) -> dict[str, int]:
    """The numbers of the lines that end in a comment, by the comment."""
    found = (re.search(r"# ([^#]+)$", line) for line in text.splitlines())
    return {match[1]: number for number, match in enumerate(found, 1) if match}


def traced(program: str, **options: Any) -> Run:
    """Run a source text under the tracer; it must end by itself, and say nothing on stderr."""
    made = run(program, trace="exact", limits=Limits(wall_seconds=60.0), **options)
    assert made.stderr == ""
    assert made.timeline is not None
    return made


def events(made: Run, *kinds: str) -> list[Event]:
    """The events of these kinds, in order."""
    assert made.timeline is not None
    return [event for event in made.timeline.events if event.kind in kinds]


def lines_by_kind(made: Run) -> list[tuple[str, int]]:
    """Kind and line of every event that has a line, in order."""
    assert made.timeline is not None
    return [(e.kind, e.line) for e in made.timeline.events if e.line is not None]


FAMILY = """\
import os, signal

def end(code):
    os._exit(
        code)

pid = os.fork()  # fork
if pid == 0:
    signal.pause()
os.kill(pid, 9)  # send
os.waitpid(pid, 0)  # reap
if os.fork() == 0:  # second fork
    end(3)  # not this one
os.wait()  # second reap
if not os.fork():  # third fork
    os.execv('/bin/true', ['true'])  # exec
os.waitid(os.P_ALL, 0, os.WEXITED)  # third reap
"""


def test_every_call_has_the_line_that_it_stands_in() -> None:
    """fork, kill, wait, _exit and exec of a source text: each with its own line, exactly."""
    at = marked(FAMILY)
    made = traced(FAMILY)

    assert lines_by_kind(made) == [
        ("fork", at["fork"]),
        ("send", at["send"]),
        ("reap", at["reap"]),
        ("fork", at["second fork"]),
        ("exit", 4),  # the call begins there, two lines above its end
        ("reap", at["second reap"]),
        ("fork", at["third fork"]),
        ("exec", at["exec"]),
        ("reap", at["third reap"]),
    ]
    assert made.timeline is not None
    assert made.timeline.sources == {NAME: FAMILY}
    assert {e.source for e in made.timeline.events if e.line} == {NAME}


def test_what_is_no_call_of_the_program_has_no_line() -> None:
    """Starts, zombies, deliveries, stops, new parents, ends by a signal, what init reaps: none."""
    program = (
        "import os, signal\n"
        "r, w = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    if os.fork() == 0:\n"
        "        os.close(w)\n"
        "        os.read(r, 1)\n"
        "        os.abort()\n"
        "    os.kill(os.getpid(), signal.SIGSTOP)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "pid, status = os.waitpid(-1, os.WUNTRACED)\n"
        "os.kill(pid, signal.SIGCONT)\n"
        "os.wait()\n"
    )
    made = traced(program)
    kinds = {"start", "zombie", "signal", "stop", "continue", "reparent"}

    assert {e.kind for e in events(made, *kinds)} == kinds
    assert all(e.line is None and e.source is None for e in events(made, *kinds, "exit"))
    by_init = [e for e in events(made, "reap") if e.by == made.init_pid]
    assert len(by_init) == 2
    assert all(e.line is None for e in by_init)


def test_an_end_has_a_line_only_if_it_is_the_end_that_was_asked_for() -> None:
    """A process that is killed while it is in os._exit ended by that signal, in no line."""
    place = {"line": 3, "source": NAME}
    for asked, status, line in ((0, 9, None), (7 << 8, 0, None), (7 << 8, 7 << 8, 3)):
        log = Log(10, float)
        family = Family(log)
        process = family.start(os.getpid())
        process.leaving = asked, place
        family._note_end(process, status)
        assert [e.line for e in log.events() if e.kind == "exit"] == [line]


def test_a_program_that_returns_ends_in_no_line() -> None:
    """At its end, at sys.exit and at an error Python calls exit, and no line of the text does."""
    program = (
        "import os, sys\n"
        "if os.fork() == 0: sys.exit(3)\n"
        "os.wait()\n"
        "if os.fork() == 0: os.close(2); 1 / 0\n"
        "os.wait()\n"
    )
    assert [e.line for e in events(traced(program), "exit")] == [None, None, None]


def test_the_line_is_that_of_a_traceback() -> None:
    """A call over several lines: the event has the line that Python itself shows."""
    program = (
        "import os\n"
        "def wrong(number):\n"
        "    return (os.kill,\n"
        "        os.kill)[0](\n"
        "            os.getpid(\n"
        "            ), number)\n"
        "try:\n"
        "    wrong(\n"
        "        999)\n"
        "except OSError as error:\n"
        "    print(error.__traceback__.tb_next.tb_lineno)\n"
    )
    made = traced(program)

    assert [e.line for e in events(made, "send")] == [int(made.stdout)]


def test_subprocess_is_called_where_the_program_calls_it() -> None:
    """The frames of the standard library are left out: fork, exec and reap are the program's."""
    program = "import subprocess\n\nsubprocess.run(\n    ['true'])\nimport os\nos.system('true')\n"
    made = traced(program)

    assert lines_by_kind(made) == [(k, n) for n in (3, 6) for k in ("fork", "exec", "reap")]


def test_a_thread_has_its_own_line() -> None:
    """While the main thread joins, another one forks and waits: its lines, not the join's."""
    program = (
        "import os, threading, warnings\n"
        "warnings.simplefilter('ignore')  # newer Pythons warn of forks in threads\n"
        "def work():\n"
        "    if os.fork() == 0:  # fork\n"
        "        if os.fork() == 0:  # grandchild\n"
        "            os._exit(0)  # end of grandchild\n"
        "        os.wait()  # its reap\n"
        "        os._exit(0)  # end\n"
        "    os.wait()  # reap\n"
        "thread = threading.Thread(target=work)\n"
        "thread.start()  # start\n"
        "thread.join()\n"
    )
    at = marked(program)

    assert lines_by_kind(traced(program)) == [
        ("fork", at["start"]),
        ("fork", at["fork"]),
        ("fork", at["grandchild"]),
        ("exit", at["end of grandchild"]),
        ("reap", at["its reap"]),
        ("exit", at["end"]),
        ("reap", at["reap"]),
    ]


def test_the_end_of_a_process_is_where_one_of_its_threads_ends_it() -> None:
    """os._exit in a thread: its line, though the main thread waits elsewhere."""
    program = (
        "import os, threading\n"
        "if os.fork() == 0:\n"
        "    threading.Thread(target=lambda:\n"
        "        os._exit(0)).start()\n"
        "    threading.Event().wait()\n"
        "os.wait()\n"
    )
    assert [e.line for e in events(traced(program), "exit")] == [4, None]


def test_exec_in_a_thread_has_the_threads_line() -> None:
    """The thread takes the process over; the line is that of its call."""
    program = (
        "import os, threading\n"
        "def work():\n"
        "    os.execv('/bin/true', ['true'])\n"
        "threading.Thread(target=work).start()\n"
        "threading.Event().wait()\n"
    )
    assert [e.line for e in events(traced(program), "exec")] == [3]


def test_lines_of_a_function_are_those_of_its_cells() -> None:
    """The function of one cell calls a helper of another: each event names its cell's text."""
    helper = "import os\n\ndef child(code):\n    os._exit(code)\n"
    main = "\ndef function():\n    if os.fork() == 0:\n        child(4)\n    os.wait()\n"
    names = cell(main, cell(helper))
    made = run(names["function"], trace="exact")

    assert made.timeline is not None
    texts = {e.kind: (made.timeline.sources[e.source or ""], e.line) for e in events(made, "fork")}
    texts |= {
        e.kind: (made.timeline.sources[e.source], e.line)
        for e in made.timeline.events
        if e.source is not None
    }
    assert texts == {"fork": (main, 3), "exit": (helper, 4), "reap": (main, 5)}


def test_lines_of_a_function_that_is_known_as_text() -> None:
    """What a check is given as a text has the lines of that text."""
    text = "import os\ndef f(n):\n    for i in range(n):\n        if os.fork() == 0:\n"
    text += "            os._exit(0)\n"
    answer = Handle(source=text, name="f", filename="answer.py")
    made = play_scene("zombies:make_zombies", answer, trace="exact", params={"n": 2})

    found = {(e.kind, e.line, e.source) for e in events(made, "fork", "exit") if e.line}
    assert found == {("fork", 4, "answer.py"), ("exit", 5, "answer.py")}


def test_a_record_with_lines_travels() -> None:
    """It is copied, pickled, taken apart and turned into JSON, and its texts cannot be changed."""
    made = traced(FAMILY)
    timeline = made.timeline
    assert timeline is not None

    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    assert dataclasses.asdict(timeline)["sources"] == {NAME: FAMILY}
    plain = json.loads(json.dumps(to_json(made)))["timeline"]
    assert plain["sources"] == {NAME: FAMILY}
    assert [e["line"] for e in plain["events"]] == [e.line for e in timeline.events]
    assert {e["source"] for e in plain["events"]} == {None, NAME}
    with pytest.raises(TypeError, match="cannot be changed"):
        timeline.sources["other"] = ""  # type: ignore[index]


def test_only_sources_that_are_named_are_kept() -> None:
    """A program without such calls, and a cell that makes none, leave no text in the record."""
    made = traced("print(1)")
    assert made.timeline is not None
    assert made.timeline.sources == {}


@pytest.mark.parametrize("name", ["übung.py", "задача 1.py", "🐍.py", "x" * 300 + ".py"])
def test_a_file_may_have_any_name(name: str) -> None:
    """Names are kept in memory in four ways, and compared as they are kept."""
    made = traced("import os\nos.kill(0, 0)\n", filename=name)

    assert [(e.line, e.source) for e in events(made, "send")] == [(2, name)]


def test_deep_in_a_recursion_the_line_is_found() -> None:
    """The innermost call of the program counts, however many there are around it."""
    program = "import os\ndef f(n):\n    if n: return f(n - 1)\n    os.kill(0, 0)\nf(900)\n"

    assert [e.line for e in events(traced(program), "send")] == [4]


def test_after_exec_there_are_no_lines() -> None:
    """A new program, be it Python again, has other frames; so has a child of it."""
    program = (
        "import os, sys\n"
        "os.execv(sys.executable, ['python3', '-c', 'import os; os.fork(); os.kill(0, 0)'])\n"
    )
    assert lines_by_kind(traced(program)) == [("exec", 2)]


def test_a_program_that_is_no_python_has_no_lines() -> None:
    """A list of words has no text to point to."""
    made = run(["sh", "-c", "true & wait"], trace="exact")

    assert made.timeline is not None
    assert events(made, "reap")
    assert lines_by_kind(made) == []
    assert made.timeline.sources == {}


def test_photographs_have_no_lines() -> None:
    """Only a tracer sees calls; without one nothing looks into the program's memory."""
    made = run(FAMILY, trace="sample")

    assert made.timeline is not None
    assert lines_by_kind(made) == []
    assert made.timeline.sources == {}


def test_the_program_cannot_tell_that_its_lines_are_read() -> None:
    """No hook, no wrapped function, no further thread, descriptor or module: as without."""
    program = (
        "import os, sys, threading\n"
        "print(sys.gettrace(), sys.getprofile(), threading.getprofile(), type(os.fork))\n"
        "print(sorted(os.listdir('/proc/self/fd')), os.listdir('/proc/self/task') == "
        "[str(os.getpid())], sorted(sys.modules))\n"
    )
    assert traced(program).stdout == run(program).stdout


# -- programs that do not want to be read ----------------------------------------------------

# What it does, and the line of the call that it lies about: none, or one that it has.
HOSTILE: dict[str, tuple[str, int | None]] = {
    # A text that claims to be the program, with more lines than that has.
    "more lines": ("exec(compile('\\n' * 999 + 'os.kill(0, 0)', 'program.py', 'exec'))", None),
    "line 2 ** 30": ("exec(code.replace(co_firstlineno=1 << 30))", None),
    # A table that is nonsense, or not even there.
    "table of ones": ("exec(code.replace(co_linetable=b'\\xff' * 30000))", None),
    "table of nothing": ("exec(code.replace(co_linetable=b''))", None),
    "endless numbers": ("exec(code.replace(co_linetable=b'\\xe8' + b'\\x7f' * 30000))", None),
    # Memory of the interpreter overwritten while a call is on its way.
    "table is gone": ("overwrite(code, code.co_linetable, 8); exec(code)", None),
    "table has no end": (
        "size = ctypes.c_ssize_t.from_address(id(code.co_linetable) + 16)\n"
        "was, size.value = size.value, 1 << 62\nexec(code)\nsize.value = was",
        1,
    ),
    # The file has no name: the nearest call in a file that has one.
    "name is gone": ("overwrite(code, code.co_filename, 16); exec(code)", 6),
}

PREPARED = """\
import ctypes, os
def overwrite(owner, wanted, address):
    words = (ctypes.c_size_t * 20).from_address(id(owner))
    words[list(words).index(id(wanted))] = address
code = compile('os.kill(0, 0)', 'program.py', 'exec')
"""


@pytest.mark.parametrize("how", HOSTILE)
def test_a_program_that_lies_about_its_lines_harms_nothing(how: str) -> None:
    """What is read leads nowhere or out of the text: no line, and the run is as ever."""
    lie, line = HOSTILE[how]
    program = f"{PREPARED}{lie}\nos.kill(0, 0)  # honest\nos._exit(5)\n"
    made = traced(program)

    assert made.ending.exit_code == 5
    assert [e.line for e in events(made, "send")] == [line, marked(program)["honest"]]


@pytest.mark.parametrize("seed", range(3))
def test_a_program_that_overwrites_its_interpreter_harms_only_itself(seed: int) -> None:
    """Random bytes all over its thread state and frames: it may crash, and that is told."""
    program = (
        "import ctypes, os, random\n"
        f"dice = random.Random({seed})\n"
        "libc = ctypes.PyDLL(None)\n"
        "state = ctypes.pythonapi.PyThreadState_Get\n"
        "state.restype = ctypes.c_size_t\n"
        "for turn in range(20):\n"
        "    if os.fork() == 0:\n"
        "        where = state() + 8 * dice.randrange(30)\n"
        "        word = (dice.getrandbits(64)).to_bytes(8, 'little')\n"
        "        libc.alarm(1)  # it may go round in circles from here on\n"
        "        libc.memcpy(ctypes.c_void_p(where), word, 8)\n"
        "        libc.kill(0, 0)\n"
        "        libc._exit(7)\n"
        "    dice.random()  # so that the next child throws something else\n"
        "    os.wait()\n"
        "print('done')\n"
    )
    made = run(program, trace="exact", limits=Limits(wall_seconds=90))

    assert (made.ending.kind, made.stdout) == ("exited", "done\n")
    assert made.timeline is not None
    count = program.count("\n")
    assert all(e.line is None or 1 <= e.line <= count for e in made.timeline.events)
    forks = events(made, "fork")
    assert [e.line for e in forks] == [7] * 20, "the parent's memory is its own"


# -- reading memory that somebody has prepared -----------------------------------------------


def own_layout() -> Layout:
    """The layout of the interpreter that runs the tests."""
    found = layout_here()
    assert found is not None
    return found


class Forged:
    """Our own memory, with an interpreter in it that holds what a test puts there."""

    def __init__(self) -> None:
        self.layout = own_layout()._replace(newest_at=0)
        self.kept: list[Any] = []

    def put(self, size: int, words: dict[int, int]) -> int:
        """Make room for so many bytes, with these words at these offsets; return its address."""
        room = ctypes.create_string_buffer(size)
        for offset, word in words.items():
            struct.pack_into("=Q", room, offset, word & (1 << 64) - 1)
        self.kept.append(room)
        return ctypes.addressof(room)

    def read(self, state: int, thread: int | None = None) -> dict[str, Any]:
        """What `Lines` makes of a thread state at that address, counting its system calls."""
        interpreter = self.put(64, {0: state})
        reader = Lines({"x.py": "1\n2\n"}, self.layout._replace(interpreter=interpreter))
        return reader.at(os.getpid(), thread, "fork")

    def state(self, frame: int, *, older: int = 0) -> int:
        """A thread state with this innermost frame."""
        words = {self.layout.older_at: older, self.layout.thread_at: 42}
        if self.layout.hop_at is not None:
            frame = self.put(64, {self.layout.hop_at: frame})
        return self.put(512, {**words, self.layout.frame_at: frame})


def test_an_honest_forgery_is_read() -> None:
    """The tests below would prove nothing if the forged interpreter could not be read."""
    forged, code = Forged(), compile("\npass", "x.py", "exec")
    at = forged.layout
    instruction = id(code) + at.instructions_at
    # The first instruction of a module is of no line or of line 0 or 1: take one of line 2.
    offset = next(start for start, _, line in code.co_lines() if line == 2)
    words = {at.code_at: id(code), at.instruction_at: instruction + offset, at.previous_at: 0}

    assert forged.read(forged.state(forged.put(256, words))) == {"line": 2, "source": "x.py"}
    assert forged.read(forged.state(forged.put(256, words)), thread=42)["line"] == 2
    assert forged.read(forged.state(forged.put(256, words)), thread=43) == {}


@pytest.mark.parametrize("before", [0, 8, 16, 24, 32, 48, 64, 4000])
def test_objects_may_cross_from_page_to_page(before: int) -> None:
    """A name and a table that begin so many bytes before the end of a page are read whole."""
    forged, code = Forged(), compile("\npass", "x.py", "exec")
    at = forged.layout
    offset = next(start for start, _, line in code.co_lines() if line == 2)
    room = mmap.mmap(-1, 6 * mmap.PAGESIZE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(room))
    for place, thing in ((1, code.co_filename), (3, code.co_linetable)):
        copied = ctypes.string_at(id(thing), sys.getsizeof(thing))
        room.seek(place * mmap.PAGESIZE - before)
        room.write(copied)
    forgery = bytearray(ctypes.string_at(id(code), at.instructions_at))
    for place, field in ((1, at.filename_at), (3, at.table_at)):
        struct.pack_into("=Q", forgery, field, start + place * mmap.PAGESIZE - before)
    code_at = forged.put(1024, {})
    ctypes.memmove(code_at, bytes(forgery), len(forgery))
    instruction = code_at + at.instructions_at + offset
    words = {at.code_at: code_at, at.instruction_at: instruction, at.previous_at: 0}

    assert forged.read(forged.state(forged.put(256, words))) == {"line": 2, "source": "x.py"}


@pytest.mark.parametrize("address", [0, 1, 8, 4096, 1 << 46, (1 << 47) - 8, (1 << 63) + 1, -1])
def test_pointers_that_lead_nowhere_give_no_line(address: int) -> None:
    """At each step of the way: the thread state, the frame, its code, what called it."""
    forged = Forged()
    at = forged.layout
    lost = forged.put(256, {at.code_at: address, at.previous_at: address})

    assert forged.read(address) == {}
    assert forged.read(forged.state(address)) == {}
    assert forged.read(forged.state(lost)) == {}


def test_frames_in_a_circle_end() -> None:
    """Who called whom can be a circle, and so can the threads: both are left after a while."""
    forged = Forged()
    at = forged.layout
    circle = forged.put(256, {})
    struct.pack_into("=Q", forged.kept[-1], at.previous_at, circle)
    threads = forged.state(circle)
    struct.pack_into("=Q", forged.kept[-1], at.older_at, threads)
    count = itertools.count()
    read = memory.read

    def counted(*args: int) -> bytes:
        next(count)
        return read(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "read", counted)
        assert forged.read(forged.state(circle)) == {}
        assert forged.read(threads, thread=43) == {}
    assert next(count) < 3 * (lines.MOST_FRAMES + lines.MOST_THREADS)


@given(st.binary(max_size=60), st.integers(-(2**31), 2**31), st.integers(-3, 200))
def test_any_bytes_are_a_table(table: bytes, first_line: int, unit: int) -> None:
    """A table of locations that is nonsense gives some number or none, and raises nothing."""
    assert isinstance(line_in_table(table, first_line, unit), (int, types.NoneType))


def _codes(code: types.CodeType) -> list[types.CodeType]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return [code, *(found for c in inner for found in _codes(c))]


def test_tables_are_read_as_python_reads_them() -> None:
    """For every instruction of some large modules the line is that of `co_lines`."""
    seen = 0
    for module in (ctypes, itertools, os, re, struct, types, pytest):
        path = getattr(module, "__file__", None)
        if path is None or not path.endswith(".py"):
            continue
        with open(path) as file:
            text = file.read()
        for code in _codes(compile(text, path, "exec")):
            for start, end, line in code.co_lines():
                for unit in range(start // 2, end // 2):
                    assert line_in_table(code.co_linetable, code.co_firstlineno, unit) == line
                    seen += 1
    assert seen > 5000


def test_a_layout_that_does_not_fit_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is used it is tried on our own frames; a wrong one means: no lines."""
    assert lines_of({"x.py": ""}) is not None
    found = own_layout()
    for field in ("code_at", "instruction_at", "table_at", "filename_at", "first_line_at"):
        wrong = found._replace(**{field: getattr(found, field) + 8})
        monkeypatch.setattr(lines, "layout_here", lambda wrong=wrong: wrong)
        assert lines_of({"x.py": ""}) is None, field


def test_other_threads_do_not_hide_the_layout() -> None:
    """A newer thread stands before ours in the interpreter's list, and changes nothing."""
    look: Callable[[], Layout | None] = layout_here.__wrapped__
    end = threading.Event()
    threads = [threading.Thread(target=end.wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert look() == own_layout()
    finally:
        end.set()
        for thread in threads:
            thread.join()


def test_an_interpreter_of_another_kind_has_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something is not found, that is said by None and not by an exception."""

    def nothing(wanted: int, address: int, size: int) -> int:
        raise layout._NotFoundError

    look: Callable[[], Layout | None] = layout_here.__wrapped__
    assert look() == own_layout()
    monkeypatch.setattr(layout, "_find", nothing)
    assert look() is None


# -- other tiers: behind the fence -----------------------------------------------------------

OFFERED = {
    "root": ("namespaces", "unused-user", "shared-proc"),
    "user": ("namespaces", "shared-proc", "landlock", "walk"),
    "docker": ("landlock", "walk"),
}
"""Each tier with each kind of user that it differs for."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("host", OFFERED)
def test_lines_are_known_in_every_tier_that_can_trace(host: str) -> None:
    """Where a tier gives a timeline at all, its events have their lines."""
    command = body("tests.real.test_lines:battery", *OFFERED[host])
    fenced = run_on_host(host, command, timeout=150)
    reports = [json.loads(line) for line in fenced.stdout.splitlines() if line.startswith("{")]
    right = [["fork", 2], ["exit", 2], ["reap", 3]]

    assert [r["tier"] for r in reports] == [*OFFERED[host]], fenced.stderr[-2000:]
    assert {r["tier"]: r["lines"] for r in reports if not r["refused"]} == {
        r["tier"]: right for r in reports if not r["refused"]
    }
    assert host == "docker" or not reports[0]["refused"]


def battery(*tiers: str) -> None:
    """Trace a fork in each tier; print one JSON object per tier (behind the fence)."""
    require_inside()
    for tier in tiers:
        os.environ["LESSONKIT_TIER"] = tier
        told: dict[str, Any] = {"tier": tier, "lines": [], "refused": ""}
        try:
            told["lines"] = lines_by_kind(traced("import os\nos.fork() or os._exit(0)\nos.wait()"))
        except TierUnavailable as refusal:
            told["refused"] = str(refusal)
        pool.close()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
