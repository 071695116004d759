"""Attacks with memory, disk, output and descriptors."""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import Draft, code_cell
from tests.submissions.tricks import ENDED, cell_and_call

__all__: list[str] = []

MB = 1_000_000


@case(status=ENDED, lost="q3")
def memory_without_end(draft: Draft) -> None:
    """Takes memory until there is none."""
    cell_and_call(draft, f"x = []\nwhile True:\n    x.append(b'x' * {10 * MB})")


@case(status=ENDED, lost="q3")
def memory_of_many(draft: Draft) -> None:
    """Ten children of a function take as much memory as one may have."""
    draft.write(
        "q3-answer",
        f"""
import os, time
def tally(letters):
    for _ in range(10):
        if os.fork() == 0:
            x = b'x' * {100 * MB}
            time.sleep(600)
            os._exit(0)
    time.sleep(600)
""",
    )


@case(status=ENDED, lost="q3")
def memory_that_is_shared(draft: Draft) -> None:
    """Takes shared memory, of System V and in /dev/shm, which would stay when it has ended."""
    cell_and_call(
        draft,
        f"""
import ctypes, os
libc = ctypes.CDLL(None)
for number in range(50):
    libc.shmget(4711 + number, {MB}, 0o1666)
    libc.semget(4711 + number, 10, 0o1666)
for number in range(1000):
    with open(f"/dev/shm/{{number}}", "wb") as file:
        file.write(bytes({MB}))
os.abort()
""",
    )


@case(status=ENDED, lost="q3")
def a_huge_file(draft: Draft) -> None:
    """Writes a file until the disk is full, here and in every folder that it may write to."""
    cell_and_call(
        draft,
        f"""
import os
for folder in (".", "/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~")):
    try:
        with open(os.path.join(folder, "big"), "wb") as file:
            while True:
                file.write(bytes({MB}))
    except OSError:
        pass
raise MemoryError("all full")
""",
    )


@case(status=ENDED, lost="q3")
def a_hundred_thousand_files(draft: Draft) -> None:
    """Makes empty files and nested folders, until there may be no more."""
    cell_and_call(
        draft,
        "import os\nfor number in range(100_000):\n    os.mkdir(f'd{number}')\n"
        "    os.chdir(f'd{number}') if number < 500 else open(f'd{number}/f', 'w').close()",
    )


@case(status=ENDED)
def output_in_lines(draft: Draft) -> None:
    """Prints fifty million characters in short lines."""
    draft.insert("q2-text", code_cell("for _ in range(500_000):\n    print('x' * 100)"))


@case(status=ENDED)
def output_in_one_line(draft: Draft) -> None:
    """Prints twenty million characters in one line, to both streams."""
    text = f"import sys\nprint('x' * {10 * MB})\nprint('y' * {10 * MB}, file=sys.stderr)"
    draft.insert("q2-text", code_cell(text))


@case(status=ENDED, lost="q3")
def output_in_functions(draft: Draft) -> None:
    """A function prints for ever, past Python's streams, to every descriptor."""
    draft.write(
        "q3-answer",
        """
import os
def tally(letters):
    while True:
        for fd in range(1, 10):
            try:
                os.write(fd, b'x' * 60_000)
            except OSError:
                pass
""",
    )


@case(status=ENDED)
def output_in_displays(draft: Draft) -> None:
    """Displays ten thousand things, and one of ten million characters."""
    draft.insert(
        "q2-text",
        code_cell(
            "from IPython.display import HTML, display\n"
            f"display(HTML('x' * {10 * MB}))\n"
            "for _ in range(10_000):\n    display(HTML('<b>x</b>'))"
        ),
    )


@case(status=ENDED)
def an_error_of_ten_million_characters(draft: Draft) -> None:
    """Raises an error with a huge text, from a line with a huge text."""
    draft.insert("q2-text", code_cell(f"raise ValueError('<b>' * {10 * MB // 3}) # {'y' * 5000}"))


@case(status=ENDED)
def things_that_cannot_be_shown(draft: Draft) -> None:
    """What a cell ends with, and an error, loop or end the program when they are to be shown."""
    draft.insert(
        "q2-text",
        code_cell(
            "import os\nclass Shown:\n    def _repr_html_(self):\n        raise SystemExit(9)\n"
            "    __repr__ = _repr_pretty_ = _ipython_display_ = _repr_html_\nShown()"
        ),
        code_cell(
            "class Hard(BaseException):\n    def __str__(self):\n        while True:\n"
            "            pass\n    __repr__ = __str__\nraise Hard"
        ),
    )


@case(status=ENDED, lost="q3")
def all_descriptors(draft: Draft) -> None:
    """A function opens as many files, pipes and sockets as it may, and keeps them."""
    draft.write(
        "q3-answer",
        "import os, socket\nkept = []\ndef tally(letters):\n    while True:\n"
        "        kept.append([os.pipe(), socket.socketpair(), open('/dev/null')])",
    )


@case(status=ENDED, lost="q3")
def descriptors_closed(draft: Draft) -> None:
    """Closes everything that is open."""
    cell_and_call(draft, "import os\nos.closerange(0, 5000)")


@case(status=ENDED, lost="q3")
def streams_taken_away(draft: Draft) -> None:
    """Puts nothing, or the wrong thing, in the place of stdin, stdout and stderr."""
    cell_and_call(
        draft,
        """
import os, sys
sys.stdin = sys.stdout = sys.__stdout__ = None
sys.stderr = sys.__stderr__ = 7
for fd in (0, 1, 2):
    os.dup2(os.open('/dev/full', os.O_RDWR), fd)
print('lost')
""",
    )


@case(status=ENDED, lost="q3")
def recursion_past_the_stack(draft: Draft) -> None:
    """Lifts the limit of recursion and recurses until the stack is full."""
    cell_and_call(
        draft,
        "import sys, threading\nsys.setrecursionlimit(10**9)\n"
        "class Deep:\n    def __getattr__(self, name):\n        return getattr(Deep(), name)\n"
        "Deep().down",
    )
