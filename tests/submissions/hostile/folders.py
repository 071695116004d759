"""Submissions whose files are traps for who copies, reads or unpacks them."""

from __future__ import annotations

import io
import zipfile

from tests.submissions.cases import case
from tests.submissions.drafts import Draft, Hole, Link, Socket
from tests.submissions.tricks import all_wrong

__all__: list[str] = []


@case(status="not gradable", lost="all", says="link")
def notebook_is_a_link_to_passwords(draft: Draft) -> None:
    """The notebook is a link to a file of the system."""
    draft.name = ""
    draft.files = {"proc.ipynb": Link("/etc/passwd")}


@case(status="not gradable", lost="all", says="link")
def notebook_is_a_link_to_the_solutions(draft: Draft) -> None:
    """The notebook is a link to the instructor's, with solutions."""
    draft.name = ""
    draft.files = {"proc.ipynb": Link("../../../source/proc/proc.ipynb")}


@case(status="not gradable", lost="all", says="link")
def notebook_is_a_link_to_another_student(draft: Draft) -> None:
    """The notebook is a link to that of a good student."""
    draft.name = ""
    draft.files = {"proc.ipynb": Link("../../a--good/proc/proc.ipynb")}


@case(status="not gradable", lost="all", says="link")
def notebook_without_an_end(draft: Draft) -> None:
    """The notebook is a link to a device that gives zeros for ever."""
    draft.name = ""
    draft.files = {"proc.ipynb": Link("/dev/zero")}


@case(status="not gradable", lost="all", says="named pipe")
def notebook_is_a_named_pipe(draft: Draft) -> None:
    """Whoever opens the notebook waits for ever."""
    draft.name = ""
    draft.files = {"proc.ipynb": None}


@case(status="not gradable", lost="all", says="socket")
def notebook_is_a_socket(draft: Draft) -> None:
    """The notebook is a socket."""
    draft.name = ""
    draft.files = {"proc.ipynb": Socket()}


@case(status="not gradable", lost="all", says="it is a folder")
def notebook_is_a_folder(draft: Draft) -> None:
    """The notebook is a folder, with a link to itself in it."""
    draft.name = ""
    draft.files = {"proc.ipynb/proc.txt": b"x", "proc.ipynb/again": Link(".")}


@case(status="graded", says=("it is a folder", "was handed in as"))
def folder_in_the_place_of_the_notebook(draft: Draft) -> None:
    """A folder has the name that the notebook, handed in under another one, will be given."""
    draft.name = "proc (1).ipynb"
    draft.files = {"proc.ipynb/proc.txt": b"x"}


@case(status="not gradable", lost="all", says="bytes")
def notebook_of_a_terabyte(draft: Draft) -> None:
    """The notebook is a file of a terabyte that needs no room on the disk."""
    draft.name = ""
    draft.files = {"proc.ipynb": Hole(1 << 40)}


@case(status="graded", says="link")
def links_beside_it(draft: Draft) -> None:
    """Links to the gradebook, to passwords, to the whole course and to themselves."""
    draft.files = {
        "data.csv": Link("../../../gradebook.db"),
        "passwd": Link("/etc/passwd"),
        "course": Link("../../.."),
        "loop": Link("loop"),
        "timestamp.txt": Link("/etc/hostname"),
        "secret": Link("/tmp/learner/secret"),
    }


@case(status="graded", says=("named pipe", "socket", "bytes"))
def pipes_and_holes_beside_it(draft: Draft) -> None:
    """Named pipes, sockets, and a file of a terabyte that needs no room."""
    draft.files = {
        "pipe.txt": None,
        "timestamp.txt": None,
        "socket": Socket(),
        "big": Hole(1 << 40),
    }


@case(status="graded", says="deeper")
def folders_without_end(draft: Draft) -> None:
    """A hundred folders within each other, and files in all of them."""
    path = ""
    for number in range(100):
        path += "deep/"
        draft.files[f"{path}{number}.txt"] = b"x"


@case(status="graded")
def archives_that_explode(draft: Draft) -> None:
    """Archives of a gigabyte of zeros, in archives, and with names that lead elsewhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("../../../gradebook.db"), b"spoilt")
        archive.writestr(zipfile.ZipInfo("zeros"), bytes(10_000_000), zipfile.ZIP_DEFLATED)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        for number in range(100):
            archive.writestr(zipfile.ZipInfo(f"{number}.zip"), packed.getvalue())
    draft.files = {"data.zip": outer.getvalue(), "proc.tar.gz": b"\x1f\x8b\x08\0"}


@case(status="graded", says="cannot be shown")
def names_that_cannot_be_shown(draft: Draft) -> None:
    """Names with line ends, signs for terminals, bytes that are no text, and signs of web pages."""
    draft.files = {
        "a\nb.txt": b"x",
        "\x1b]0;owned\x07\x1b[2J.txt": b"x",
        "\udcff\udcfe.txt": b"x",
        "<script>alert(1)<\u2044script>.txt": b"x",
        "'; DROP TABLE grade; --": b"x",
        "-rf": b"x",
        "%s%n{0}{name}": b"x",
        "..\\..\\gradebook.db": b"x",
        "n" * 250: b"x",
    }


@case(status="graded")
def files_of_the_grader(draft: Draft) -> None:
    """Files with the names of those that a grader writes, reads or runs."""
    for name in (
        "gradebook.db",
        "nbgrader_config.py",
        "proc.html",
        ".lessonkit-grading.lock",
        "program.py",
        "jupyter_config.py",
        "feedback/proc.html",
        "source/proc/proc.ipynb",
        ".git/hooks/post-checkout",
    ):
        draft.files[name] = b"import os\nos.kill(os.getppid(), 9)\n"


@case(status="not gradable", lost="all", says=("no file that is surely meant", "more remarks"))
def a_thousand_notebooks(draft: Draft) -> None:
    """A thousand notebooks, none with the right name."""
    draft.name = ""
    draft.files = {f"try {number}.ipynb": b"{}" for number in range(1000)}


@case(status=("graded", "repaired"), lost="all")
def wrong_answers_and_the_right_ones_beside_it(draft: Draft) -> None:
    """The answers are wrong; files beside the notebook claim scores and a time long ago."""
    all_wrong(draft)
    draft.files = {
        "timestamp.txt": b"1970-01-01 00:00:00 UTC",
        "scores.csv": b"student,score\nfiles,12\n",
        "proc.json": b'{"points": 12}',
    }
