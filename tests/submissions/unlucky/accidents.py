"""Ordinary accidents in cells and functions: no point that was earned may be lost by one."""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell
from tests.submissions.tricks import CUT_SHORT, ENDED

__all__: list[str] = []


def also(draft: Draft, text: str, before: str = "q2-text") -> None:
    """A cell of the student's own."""
    draft.insert(before, code_cell(text))


def below(draft: Draft, name: str, text: str) -> None:
    """Something below the answer, in its cell."""
    draft.write(name, f"{ANSWERS[name]}\n\n{text}")


@case(status="graded")
def asks_for_input(draft: Draft) -> None:
    """A cell asks whoever runs it for a value, and nobody is there."""
    below(draft, "q1-answer", "width = int(input('How wide? '))\nprint(area(width, 2))")


@case(status="graded", lost="q1")
def asks_for_input_in_a_function(draft: Draft) -> None:
    """A function asks for its values instead of taking its arguments."""
    draft.write("q1-answer", "def area(width, height):\n    return int(input()) * int(input())")


@case(status="graded")
def leaves_with_sys_exit(draft: Draft) -> None:
    """A cell ends with sys.exit(), as programs do."""
    below(draft, "q1-answer", "import sys\nif area(1, 1) == 1:\n    sys.exit()")


@case(status="graded")
def leaves_with_exit(draft: Draft) -> None:
    """A cell ends with exit, another with quit()."""
    also(draft, "exit")
    also(draft, "quit()", "q3-text")
    also(draft, "exit(1)", "q4-text")


@case(status="graded", lost="q2")
def leaves_in_a_function(draft: Draft) -> None:
    """A function calls sys.exit() instead of returning."""
    draft.write(
        "q2-answer", "import sys\ndef longest(words):\n    print(words[0])\n    sys.exit(0)"
    )


@case(status="graded", lost="q3")
def recursion_without_end(draft: Draft) -> None:
    """A function calls itself for ever; so does a cell."""
    draft.write("q3-answer", "def tally(letters):\n    return tally(letters)")
    also(draft, "def down(n):\n    return down(n + 1)\ndown(0)")


@case(status=ENDED, lost="q3")
def prints_without_end(draft: Draft) -> None:
    """A loop that never ends prints in it: in a function."""
    draft.write(
        "q3-answer",
        "def tally(letters):\n    counts = {}\n    while len(counts) < 99:\n"
        "        print('counting', letters, counts)\n    return counts",
    )


@case(status=CUT_SHORT, says="ime")
def loop_without_end(draft: Draft) -> None:
    """A cell of the student's own never ends."""
    also(draft, "i = 0\nwhile i < 10:\n    total = i + 1")


@case(status=CUT_SHORT, lost="q2", says="ime")
def loop_without_end_in_a_function(draft: Draft) -> None:
    """A function never ends, for some arguments. It sleeps in between: what processor time there is
    for a submission would else be gone before the next question."""
    draft.write(
        "q2-answer",
        "import time\ndef longest(words):\n    while words:\n        best = words[0]\n"
        "        time.sleep(0.01)\n    return best",
    )


@case(status="timed out", says="time was up")
def sleeps_long(draft: Draft) -> None:
    """A cell sleeps for ten minutes, below a right answer."""
    below(draft, "q2-answer", "import time\ntime.sleep(600)")


@case(status="timed out", lost="q5", says="time was up")
def waits_for_the_end_of_a_pipe(draft: Draft) -> None:
    """The parent reads to the end of a pipe of which it holds the other end open."""
    draft.write(
        "q5-answer",
        ANSWERS["q5-answer"]
        .replace("    os.close(w)\n", "")
        .replace("data = os.read(r, 65536)", "data = open(r, 'rb', closefd=False).read()"),
    )


@case(status="timed out", lost="q4", says="time was up")
def waits_for_a_child_that_sleeps(draft: Draft) -> None:
    """The child waits for its parent, which waits for the child."""
    draft.write(
        "q4-answer",
        "import signal\ndef exit_code(code):\n    child = os.fork()\n    if child == 0:\n"
        "        signal.pause()\n        os._exit(code)\n"
        "    return os.WEXITSTATUS(os.waitpid(child, 0)[1])",
    )


@case(status="graded", lost="q4")
def child_that_does_not_leave(draft: Draft) -> None:
    """The child returns instead of calling os._exit, and goes on where its parent does."""
    draft.write(
        "q4-answer",
        "def exit_code(code):\n    child = os.fork()\n    if child == 0:\n        return code\n"
        "    return os.waitpid(child, 0)[1] >> 9",
    )


@case(status="graded")
def child_that_leaves_with_sys_exit(draft: Draft) -> None:
    """The child calls sys.exit: it ends with that code, as it would in a program."""
    draft.write("q4-answer", "import sys\n" + ANSWERS["q4-answer"].replace("os._exit", "sys.exit"))


@case(status="graded")
def child_in_a_cell(draft: Draft) -> None:
    """A cell tries fork for itself; the child goes on to the end of the cell."""
    also(draft, "import os\npid = os.fork()\nprint('I am', pid)")


@case(status="graded")
def children_that_nobody_waited_for(draft: Draft) -> None:
    """A cell leaves zombies and a sleeping child behind."""
    also(
        draft,
        "import os, time\nfor n in range(10):\n    if os.fork() == 0:\n"
        "        time.sleep(600 if n == 0 else 0)\n        os._exit(n)",
    )


@case(status="graded", lost="q3")
def module_that_is_missing(draft: Draft) -> None:
    """A module is not installed: at the top of an answer, and in cells of the student's own."""
    draft.write("q3-answer", "import seaborn_extra_plots\n\n\n" + ANSWERS["q3-answer"])
    also(draft, "import plotting_of_mine as pm\npm.show()")


@case(status="graded")
def module_that_is_missing_below(draft: Draft) -> None:
    """The missing module is wanted after the answer is written."""
    below(draft, "q3-answer", "from my_helpers import plot_tally\nplot_tally(tally('abc'))")


@case(status="graded")
def file_that_is_missing(draft: Draft) -> None:
    """Cells read files that are on the student's machine only, and write others."""
    also(draft, "rows = open('C:\\\\Users\\\\ada\\\\data.csv').read()")
    also(draft, "open('/home/ada/out/result.txt', 'w').write('x')", "q3-text")


@case(status="graded")
def another_folder(draft: Draft) -> None:
    """A cell goes to another folder and stays there."""
    also(draft, "import os\nos.chdir('/')\nos.listdir()")


@case(status="graded")
def errors_in_own_cells(draft: Draft) -> None:
    """Cells of the student's own raise, and one is no Python."""
    also(draft, "1 / 0")
    also(draft, "def broken(:\n    pass", "q3-text")
    also(draft, "print(undefined_name)", "q4-text")
    also(draft, "    indented = 1\n  worse = 2", "q5-text")


@case(status="graded")
def error_below_an_answer(draft: Draft) -> None:
    """The answer is right, and the try below it raises."""
    below(draft, "q1-answer", "assert area(2, 3) == 7, 'is it?'")
    below(draft, "q2-answer", "longest([])")


@case(status="graded", lost="q2")
def syntax_error_in_an_answer(draft: Draft) -> None:
    """A bracket is missing."""
    draft.write("q2-answer", "def longest(words):\n    return max(words, key=len")


@case(status="graded", lost="q3")
def tabs_and_blanks(draft: Draft) -> None:
    """Tabs and blanks are mixed in one answer."""
    draft.write("q3-answer", "def tally(letters):\n\tcounts = {}\n        return counts")


@case(status=ENDED)
def magics_that_fail(draft: Draft) -> None:
    """Magics that do not exist, that are for a screen, and commands of a shell."""
    also(draft, "%matplotlib inline\n%load_ext nothing_of_that_name\n%pylab")
    also(draft, "%%no_such_magic\nx = 1", "q3-text")
    also(draft, "!pip install numpy\n!no-such-command\nfiles = !ls", "q4-text")
    also(draft, "%%bash\nexit 3", "q5-text")
    also(draft, "area??\n%timeit -n 1 -r 1 area(1, 2)\n%who\n%history", "q6-text")


@case(status="graded")
def magic_above_an_answer(draft: Draft) -> None:
    """An answer is in a cell that measures its time."""
    draft.write("q2-answer", "%%time\n" + ANSWERS["q2-answer"])


@case(status="graded")
def variables_deleted(draft: Draft) -> None:
    """A cell deletes what the cells before have made, once it was tested."""
    also(draft, "del area\n%reset_selective -f area\nimport gc; gc.collect()")


@case(status="graded", lost="q1 q2")
def everything_reset(draft: Draft) -> None:
    """`%reset` below an answer takes it away, and imports with it, which are made again."""
    also(draft, "%reset -f", "q1-test")
    also(draft, "%reset -f", "q2-test")
    also(draft, "import os", "q3-text")


@case(status="graded")
def names_of_builtins_used(draft: Draft) -> None:
    """Variables are called list, str, print, dict, input and len."""
    also(draft, "list = [1, 2]\nstr = 'text'\ndict = {}\nprint = 5\ninput = 7\nid = 3", "q1-text")


@case(status="graded", lost="q4 q5 q6")
def module_overwritten(draft: Draft) -> None:
    """`os` is a text from the fourth answer on: the answers that fork cannot."""
    draft.write("q4-answer", "os = 'linux'\n" + ANSWERS["q4-answer"])


@case(status="graded")
def everything_imported(draft: Draft) -> None:
    """`from os import *` takes the place of `open`."""
    also(draft, "from os import *\nfrom math import *\nfrom time import *")


@case(status="graded")
def other_alphabets(draft: Draft) -> None:
    """Names, texts and comments are in many alphabets, with signs beyond the first plane."""
    also(draft, "größe = 'Ünïcödé 漢字 🐧 \u05e9\u05dc\u05d5\u05dd'\nprint(größe)\nπ = 3.14\nπ")
    draft.write("q1-answer", "def area(breite, höhe):  # Fläche 🟦\n    return breite * höhe")


@case(status="graded")
def a_very_long_line(draft: Draft) -> None:
    """One line of three hundred thousand characters, and a list of as many digits shown."""
    also(draft, "data = [" + "1, " * 100_000 + "1]\ndata")


@case(status=ENDED)
def large_output(draft: Draft) -> None:
    """A cell prints three million characters, to see what happens."""
    also(draft, "for number in range(300_000):\n    print(number)")


@case(status="graded")
def warnings_and_notes(draft: Draft) -> None:
    """Right answers that warn and print to stderr, which stock nbgrader punishes."""
    draft.write(
        "q1-answer",
        "import sys, warnings\n\n\ndef area(width, height):\n"
        "    warnings.warn('old', FutureWarning)\n"
        "    print('computing', file=sys.stderr)\n    return width * height",
    )
    below(draft, "q4-answer", "import warnings\nwarnings.warn('deprecated', DeprecationWarning)")


@case(status="graded")
def awaits_at_the_top(draft: Draft) -> None:
    """Cells await, as notebooks allow it."""
    also(draft, "import asyncio\nawait asyncio.sleep(0)\nasync def f():\n    return 1\nawait f()")


@case(status="graded")
def left_open(draft: Draft) -> None:
    """Files, pipes, threads and timers are left as they are."""
    also(
        draft,
        "import os, threading, signal\nfile = open('notes.txt', 'w')\nfile.write('x')\n"
        "ends = [os.pipe() for _ in range(20)]\n"
        "threading.Timer(600, print).start()\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "signal.alarm(600)",
    )


@case(status="graded", lost="q6")
def waits_once_too_often(draft: Draft) -> None:
    """One wait more than there are children."""
    draft.write(
        "q6-answer",
        "def reap(count):\n    for number in range(count):\n        if os.fork() == 0:\n"
        "            os._exit(number)\n    return sorted(os.WEXITSTATUS(os.wait()[1])\n"
        "                  for _ in range(count + 1))",
    )


@case(status="graded")
def settings_changed(draft: Draft) -> None:
    """Cells change what a process has: its mask of files, locale, path, streams, random numbers."""
    also(
        draft,
        "import os, sys, random, locale, signal\nos.umask(0o777)\nsys.path.clear()\n"
        "sys.path.append('/home/ada')\nrandom.seed(1)\nos.environ.clear()\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsys.setrecursionlimit(100)\n"
        "sys.stdout = open('log.txt', 'w')",
        "q6-text",
    )


@case(status=ENDED)
def memory_used_up(draft: Draft) -> None:
    """A cell makes a list that is too large for the memory."""
    also(draft, "big = [0] * 10**11\nmore = bytearray(10**12)")


@case(status="graded")
def kernel_ended_by_hand(draft: Draft) -> None:
    """A cell ends its own process, as was once advised to restart a kernel."""
    also(draft, "import os\nos.kill(os.getpid(), 9)")


@case(status="timed out", says="time was up")
def never_ends_and_then_kills_itself(draft: Draft) -> None:
    """One cell never ends; a later one ends the interpreter, and all before it has to run again."""
    also(draft, "import time\ntime.sleep(10000)")
    also(draft, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "q4-text")


@case(status=ENDED)
def files_that_nobody_closes(draft: Draft) -> None:
    """A cell opens files until it may have no more, and keeps them: no copy can be made of that."""
    also(
        draft,
        "kept = []\ntry:\n    while True:\n        kept.append(open('/dev/null'))\n"
        "except OSError:\n    print(len(kept))",
    )
