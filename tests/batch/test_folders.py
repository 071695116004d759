"""autograded/ is written whole or not at all, and by what wins over what."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessonkit.batch.course import Course, find_course
from lessonkit.batch.folders import ensure_writable, put_together, sweep, write_folder
from lessonkit.errors import LessonkitError


@pytest.fixture
def empty(tmp_path: Path) -> Course:
    """A course of nothing."""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    return find_course(tmp_path)


@pytest.mark.parametrize(
    ("submitted", "given", "kept", "expected"),
    [
        ({"a": b"s"}, {"b": b"i"}, set(), {"a": b"s", "b": b"i"}),
        ({"a": b"s"}, {"a": b"i"}, set(), {"a": b"i"}),
        ({"a": b"s"}, {"a": b"i"}, {"a"}, {"a": b"s"}),
        ({}, {"a": b"i"}, {"a"}, {"a": b"i"}),
        ({"a": b"s"}, {"a/b": b"i"}, set(), {"a/b": b"i"}),
        ({"a/b": b"s"}, {"a": b"i"}, set(), {"a": b"i"}),
        ({"a/b/c": b"s", "d": b"s"}, {"a": b"i"}, set(), {"a": b"i", "d": b"s"}),
    ],
)
def test_the_instructors_file_wins(
    submitted: dict[str, bytes],
    given: dict[str, bytes],
    kept: set[str],
    expected: dict[str, bytes],
) -> None:
    """Except where students may change it; a file never stands in the way of a folder."""
    assert put_together(submitted, given, frozenset(kept)) == expected


def test_a_folder_replaces_the_one_before(empty: Course) -> None:
    """Nothing of the old one stays, and nothing lies beside it."""
    write_folder(empty, "ada", "ps1", {"old.txt": b"", "deep/old.txt": b""})
    write_folder(empty, "ada", "ps1", {"new.txt": b"new"})
    root = Path(empty.root, "autograded", "ada")
    assert [str(path.relative_to(root)) for path in root.rglob("*")] == ["ps1", "ps1/new.txt"]


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "a/../../escaped", ""])
def test_no_name_leads_out_of_the_folder(empty: Course, name: str) -> None:
    """Names were looked at before; here they are looked at again."""
    with pytest.raises(LessonkitError, match="not written"):
        write_folder(empty, "ada", "ps1", {name: b""})
    assert not list(Path(empty.root).rglob("escaped"))


def test_what_cannot_be_written_is_one_sentence_and_leaves_nothing(empty: Course) -> None:
    """A name that is too long for the file system, say: the reason, and no half-made folder."""
    with pytest.raises(LessonkitError, match="cannot be written: File name too long"):
        write_folder(empty, "ada", "ps1", {"first": b"", "n" * 300: b""})
    assert list(Path(empty.root, "autograded", "ada").iterdir()) == []


def test_a_place_that_cannot_be_written_is_noticed_first(empty: Course) -> None:
    """A file where the folder should be: said before anything is judged."""
    Path(empty.root, "autograded").write_text("in the way")
    with pytest.raises(LessonkitError, match=r"autograded cannot be written.*nothing was graded"):
        ensure_writable(empty)


def test_sweeping_takes_what_is_ours_only(empty: Course) -> None:
    """Half-made folders go, of whatever assignment; what others have put there stays."""
    student = Path(empty.root, "autograded", "ada")
    for name in (".ps1.lessonkit-new", ".ps2.lessonkit-old", ".mine", "ps1"):
        (student / name).mkdir(parents=True)
    assert sweep(empty, "ps1") == 2
    assert sorted(path.name for path in student.iterdir()) == [".mine", "ps1"]


def test_a_shared_course_is_the_groups(tmp_path: Path) -> None:
    """With groupshared, other instructors may replace what was graded."""
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.groupshared = True\n"
    )
    course = find_course(tmp_path)
    ensure_writable(course)
    write_folder(course, "ada", "ps1", {"a.txt": b""})
    folder = tmp_path / "autograded" / "ada" / "ps1"
    assert folder.stat().st_mode & 0o2770 == 0o2770
    assert (folder / "a.txt").stat().st_mode & 0o777 == 0o664
