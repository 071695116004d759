"""What a learner wrote is kept, whatever the file, the folder and other writers do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessonkit import workbook
from lessonkit.workbook import FILE_NAME, MOST_BYTES, Workbook, WorkbookError, workbook_here

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
NAMES = st.text(min_size=1, max_size=12)

WRITER = """
import sys
from lessonkit import workbook
workbook.LOCK_SECONDS = 100.0
book = workbook.Workbook(sys.argv[1])
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    book.update("quizzes", f"{sys.argv[2]}-{number}", answer=number)
"""


def read(folder: Path) -> Any:
    """The file as any other program would read it."""
    return json.loads((folder / FILE_NAME).read_text("utf-8"))


def others(folder: Path) -> list[str]:
    """The names of all other files in the folder."""
    return sorted(name for name in os.listdir(folder) if name != FILE_NAME)


def test_a_field_is_kept_and_the_others_stay(tmp_path: Path) -> None:
    """An update changes what it names, in this item of this section only."""
    book = Workbook(tmp_path)
    book.update("predictions", "D1", prediction="B", explanation="because")
    book.update("quizzes", "D1", answer=3)
    kept = book.update("predictions", "D1", prediction="C")

    assert kept == Workbook(tmp_path).get("predictions", "D1")
    assert (kept["prediction"], kept["explanation"]) == ("C", "because")
    assert kept["changed"].endswith("+00:00")
    assert read(tmp_path)["version"] == 1
    assert read(tmp_path)["quizzes"]["D1"]["answer"] == 3
    assert others(tmp_path) == []


def test_nothing_is_known_of_what_was_never_written(tmp_path: Path) -> None:
    """Asking makes no file."""
    assert Workbook(tmp_path).get("predictions", "D1") == {}
    assert Workbook(tmp_path / "absent").section("checks") == {}
    assert os.listdir(tmp_path) == []


@settings(max_examples=40, suppress_health_check=ALLOWED)
@given(section=NAMES.filter("version".__ne__), item=NAMES, value=PLAIN)
def test_any_plain_data_comes_back_as_it_was(
    tmp_path: Path, section: str, item: str, value: Any
) -> None:
    """Every text, also one with half characters, survives the way through the file."""
    Workbook(tmp_path).update(section, item, value=value)

    assert Workbook(tmp_path).get(section, item)["value"] == value


def test_half_a_character_is_kept(tmp_path: Path) -> None:
    """What no encoding can write (a lone surrogate) is written as JSON's escape for it."""
    Workbook(tmp_path).update("predictions", "D1", fact_text="a\udc80b")

    assert Workbook(tmp_path).get("predictions", "D1")["fact_text"] == "a\udc80b"


@settings(max_examples=40, suppress_health_check=ALLOWED)
@given(data=st.binary(max_size=60))
def test_any_damage_is_survived_and_kept_under_another_name(tmp_path: Path, data: bytes) -> None:
    """Reading finds nothing, writing works, and no byte of the damaged file is lost."""
    for name in os.listdir(tmp_path):
        (tmp_path / name).unlink()
    (tmp_path / FILE_NAME).write_bytes(data)
    book = Workbook(tmp_path)
    before = book.section("predictions")
    book.update("predictions", "D1", prediction="A")

    assert before == {}
    assert book.get("predictions", "D1")["prediction"] == "A"
    try:
        sound = isinstance(json.loads(data), dict)
    except ValueError:
        sound = False
    kept = [(tmp_path / name).read_bytes() for name in others(tmp_path)]
    assert kept == ([] if sound else [data])


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"predictions": ["not", "a", "mapping"]}',
        '{"predictions": {"D1": "not a mapping"}}',
        '{"a": "' + "x" * MOST_BYTES + '"}',
        "",
    ],
    ids=["deep", "section", "item", "huge", "empty"],
)
def test_what_is_not_of_our_form_is_put_aside(tmp_path: Path, content: str) -> None:
    """Nested without end, of another shape, or huge: it is kept, and never read again."""
    (tmp_path / FILE_NAME).write_text(content)
    Workbook(tmp_path).update("predictions", "D1", prediction="A")
    Workbook(tmp_path).update("predictions", "D1", prediction="B")

    assert others(tmp_path) == ["my-work.damaged-1.json"]
    assert (tmp_path / "my-work.damaged-1.json").read_text() == content
    assert Workbook(tmp_path).get("predictions", "D1")["prediction"] == "B"


def test_a_section_of_another_shape_does_not_take_the_rest_with_it(tmp_path: Path) -> None:
    """The sound sections stay in the new file."""
    (tmp_path / FILE_NAME).write_text('{"quizzes": {"K1": {"answer": 1}}, "predictions": 5}')
    Workbook(tmp_path).update("predictions", "D1", prediction="A")

    assert Workbook(tmp_path).get("quizzes", "K1") == {"answer": 1}


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_neither_waited_for_nor_lost(tmp_path: Path, kind: str) -> None:
    """A folder or a pipe of that name is moved out of the way."""
    path = tmp_path / FILE_NAME
    path.mkdir() if kind == "folder" else os.mkfifo(path)

    assert Workbook(tmp_path).section("quizzes") == {}
    Workbook(tmp_path).update("quizzes", "K1", answer="A")
    assert others(tmp_path) == ["my-work.damaged-1.json"]


def test_a_linked_file_stays_linked(tmp_path: Path) -> None:
    """Who keeps the file elsewhere, by a symbolic link, finds it there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / FILE_NAME).symlink_to(elsewhere / "mine.json")
    Workbook(tmp_path).update("quizzes", "K1", answer="A")

    assert (tmp_path / FILE_NAME).is_symlink()
    assert json.loads((elsewhere / "mine.json").read_text())["quizzes"]["K1"]["answer"] == "A"


@pytest.mark.parametrize("value", [object(), float("nan"), {1: 2, "a": 3}, b"bytes"])
def test_what_is_not_plain_data_changes_nothing(tmp_path: Path, value: object) -> None:
    """The error names the file; what was there stays."""
    book = Workbook(tmp_path)
    book.update("quizzes", "K1", answer="A")

    with pytest.raises(WorkbookError, match="plain data only"):
        book.update("quizzes", "K1", answer=value)
    assert book.get("quizzes", "K1")["answer"] == "A"
    assert others(tmp_path) == []


def test_a_file_never_grows_beyond_what_is_read(tmp_path: Path) -> None:
    """What would be taken for damaged at the next start is refused at once."""
    with pytest.raises(WorkbookError, match="larger than 8 MiB"):
        Workbook(tmp_path).update("quizzes", "K1", answer="x" * MOST_BYTES)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    """The message names the file, the reason and a way out."""
    with pytest.raises(WorkbookError, match=r"my-work\.json cannot be written: No such file"):
        Workbook(tmp_path / "absent").update("quizzes", "K1", answer="A")


FULL = """
import os, pathlib, sys
from lessonkit.workbook import Workbook, WorkbookError
book = Workbook("/mnt")
book.update("quizzes", "K1", answer="A")
before = book.path.read_bytes()
try:
    with open("/mnt/filler", "wb", buffering=0) as filler:
        while True:
            filler.write(b"x" * 1024)
except OSError:
    pass
try:
    book.update("quizzes", "K2", answer="B")
except WorkbookError as error:
    print(str(error).split(": ")[1].split(".")[0])
print(book.path.read_bytes() == before, sorted(os.listdir("/mnt")))
"""


def test_on_a_full_disk_the_old_answers_stay(tmp_path: Path) -> None:
    """The new answer is refused with a reason; no byte and no stray file is left of it."""
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c"]
        + ['mount -t tmpfs -o size=16k none /mnt && exec "$0" -c "$1"', sys.executable, FULL],
        capture_output=True,
        text=True,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"by nature: no small file system can be mounted: {done.stderr.strip()}")

    assert done.stdout.splitlines() == [
        "No space left on device",
        "True ['filler', 'my-work.json']",
    ]


READ_ONLY = """
import os
from lessonkit.workbook import Workbook, WorkbookError
book = Workbook("/mnt")
print(book.get("quizzes", "K1")["answer"])
try:
    book.update("quizzes", "K2", answer="B")
except WorkbookError as error:
    print(str(error).split(": ")[1].split(".")[0])
"""


def test_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    """Answers are shown from it; not being able to keep one is told."""
    Workbook(tmp_path).update("quizzes", "K1", answer="A")
    script = 'mount --bind "$2" /mnt && mount -o remount,ro,bind /mnt && exec "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script]
        + [sys.executable, READ_ONLY, str(tmp_path)],
        capture_output=True,
        text=True,
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"by nature: no folder can be mounted read-only: {done.stderr.strip()}")

    assert done.stdout.splitlines() == ["A", "Read-only file system"]


def test_two_processes_and_two_threads_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them writes fifty answers at the same time; all two hundred are there."""
    monkeypatch.setattr(workbook, "LOCK_SECONDS", 100.0)  # nobody gives up on a busy machine
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name, "50"],
            stdin=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]

    def write(name: str) -> None:
        for number in range(50):
            Workbook(tmp_path).update("quizzes", f"{name}-{number}", answer=number)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("up", "down")]
    for thread in threads:
        thread.start()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    for thread in threads:
        thread.join()

    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(Workbook(tmp_path).section("quizzes")) == 200
    assert others(tmp_path) == []


HOLDER = """
import fcntl, os, sys
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_writer_that_never_ends_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped program that holds the lock costs the answer, with a reason, not the kernel."""
    monkeypatch.setattr(workbook, "LOCK_SECONDS", 0.1)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WorkbookError, match="written by another program"):
            Workbook(tmp_path).update("quizzes", "K1", answer="A")
        holder.communicate("")

    Workbook(tmp_path).update("quizzes", "K1", answer="A")


def test_without_locks_it_still_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no fcntl (Windows), whole files are still replaced at once."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    Workbook(tmp_path).update("quizzes", "K1", answer="A")

    assert Workbook(tmp_path).get("quizzes", "K1")["answer"] == "A"


def test_the_workbook_here_is_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the notebook that runs; while nbgrader grades there is none."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.chdir(tmp_path)
    here = workbook_here()

    assert here is not None
    assert here.path == tmp_path / FILE_NAME
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert workbook_here() is None


def test_in_a_folder_that_was_removed_nothing_is_raised_before_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Showing a question works; keeping an answer says why not."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    here = workbook_here()

    assert here is not None
    assert here.section("quizzes") == {}
    with pytest.raises(WorkbookError, match="cannot be written"):
        here.update("quizzes", "K1", answer="A")
