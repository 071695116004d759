"""Show what `run` gives back: values, output, endings and errors, as a learner meets them."""

from __future__ import annotations

import copy
import ctypes
import dataclasses
import errno
import functools
import itertools
import json
import linecache
import math
import os
import pickle
import re
import resource
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lessonkit import LessonkitError, Limits, SandboxError, run, to_json
from lessonkit.errors import UsageError

__all__ = ["cell"]

_numbers = itertools.count(1)


def cell(source: str, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run *source* as IPython runs a cell: names of `__main__`, lines known to linecache."""
    filename = f"<cell {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    names = {"__name__": "__main__"} if names is None else names
    exec(compile(source, filename, "exec", dont_inherit=True), names)
    return names


def stable_id(value: object) -> str:
    """A name for pytest that is the same in every process: no addresses, no order of a set."""
    if isinstance(value, set):
        return "a set"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:60]


# -- what goes in --------------------------------------------------------------------------


def test_a_function_brings_what_it_refers_to() -> None:
    """Globals, closures, defaults, helpers and imported modules of the notebook come along."""
    names = cell(
        "import math\n"
        "base = [1, 2]\n"
        "def helper(x): return x + base[-1]\n"
        "def outer(k):\n"
        "    def inner(x, *, step=10): return helper(x) + k + step + math.floor(2.5)\n"
        "    return inner\n"
        "function = outer(100)\n"
    )

    assert run(names["function"], args=(1,)).value == 1 + 2 + 100 + 10 + 2


def test_a_c_library_that_was_opened_outside_is_there_inside() -> None:
    """`libc = ctypes.CDLL(None)` at the top of a notebook, with or without errno: no obstacle."""
    libc = ctypes.CDLL(None, use_errno=True)
    subreaper = ctypes.CDLL(None).prctl
    subreaper.argtypes, subreaper.restype = [ctypes.c_int, ctypes.c_ulong], ctypes.c_long

    def program() -> tuple[int, int, int, bool]:
        asked = ctypes.c_int()
        subreaper(36, 1)
        libc.prctl(37, ctypes.byref(asked))
        failed = libc.close(999)
        return asked.value, failed, ctypes.get_errno(), subreaper.restype is ctypes.c_long

    assert run(program).value == (1, -1, errno.EBADF, True)


def test_a_function_changes_its_copy_only() -> None:
    """What the function does to a global of the notebook stays in the box."""
    names = cell("seen = []\ndef function():\n    seen.append(1)\n    return seen\n")

    assert run(names["function"]).value == [1]
    assert names["seen"] == []


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(os.getpid, id="builtin"),
        pytest.param(functools.partial(os.getpgid, 0), id="partial"),
        pytest.param([1, 2].__len__, id="bound method"),
    ],
)
def test_any_callable_can_be_run(function: Callable[[], int]) -> None:
    """Builtins, partials and bound methods run like functions; each gives 2 here."""
    assert run(function, require={"own_proc": "kernel"}).value == 2


def test_arguments_arrive_as_they_were_given() -> None:
    """Tuples stay tuples and keys stay what they are, on the way in and on the way out."""
    given = ((1, "a"), {2: [b"x"], ("k",): {3}}, None)

    assert run(lambda *args: args, args=given).value == given


def test_a_source_is_a_program_of_its_own() -> None:
    """A source text runs as `__main__`, with its arguments in sys.argv and cwd as home."""
    program = "import os, sys\nprint(__name__, sys.argv, os.getcwd() == os.environ['HOME'])"

    told = run(program, args=("a", "b c"), filename="tool.py").stdout

    assert told == "__main__ ['tool.py', 'a', 'b c'] True\n"


def test_a_source_is_compiled_without_future_statements_of_ours() -> None:
    """Annotations of a program are evaluated, unless the program itself says otherwise."""
    program = "def f(x: int): pass\nprint(f.__annotations__)"

    assert run(program).stdout == "{'x': <class 'int'>}\n"
    assert run("from __future__ import annotations\n" + program).stdout == "{'x': 'int'}\n"


def test_a_source_imports_files_that_were_put_beside_it() -> None:
    """As with `python3 program.py`, the program's own directory is searched first."""
    made = run("import helper\nprint(helper.x)", files={"helper.py": b"x = 5"})

    assert made.stdout == "5\n", made.stderr


def test_a_program_gets_its_arguments_files_and_input() -> None:
    """An argv is run as it is; a file whose name ends in a star can be executed."""
    files = {"bin/tool*": b'#!/bin/sh\necho "$1"; cat notes/a.txt -\n', "notes/a.txt": b"noted\n"}

    made = run(["bin/tool", "a b"], files=files, stdin="typed\n")

    assert (made.stdout, made.ending.exit_code) == ("a b\nnoted\ntyped\n", 0)


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["no-such-program"], 127, "no-such-program: No such file or directory\n"),
        (["/etc/passwd"], 126, "/etc/passwd: Permission denied\n"),
    ],
)
def test_a_program_that_cannot_be_run_ends_as_a_shell_says(
    argv: list[str], code: int, said: str
) -> None:
    """127 for what is not there, 126 for what may not be executed; the reason is on stderr."""
    made = run(argv)

    assert (made.ending.kind, made.ending.exit_code, made.stderr) == ("exited", code, said)


@pytest.mark.parametrize("given", [b"two\nlines\n", "two\nlines\n"])
def test_stdin_holds_what_was_given_and_then_ends(given: bytes | str) -> None:
    """Bytes or text; after that the program is at the end of the file."""
    assert run("import sys; print(list(sys.stdin))", stdin=given).stdout == (
        "['two\\n', 'lines\\n']\n"
    )
    assert run("import sys; print(list(sys.stdin))").stdout == "[]\n"


def test_stdin_may_be_larger_than_a_file_of_the_program() -> None:
    """The limit on files is for what the program writes, not for what it is given to read."""
    given, limits = b"x" * 100_000, Limits(file_bytes=10_000)

    assert run("import sys; print(len(sys.stdin.read()))", stdin=given, limits=limits).stdout == (
        "100000\n"
    )


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("import sys; print(len(sys.stdin.buffer.read()))", {"stdin": b"x" * 5_000_000}),
        ("import os; print(os.path.getsize('a'))", {"files": {"a": b"x" * 5_000_000}}),
        (lambda x: print(len(x)), {"args": ("x" * 5_000_000,)}),
        ("kept = '" + "x" * 5_000_000 + "'\nprint(len(kept))", {}),
    ],
    ids=["stdin", "file", "argument", "source"],
)
def test_large_things_arrive(what: Any, options: dict[str, Any]) -> None:
    """What fits in the limits of files and memory can be sent: five million bytes here."""
    assert run(what, **options).stdout == "5000000\n"


@pytest.mark.parametrize(
    ("files", "limits"),
    [
        ({"a": b"x" * 100_000}, Limits(disk_bytes=8192)),
        ({"a": b"", "a/b": b""}, Limits()),
        ({".": b""}, Limits()),
    ],
)
def test_files_that_cannot_be_put_there_are_no_secret(
    files: dict[str, bytes], limits: Limits
) -> None:
    """The program does not run without a file that was asked for: the caller is told."""
    with pytest.raises(LessonkitError):
        run("print('ran')", files=files, limits=limits)


# -- what comes back -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        2**300,
        -0.5,
        math.inf,
        "é\0\udc80",
        b"\x00\xff",
        (1, (2, [3])),
        {1: "a", (2, 3): [4], None: {}},
        {1, "a", (2,)},
        frozenset({frozenset({1})}),
    ],
    ids=stable_id,
)
def test_plain_values_come_back_as_they_are(value: Any) -> None:
    """Equal and of the same type, at every level that Python's own == looks at."""
    back = run(lambda: value).value

    assert back == value
    assert type(back) is type(value)


def test_not_a_number_comes_back_too() -> None:
    """nan is not equal to itself, but it is still nan."""
    assert math.isnan(run(lambda: [float("nan")]).value[0])


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda: object(), "object"),
        (lambda: [1, {"deep": range(3)}], "range"),
        (lambda: (x for x in "ab"), "generator"),
        (lambda: open("/dev/null"), "TextIOWrapper"),
        (lambda: len, "function"),
    ],
)
def test_what_is_not_plain_data_is_a_problem_of_the_value_only(
    function: Callable[[], Any], word: str
) -> None:
    """The run itself is fine, there is no value, and value_problem names the type."""
    made = run(function)

    assert (made.ok, made.value) == (True, None)
    assert word in str(made.value_problem)


@pytest.mark.parametrize("size", [900_000, 1_500_000, 3_000_000, 6_000_000])
def test_a_large_value_is_never_a_failure_of_ours(size: int) -> None:
    """It comes back, or value_problem says that it is too large."""
    made = run(lambda: "x" * size)

    if made.value is None:
        assert "takes more than" in str(made.value_problem)
    else:
        assert made.value == "x" * size
    assert made.ok


def test_a_record_is_a_frozen_fact() -> None:
    """Records compare by value, cannot be changed, and say so for what they hold."""
    made = run(lambda: 1)

    assert made == dataclasses.replace(made)
    assert made != dataclasses.replace(made, value=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.value = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        made.guarantees["signals"] = "none"  # type: ignore[index]


def test_a_record_becomes_json() -> None:
    """`to_json` leaves nothing that json.dumps refuses, whatever the value holds."""
    made = run(lambda: {(1, 2): [math.nan, {3, "x"}, b"\xff", "\udc80"], 4: frozenset({5})})
    again = json.loads(json.dumps(to_json(made), allow_nan=False))

    assert again["ending"]["kind"] == "exited"
    assert again["limits"]["max_processes"] == 64


def test_a_record_travels() -> None:
    """Grading carries records from one process to another, and tools copy them."""
    made = run(lambda: {1: (2,)})

    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made
    assert dataclasses.asdict(made)["tier"] == made.tier


def test_a_count_says_where_it_comes_from() -> None:
    """forks = 0 is a count like any other, with its source."""
    for made in (run("pass"), run("import os\nif os.fork() == 0: os._exit(0)\nos.wait()")):
        assert made.forks is None or made.forks_source


# -- errors --------------------------------------------------------------------------------


def test_an_error_shows_the_lines_of_the_notebook() -> None:
    """Type, message, and a traceback of the learner's cells with their text; no line of ours."""
    helpers = cell("def divide(a, b):\n    return a / b  # in another cell\n")
    names = cell("def function():\n    return divide(1, 0)  # in this cell\n", helpers)

    made = run(names["function"])
    error = made.error
    assert error is not None
    assert (error.type, error.message) == ("ZeroDivisionError", "division by zero")
    assert "return divide(1, 0)  # in this cell" in error.traceback
    assert "return a / b  # in another cell" in error.traceback
    assert "lessonkit" not in error.traceback
    assert (made.ok, made.ending.exit_code, made.stderr) == (False, 1, "")


@pytest.mark.parametrize(
    "way",
    [
        "class C:\n    def go(self):\n        raise ValueError(1)  # marked\nhelper = C().go\n",
        "def outer():\n    def go():\n        raise ValueError(1)  # marked\n"
        "    return go\nhelper = outer()\n",
        "import functools\ndef go(x):\n    raise ValueError(x)  # marked\n"
        "helper = functools.partial(go, 1)\n",
    ],
    ids=["method", "closure", "partial"],
)
def test_an_error_shows_the_text_of_every_cell_that_took_part(way: str) -> None:
    """Also where the function is reached through an object, a closure or a partial."""
    names = cell("def function():\n    return helper()\n", cell(way))

    error = run(names["function"]).error
    assert error is not None
    assert "# marked" in error.traceback


@pytest.mark.parametrize(
    "call",
    ["(lambda: helper())()", "[helper() for _ in 'x']", "[(lambda: helper())() for _ in 'x']"],
)
def test_an_error_shows_the_text_of_a_cell_that_an_inner_function_calls(call: str) -> None:
    """What a lambda or a comprehension uses is used by the function too."""
    helper = cell("def helper():\n    raise ValueError(1)  # marked\n")
    names = cell(f"def function():\n    return {call}\n", helper)

    error = run(names["function"]).error
    assert error is not None
    assert "# marked" in error.traceback


def test_chained_errors_are_both_shown() -> None:
    """The cause of an error is part of what a learner has to see."""
    made = run("try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('outer') from e\n")

    assert made.error is not None
    assert made.error.type == "ValueError"
    assert "KeyError: 'k'" in made.error.traceback
    assert "direct cause" in made.error.traceback
    assert made.stderr == made.error.traceback


def test_a_source_that_is_no_python_says_where() -> None:
    """A SyntaxError names the line, as Python does, and nothing before it ran."""
    made = run("print('early')\nx = = 2\n", filename="broken.py")

    assert made.error is not None
    assert made.error.type == "SyntaxError"
    assert made.error.traceback.startswith('  File "broken.py", line 2\n    x = = 2\n')
    assert made.stdout == ""


def test_an_error_that_cannot_be_printed_still_has_its_lines() -> None:
    """An exception whose own __str__ fails costs the message, not the traceback."""
    names = cell(
        "class Odd(Exception):\n    def __str__(self): return 1 / 0\n"
        "def function():\n    raise Odd()  # here\n"
    )

    error = run(names["function"]).error
    assert error is not None
    assert error.type == "Odd"
    assert "# here" in error.traceback


def test_an_error_without_streams_shows_no_line_of_ours() -> None:
    """A program may throw sys.stdout and sys.stderr away; its error is still its own."""
    made = run("import sys\nsys.stdout = sys.stderr = None\n1 / 0\n")

    assert made.error is not None
    assert made.error.type == "ZeroDivisionError"
    assert "lessonkit" not in made.error.traceback


def test_an_error_in_a_child_is_printed_once() -> None:
    """A child of a source that fails says so on stderr as any Python does, and ends with 1."""
    made = run("import os\nif os.fork() == 0:\n    1 / 0\nprint(os.wait()[1])\n")

    assert made.stdout == "256\n"
    assert made.stderr.count("ZeroDivisionError") == 1
    assert made.error is None


@pytest.mark.parametrize("size", [1, 10_000])
def test_running_out_of_memory_is_told(size: int) -> None:
    """MemoryError is reported even when the program holds all memory until its end."""
    names = cell(
        "def function(size):\n    global kept\n    kept = []\n"
        "    while True: kept.append(bytearray(size))\n"
    )

    error = run(names["function"], args=(size,), limits=Limits(memory_bytes=48 << 20)).error
    assert error is not None
    assert error.type == "MemoryError"


# -- endings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "code", "said"),
    [
        ("", 0, ""),
        ("None", 0, ""),
        ("3", 3, ""),
        ("True", 1, ""),
        ("256", 0, ""),
        ("-1", 255, ""),
        ("'sorry'", 1, "sorry\n"),
        ("[1, 2]", 1, "[1, 2]\n"),
    ],
)
def test_sys_exit_ends_as_in_any_python(argument: str, code: int, said: str) -> None:
    """Numbers are the exit code, modulo 256; everything else is printed and makes 1."""
    made = run(f"import sys\nsys.exit({argument})\n")

    assert (made.ending.kind, made.ending.exit_code, made.stderr) == ("exited", code, said)
    assert made.error is None


def test_a_function_that_exits_has_no_value() -> None:
    """sys.exit in a function is an ending with its code, not an error."""

    def function() -> None:
        import sys

        print("bye")
        sys.exit(3)

    made = run(function)
    assert (made.ending.exit_code, made.value, made.error, made.stdout) == (3, None, None, "bye\n")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGHUP])
def test_a_signal_that_ends_the_program_is_named(number: signal.Signals) -> None:
    """The ending is "signaled", with the number that wait(2) gave."""
    ending = run(f"import os; os.kill(os.getpid(), {int(number)})").ending

    assert (ending.kind, ending.term_signal, ending.exit_code) == ("signaled", number, None)


def test_no_core_is_dumped() -> None:
    """The limit on core files is 0, so the core flag stays down where the kernel writes files."""
    if Path("/proc/sys/kernel/core_pattern").read_text().startswith("|"):
        pytest.skip("by nature: this host pipes cores to a helper, whatever the limit")
    ending = run("import os; os.abort()").ending

    assert (ending.term_signal, ending.core_dumped) == (signal.SIGABRT, False)


# -- buffers, handlers, threads, copies ----------------------------------------------------


def test_what_was_not_flushed_is_lost_with_os_exit() -> None:
    """stdout is a pipe and so block-buffered, and os._exit flushes nothing, as everywhere."""
    assert run("import os; print('lost'); os._exit(7)").stdout == ""
    assert run("import os; print('kept', flush=True); os._exit(7)").stdout == "kept\n"


def test_a_fork_copies_the_buffer_too() -> None:
    """What was printed and not flushed before a fork is written by both processes."""
    program = "import os\nprint('once?')\nif os.fork(): os.wait()\n"

    assert run(program).stdout == "once?\nonce?\n"


def test_the_end_of_a_program_is_the_end_of_a_python() -> None:
    """Threads are waited for first, then exit handlers run, last registered first."""
    program = (
        "import atexit, threading\n"
        "atexit.register(print, 'handler 1')\natexit.register(print, 'handler 2')\n"
        "gate = threading.Event()\n"
        "threading.Thread(target=lambda: (gate.wait(), print('thread'))).start()\n"
        "print('main')\nthreading.Timer(0.05, gate.set).start()\n"
    )

    assert run(program).stdout.splitlines() == ["main", "thread", "handler 2", "handler 1"]


def test_a_child_that_falls_through_is_not_a_second_run() -> None:
    """The function's copy in a child returns into nothing: one value, one report, one corpse."""

    def function() -> int:
        import os

        child = os.fork()
        print("here", flush=True)
        if child:
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        return child

    made = run(function)
    assert made.stdout == "here\nhere\n"
    assert [(c.pid, c.wait_status) for c in made.zombies_left] == [(made.value, 0)]


def test_a_function_reaches_its_helpers_in_worker_processes() -> None:
    """multiprocessing sends functions by name: names of the notebook are names of `__main__`."""
    names = cell(
        "import multiprocessing\ndef square(x): return x * x\n"
        "def function():\n    with multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "        return pool.map(square, range(4))\n"
    )

    made = run(names["function"])
    assert made.value == [0, 1, 4, 9], made.error


# -- the caller's side ---------------------------------------------------------------------


def test_runs_in_several_threads_do_not_mix() -> None:
    """Each thread gets the record of its own program."""
    made: dict[tuple[int, int], Any] = {}

    def work(number: int) -> None:
        for step in range(3):
            made[number, step] = run(lambda *it: it, args=(number, step)).value

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == {(n, s): (n, s) for n in range(4) for s in range(3)}


def test_output_is_handed_over_while_the_program_runs() -> None:
    """`live` sees each line before the program has ended, and which stream it was on."""
    seen: list[tuple[str, bytes]] = []
    program = (
        "import os, sys\nprint('one')\nprint('two', file=sys.stderr)\n"
        "while not os.path.exists('/proc/self/fd/0'): pass\nprint('three')\n"
    )

    made = run(program, live=lambda stream, data: seen.append((stream, data)))

    assert b"".join(d for s, d in seen if s == "stdout").decode() == made.stdout == "one\nthree\n"
    assert ("stderr", b"two\n") in seen


def test_an_error_in_the_callers_own_callback_is_the_callers() -> None:
    """It ends the box, is passed on as it is, and the next run works."""

    def live(stream: str, data: bytes) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        run("while True: print('x' * 1000)", live=live)
    assert run("print(1)").stdout == "1\n"


def test_the_same_descriptors_are_open_before_and_after() -> None:
    """Whatever a run comes to, the client holds no more descriptors than before it."""
    run("pass")
    before = _descriptors()
    run(lambda: 1 / 0)
    run("while True: pass", limits=Limits(wall_seconds=0.1))
    run("while True: print('x' * 10000)", limits=Limits(output_bytes=1000))
    run("import os; os.closerange(0, 1024)")

    assert _descriptors() == before


def _descriptors() -> Counter[str]:
    """What is open, by kind; the box in reserve is another one after each run."""
    kinds: Counter[str] = Counter()
    for name in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the folder itself
            kinds[os.readlink(f"/proc/self/fd/{name}").partition(":[")[0]] += 1
    return kinds


def test_a_caller_keeps_its_own_surroundings() -> None:
    """Signal handlers, the mask, limits, the directory and the environment are as before."""

    numbers = sorted(signal.valid_signals())
    limits = (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)

    def surroundings() -> list[Any]:
        return [
            [signal.getsignal(number) for number in numbers],
            signal.pthread_sigmask(signal.SIG_BLOCK, []),
            [resource.getrlimit(limit) for limit in limits],
            os.getcwd(),
            dict(os.environ),
        ]

    before = surroundings()
    run(lambda: 1)
    assert surroundings() == before


def test_a_box_in_reserve_that_was_lost_is_replaced() -> None:
    """The next box is made ahead; when something ends it meanwhile, a run does not fail."""
    from lessonkit.sandbox import pool

    run("pass")
    kept = pool._keep({})
    assert kept.spare is not None
    kept.spare._take_answer()
    signal.pidfd_send_signal(kept.spare.pidfd, signal.SIGKILL)

    assert run("print('still here')").stdout == "still here\n"


def test_a_launcher_that_was_killed_is_replaced() -> None:
    """The next run starts a new one; nobody is told, because nothing was lost."""
    from lessonkit.sandbox import pool

    run("pass")
    first = pool._keep({}).launcher
    os.kill(first.pid, signal.SIGKILL)
    os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)

    assert run("print('still here')").stdout == "still here\n"
    assert pool._keep({}).launcher.pid != first.pid


def test_one_launcher_serves_what_it_can_serve() -> None:
    """A requirement that the launcher in use fulfils anyway does not start another one."""
    from lessonkit.sandbox import pool

    pool.close()
    first = run("pass")
    run("pass", require={"signals": first.guarantees["signals"]})
    run("pass", trace="sample", require={"proc": first.guarantees["proc"]})

    assert len({kept.launcher.pid for kept in pool._kept.values()}) == 1


# -- wrong use -----------------------------------------------------------------------------

LOCK = threading.Lock()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"what": 5}, "5"),
        ({"what": None}, "None"),
        ({"what": []}, "name"),
        ({"what": b"print(1)"}, "string"),
        ({"what": ["ls", 1]}, "1"),
        ({"what": ["ls", "a\0b"]}, "NUL"),
        ({"what": "print('\udc80')"}, "udc80"),
        ({"what": "pass", "args": [1]}, "1"),
        ({"what": "pass", "args": 5}, "args"),
        ({"what": len, "args": 5}, "args"),
        ({"what": len, "args": [object()]}, "object"),
        ({"what": lambda: LOCK}, "lock"),
        ({"what": "pass", "trace": "always"}, "always"),
        ({"what": "pass", "require": {"peace": "kernel"}}, "peace"),
        ({"what": "pass", "require": {"signals": "much"}}, "much"),
        ({"what": "pass", "files": {"../a": b""}}, "../a"),
        ({"what": "pass", "files": {"/etc/a": b""}}, "/etc/a"),
        ({"what": "pass", "files": {"": b""}}, "''"),
        ({"what": "pass", "files": {"a": "text"}}, "bytes"),
        ({"what": "pass", "stdin": 5}, "stdin"),
        ({"what": "pass", "limits": {"wall_seconds": 1}}, "Limits"),
        ({"what": "pass", "limits": Limits(memory_bytes="64M")}, "memory_bytes"),  # type: ignore[arg-type]
        ({"what": "pass", "limits": Limits(open_files=-1)}, "open_files"),
        ({"what": "pass", "limits": Limits(max_processes=0)}, "max_processes"),
        ({"what": "pass", "limits": Limits(wall_seconds=math.nan)}, "wall_seconds"),
    ],
    ids=stable_id,
)
def test_wrong_use_is_told_in_words(given: dict[str, Any], word: str) -> None:
    """UsageError names what is wrong; nothing was started for it."""
    with pytest.raises(UsageError) as caught:
        run(**given)

    assert word in str(caught.value)
    assert not isinstance(caught.value, SandboxError)


def test_limits_given_as_floats_are_kept() -> None:
    """`Limits(memory_bytes=64e6)` is what people write: it limits, or it is refused."""
    program = "import resource as r\nprint(r.getrlimit(r.RLIMIT_DATA), r.getrlimit(r.RLIMIT_FSIZE))"
    told = None
    try:
        told = run(program, limits=Limits(memory_bytes=64e6)).stdout  # type: ignore[arg-type]
    except UsageError as error:
        words = str(error)

    assert told in (None, "(64000000, 64000000) (16777216, 16777216)\n")
    assert told is not None or "memory_bytes" in words
