"""Folders in which the notebook has another name, or which hold what nobody wants."""

from __future__ import annotations

from lessonkit.grading.records import Status
from tests.submissions.cases import case
from tests.submissions.drafts import Draft, Link

__all__: list[str] = []

FINE: tuple[Status, ...] = ("graded", "repaired")


@case(status=FINE, says="was handed in as")
def named_by_a_browser(draft: Draft) -> None:
    """The notebook is called "proc (1).ipynb", after a second download."""
    draft.name = "proc (1).ipynb"


@case(status=FINE, says="was handed in as")
def named_as_a_copy(draft: Draft) -> None:
    """The notebook is called "proc-Copy1.ipynb"."""
    draft.name = "proc-Copy1.ipynb"


@case(status=FINE, says="was handed in as")
def named_in_capitals(draft: Draft) -> None:
    """The notebook is called "Proc.IPYNB"."""
    draft.name = "Proc.IPYNB"


@case(status=FINE, says="was handed in as")
def named_as_text(draft: Draft) -> None:
    """The notebook is called "proc.ipynb.txt"."""
    draft.name = "proc.ipynb.txt"


@case(status=FINE, says="was handed in as")
def named_as_json(draft: Draft) -> None:
    """The notebook is called "proc.json"."""
    draft.name = "proc.json"


@case(status=FINE, says="was handed in as")
def named_after_the_student(draft: Draft) -> None:
    """The notebook is called "ada_4711_proc.ipynb", as learning platforms do it."""
    draft.name = "ada_4711_proc.ipynb"


@case(status=FINE, says="was handed in as")
def named_something_else(draft: Draft) -> None:
    """The only notebook is called "homework.ipynb"."""
    draft.name = "homework.ipynb"


@case(status=FINE, says="was handed in as")
def in_a_folder(draft: Draft) -> None:
    """The notebook is in a folder within the submission."""
    draft.name = "week 3/proc.ipynb"


@case(status=FINE, says="was not used")
def several_copies(draft: Draft) -> None:
    """There are copies of the notebook, blank ones, beside it."""
    blank = Draft()
    blank.blank()
    draft.files = {"proc (1).ipynb": blank.bytes(), "old/proc.ipynb": blank.bytes()}


@case(status="graded")
def with_checkpoints(draft: Draft) -> None:
    """Jupyter's checkpoints and a system's clutter were handed in too."""
    draft.files = {
        ".ipynb_checkpoints/proc-checkpoint.ipynb": b"{}",
        "__MACOSX/._proc.ipynb": b"\0\5\26\7",
        ".DS_Store": b"\0\0\0\1Bud1",
    }


@case(status="not gradable", lost="all", says="There is no proc.ipynb")
def no_notebook(draft: Draft) -> None:
    """Only a text was handed in."""
    draft.name = ""
    draft.files = {"readme.txt": b"I have sent it by mail.\n"}


@case(status="not gradable", lost="all", says="not unpacked")
def only_an_archive(draft: Draft) -> None:
    """Only an archive was handed in."""
    draft.name = ""
    draft.files = {"proc.zip": b"PK\3\4 and so on"}


@case(status="graded", says="no date")
def timestamp_of_words(draft: Draft) -> None:
    """The time of handing in is no time."""
    draft.files = {"timestamp.txt": b"yesterday, I think"}


@case(status="graded", says="no date")
def timestamp_of_bytes(draft: Draft) -> None:
    """The time of handing in is noise."""
    draft.files = {"timestamp.txt": b"\xff\xfe\0\1" * 100}


@case(status="graded")
def timestamp_empty(draft: Draft) -> None:
    """The file with the time of handing in is empty."""
    draft.files = {"timestamp.txt": b""}


@case(status="graded", says="link")
def with_a_link_to_nowhere(draft: Draft) -> None:
    """A link that leads nowhere is beside the notebook."""
    draft.files = {"data.csv": Link("gone.csv")}


@case(status="graded", says="cannot be shown")
def with_an_unspeakable_name(draft: Draft) -> None:
    """A file has a line end and a sign that turns text round in its name."""
    draft.files = {"notes\n\u202etxt.exe": b"x"}


@case(status="graded", says="too many files")
def with_many_files(draft: Draft) -> None:
    """2,500 small files are in a folder beside the notebook."""
    draft.files = {f"data/{number:04}.txt": b"" for number in range(2500)}


@case(status="graded", says="bytes")
def with_a_large_file(draft: Draft) -> None:
    """A file of 40 MB is beside the notebook."""
    draft.files = {"model.bin": bytes(40_000_000)}
