"""Only plain files are taken from a submission; everything else costs one sentence."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from pathlib import Path

import pytest

from lessonkit.batch.choosing import Candidate, chosen_notebooks, looks_like_notebook
from lessonkit.batch.intake import MAX_DEPTH, Handed, take
from lessonkit.grading.records import Budget

SECRET = b'{"cells": ["the gradebook"]}'
NOBODY = 65534
SMALL = Budget(notebook_bytes=1000, files_bytes=1000)


def handed_in(folder: Path, budget: Budget = SMALL, *names: str) -> Handed:
    """Take a submission in, of which the notebook is called proc."""
    return take(folder, names or ("proc",), (), budget)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with a notebook and a file, beside something secret."""
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "proc.ipynb").write_bytes(SECRET)
    made = tmp_path / "ada"
    (made / "data").mkdir(parents=True)
    (made / "proc.ipynb").write_bytes(b"mine")
    (made / "data" / "words.txt").write_bytes(b"fork")
    return made


def test_files_are_taken_with_their_paths(folder: Path) -> None:
    """The notebook by its name, all others by their paths; and nothing needs to be said."""
    assert handed_in(folder) == Handed(
        notebooks={"proc": b"mine"}, files={"data/words.txt": b"fork"}
    )


def test_what_the_course_ignores_is_passed_over_in_silence(folder: Path) -> None:
    """Patterns of names apply to files and folders."""
    (folder / "big.csv").write_bytes(b"x" * 5000)

    handed = take(folder, ("proc",), ("*.csv", "data"), SMALL)

    assert handed == Handed(notebooks={"proc": b"mine"}, files={})


@pytest.mark.parametrize("target", ["../secret", "/etc/passwd", "nowhere", "proc.ipynb", ".."])
def test_links_are_not_followed(folder: Path, target: str) -> None:
    """Wherever they lead, and whether they lead to a file or a folder."""
    (folder / "link").symlink_to(target)
    (folder / "data" / "link.ipynb").symlink_to(target)

    handed = handed_in(folder)

    assert handed.files == {"data/words.txt": b"fork"}
    assert handed.notebooks == {"proc": b"mine"}
    assert handed.notes == (
        "“data/link.ipynb” was not taken: it is a link to another place.",
        "“link” was not taken: it is a link to another place.",
    )


def test_a_notebook_that_is_a_link_is_refused_with_that_reason(folder: Path) -> None:
    """A link to the instructor's notebook would be the best of submissions."""
    (folder / "proc.ipynb").unlink()
    (folder / "proc.ipynb").symlink_to("../hidden/proc.ipynb")

    handed = handed_in(folder)

    assert handed.notebooks == {}
    assert handed.refused == {"proc": "“proc.ipynb” was not taken: it is a link to another place."}


def test_a_submission_that_is_a_link_is_refused(folder: Path) -> None:
    """Its folder, too, must be a folder."""
    link = folder.parent / "eve"
    link.symlink_to(folder)

    handed = handed_in(link)

    assert (handed.notebooks, handed.files) == ({}, {})
    assert handed.refused == {"proc": handed.notes[0]}
    assert "link" in handed.notes[0]


def test_a_submission_that_is_not_there_is_an_error_of_ours(folder: Path) -> None:
    """Nobody gets zero points because a disk was not mounted."""
    with pytest.raises(FileNotFoundError):
        handed_in(folder / "nothing")


def test_pipes_sockets_and_devices_are_not_opened(folder: Path) -> None:
    """A pipe would be waited on for ever; a device does something when it is opened."""
    os.mkfifo(folder / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
        words = {"a named pipe", "a socket"}
        if os.geteuid() == 0:
            os.mknod(folder / "zero", 0o20666, os.makedev(1, 5))
            words.add("a device")

        handed = handed_in(folder)

    assert handed.files == {"data/words.txt": b"fork"}
    assert {note.split("it is ")[1].rstrip(".") for note in handed.notes} == words


def test_a_file_that_becomes_a_link_between_look_and_reading_is_not_followed(
    folder: Path,
) -> None:
    """A name that is exchanged all the time gives the file or a refusal, never the secret."""
    stop = threading.Event()
    (folder / "other").symlink_to("../secret")
    (folder / "a").write_bytes(b"plain")

    def exchange() -> None:
        while not stop.is_set():
            os.rename(folder / "a", folder / "b")
            os.rename(folder / "other", folder / "a")
            os.rename(folder / "a", folder / "other")
            os.rename(folder / "b", folder / "a")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        contents = {data for _ in range(300) for data in handed_in(folder).files.values()}
    finally:
        stop.set()
        thread.join()

    assert contents <= {b"fork", b"plain"}


def test_a_folder_that_becomes_a_link_is_not_followed(folder: Path) -> None:
    """The same for a folder, below which the secret would be found."""
    stop = threading.Event()
    (folder / "link").symlink_to("../hidden")

    def exchange() -> None:
        while not stop.is_set():
            os.rename(folder / "data", folder / "away")
            os.rename(folder / "link", folder / "data")
            os.rename(folder / "data", folder / "link")
            os.rename(folder / "away", folder / "data")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        for _ in range(300):
            handed = handed_in(folder)
            assert set(handed.files.values()) <= {b"fork"}
            assert handed.notebooks == {"proc": b"mine"}
    finally:
        stop.set()
        thread.join()


def test_too_large_files_are_not_read(folder: Path) -> None:
    """One file, all together, and the notebook each have their limit; the sentence names it."""
    (folder / "film").write_bytes(b"x" * 990)
    (folder / "more").write_bytes(b"x" * 20)
    (folder / "proc.ipynb").write_bytes(b"x" * 4001)

    handed = handed_in(folder)

    assert set(handed.files) == {"data/words.txt", "film"}
    assert handed.refused["proc"].endswith("it has 4,001 bytes, and more than 4,000 are not read.")
    assert any("“more”" in note and "1,000" in note for note in handed.notes)


def test_a_file_without_end_is_not_read_to_its_end(folder: Path) -> None:
    """A sparse file of a terabyte takes no time."""
    with open(folder / "endless", "wb") as file:
        file.truncate(2**40)

    assert "1,099,511,627,776 bytes" in handed_in(folder).notes[0]


def test_too_deep_and_too_many_are_left_out(folder: Path) -> None:
    """The rest is taken."""
    deep = folder.joinpath(*["d"] * 20)
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"x")
    crowd = folder / "z"
    crowd.mkdir()
    for number in range(2100):
        (crowd / str(number)).touch()

    handed = handed_in(folder)

    assert handed.notebooks == {"proc": b"mine"}
    assert f"folders deeper than {MAX_DEPTH}" in handed.notes[0]
    assert any("too many files in “z/”" in note for note in handed.notes)
    assert len(handed.files) <= 500
    assert len(handed.notes) <= 26


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb", "“a\\nb”"),
        (b"a\x1b[2Jb", "“a\\x1b[2Jb”"),
        (b"caf\xe9", "“caf\\udce9”"),
        ("a\u202efdp.exe".encode(), "“a\\u202efdp.exe”"),
    ],
)
def test_names_that_cannot_be_shown_are_refused(folder: Path, name: bytes, shown: str) -> None:
    """And written so that they can."""
    with open(os.path.join(os.fsencode(folder), name), "wb"):
        pass

    handed = handed_in(folder)

    assert handed.notes == (
        f"{shown} was not taken: its name holds characters that cannot be shown.",
    )


def test_a_file_that_may_not_be_read_is_said() -> None:
    """The others are taken. Root may read every file, so root is somebody else meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file in ("locked", "open"):
            (folder / file).write_bytes(b"x")
        (folder / "locked").chmod(0)
        before = os.geteuid()
        os.seteuid(NOBODY if before == 0 else before)
        try:
            handed = handed_in(folder)
        finally:
            os.seteuid(before)

    assert "cannot be read" in handed.notes[0]
    assert dict(handed.files) == {"open": b"x"}


@pytest.mark.parametrize(
    ("content", "is_taken"),
    [
        (b"2026-03-01 12:00:00.123456 UTC\n", True),
        (b"2026-03-01 12:00:00 +0100", True),
        (b"2026-03-01T12:00:00Z", True),
        (b"2026-03-01 12:00:00 Europe/Berlin", True),
        (b"", True),
        (b"2026-03-01 12:00:00 /proc/kmsg", False),
        (b"2026-03-01 12:00:00 ../../secret", False),
        (b"yesterday", False),
        (b"9" * 500, False),
        (b"\xff\0", False),
    ],
)
def test_a_timestamp_looks_like_one_or_is_left_out(
    folder: Path, content: bytes, is_taken: bool
) -> None:
    """Readers of time zones open files by the names that they are given."""
    (folder / "timestamp.txt").write_bytes(content)

    handed = handed_in(folder)

    assert ("timestamp.txt" in handed.files) is is_taken
    assert bool(handed.notes) is not is_taken


def candidates(*paths: str) -> list[Candidate]:
    """Files with these names, of which the first is the newest."""
    return [Candidate(path, -number, path.encode()) for number, path in enumerate(paths)]


@pytest.mark.parametrize(
    "path",
    [
        "proc (1).ipynb", "proc(12).ipynb", "proc-Copy1.ipynb", "proc - Copy (2).ipynb",
        "Copy of proc.ipynb", "proc_2.ipynb", "PROC.IPYNB", "proc.ipynb.txt", "proc.ipynb.json",
        "proc.json", "week 3/proc.ipynb", "ada_4711_proc.ipynb", "proc-ada.ipynb", " proc .ipynb",
        "proc - Kopie.ipynb", "homework.ipynb",
    ],
)  # fmt: skip
def test_a_notebook_is_found_under_another_name(path: str) -> None:
    """What browsers, editors, systems and learning platforms make of a name."""
    assert looks_like_notebook(path, ("proc",))

    chosen, refused, notes = chosen_notebooks(candidates(path), ("proc",))

    assert chosen == {"proc": path.encode()}
    assert refused == {}
    assert notes == [f"proc.ipynb was handed in as “{path}”, which was taken for it."]


def test_the_exact_name_wins_then_the_nearest_then_the_newest() -> None:
    """And what was not used is named."""
    names = ["old/proc.ipynb", "proc (2).ipynb", "proc (1).ipynb", "Proc.ipynb", "proc.ipynb"]

    order = []
    while names:
        chosen, _, notes = chosen_notebooks(candidates(*names), ("proc",))
        order.append(chosen["proc"].decode())
        names.remove(order[-1])
        assert sum("was not used" in note for note in notes) == len(names)

    assert order == [
        "proc.ipynb", "Proc.ipynb", "proc (2).ipynb", "proc (1).ipynb", "old/proc.ipynb",
    ]  # fmt: skip


def test_notebooks_of_one_assignment_are_not_mistaken_for_each_other() -> None:
    """ "proc-2" is a notebook of its own here, not a copy of "proc"."""
    chosen, refused, _ = chosen_notebooks(candidates("proc-2.ipynb"), ("proc", "proc-2"))

    assert chosen == {"proc-2": b"proc-2.ipynb"}
    assert set(refused) == {"proc"}


def test_with_several_strangers_none_is_taken() -> None:
    """Which of them was meant is for a person to say."""
    chosen, refused, notes = chosen_notebooks(candidates("a.ipynb", "b.ipynb"), ("proc",))

    assert chosen == {}
    assert "“a.ipynb”, “b.ipynb”" in refused["proc"]
    assert len(notes) == 2


def test_other_json_is_a_file() -> None:
    """Data is no notebook, unless it has its name."""
    assert not looks_like_notebook("data.json", ("proc",))
    assert not looks_like_notebook("proc.txt", ("proc",))
