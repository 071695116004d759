"""A program runs where it can be run; elsewhere the recorded run is shown, and says so."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lessonkit import cli, run_or_replay, show
from lessonkit.errors import LaunchError, UsageError
from lessonkit.recordingfiles import save
from lessonkit.records import Run, to_json
from lessonkit.runner import run
from lessonkit.sandbox import pool
from lessonkit.show.story import findings
from lessonkit.views.pages import page
from tests.notebook_runner import execute

NOWHERE = ("no-such-program",)
FAMILY = """
import os
if os.fork() == 0:
    os._exit(7)
os.wait()
print("live")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder, in which nobody asks for anything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LESSONKIT_RECORD", raising=False)
    monkeypatch.delenv("LESSONKIT_REPLAY", raising=False)
    return tmp_path


def recorded(monkeypatch: pytest.MonkeyPatch, what: Any = FAMILY, **options: Any) -> Run:
    """Record *what* under the name "family" and return the run as it was made."""
    with monkeypatch.context() as patch:
        patch.setenv("LESSONKIT_RECORD", "1")
        return run_or_replay(what, recording="family", **options)


def test_a_program_that_can_be_run_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there is a recording, which is not looked at then."""
    recorded(monkeypatch)
    found = run_or_replay("print('another')", recording="family", needs=("sh", "python3"))

    assert (found.stdout, found.note) == ("another\n", "")


def test_a_missing_program_brings_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows as it did, after one sentence: where, when, and what is missing here."""
    made = recorded(monkeypatch, trace="exact")
    shown = run_or_replay(FAMILY, recording="family", needs=("sh", *NOWHERE))

    assert shown.note.startswith("Recorded on Linux ")
    assert shown.note.endswith(": no-such-program is not installed here.")
    assert dataclasses.replace(shown, note="") == dataclasses.replace(made, note="")
    for text in (show.run_text(shown), show.run_html(shown), page(shown)):
        assert shown.note in text
    assert findings(shown)[0] == {"lines": [shown.note]}
    assert shown.timeline is not None
    assert len(shown.timeline.events) > 5


def test_a_recording_is_a_frozen_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """As every run is."""
    recorded(monkeypatch)
    shown = run_or_replay(FAMILY, recording="family", needs=NOWHERE)

    with pytest.raises(dataclasses.FrozenInstanceError):
        shown.note = ""  # type: ignore[misc]
    with pytest.raises(TypeError):
        shown.guarantees["cpu"] = "none"  # type: ignore[index]


def test_a_value_keeps_its_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON has no tuples, no bytes, and no keys but strings; a lesson's next cell uses them."""

    def told() -> object:
        return {3: (1, b"x"), "set": {4}}

    recorded(monkeypatch, told)
    shown = run_or_replay(told, recording="family", needs=NOWHERE)

    assert shown.value == {3: (1, b"x"), "set": {4}}
    assert shown.note.startswith("Recorded on ")


def test_what_lessonkit_run_prints_is_a_recording(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    """Nothing is known then of where it was made, and nothing is claimed."""
    assert cli.main(["run", "--json", "--", "sh", "-c", "exit 3"]) == 0
    (folder / "recordings").mkdir()
    (folder / "recordings" / "three.json").write_text(capsys.readouterr().out)
    shown = run_or_replay(["sh"], recording="three", needs=NOWHERE)

    assert shown.ending.exit_code == 3
    assert shown.note == "Recorded on another machine: no-such-program is not installed here."


def test_a_recording_can_be_replayed_as_a_page(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """`lessonkit replay` reads it as it reads any saved run."""
    recorded(monkeypatch, trace="exact")

    assert cli.main(["replay", "recordings/family.json", "-o", "page.html"]) == 0
    assert "exit code 7" in (folder / "page.html").read_text()


def test_without_a_recording_there_is_a_sentence_and_no_exception() -> None:
    """The notebook goes on: a run that was not run, whose note says all there is to say."""
    shown = run_or_replay(["tool"], recording="family", needs=("first-one", "second-one"))

    assert shown.note == (
        "Not run: first-one and second-one are not installed here, and its recording, "
        "recordings/family.json, is not there."
    )
    assert (shown.ok, shown.ending.kind, shown.stdout, shown.value) == (False, "not run", "", None)
    assert show.run_text(shown) == f"{shown.note}\n\nThe program was not run."


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "damaged"),
        (b"{", "damaged"),
        (b"\xff\xfe{}", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "no object"),
        (b"{}", "neither a run nor a timeline"),
        (b'{"mode": "exact", "events": []}', "a timeline and no run"),
        (b'{"ending": {"kind": "flew"}, "usage": {}}', "run.ending.kind"),
        (b" " * (5 << 20), "larger than 4 MiB"),
        (None, "no file"),
    ],
    ids=str,
)
def test_a_damaged_recording_is_told_in_one_sentence(
    folder: Path, content: bytes | None, word: str
) -> None:
    """Whatever is in the file, and also when it is none."""
    path = folder / "recordings" / "family.json"
    path.parent.mkdir()
    if content is None:
        os.mkfifo(path)
    else:
        path.write_bytes(content)
    shown = run_or_replay(["tool"], recording="family", needs=NOWHERE)

    assert shown.ending.kind == "not run"
    assert "recordings/family.json, cannot be read: " in shown.note
    assert word in shown.note
    assert shown.note.count("\n") == 0
    assert len(shown.note) < 300


def test_a_damaged_value_is_told(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A value is decoded as if a stranger had sent it."""
    recorded(monkeypatch, lambda: 5)
    path = folder / "recordings" / "family.json"
    data = json.loads(path.read_text())
    data["recorded"]["value"] = '{"os":["rm"]}'
    path.write_text(json.dumps(data))

    assert "its value is damaged" in run_or_replay("", recording="family", needs=NOWHERE).note


@pytest.mark.parametrize("name", ["", "../family", "a/b", "A", "a b", "-a", "x" * 61, None, 3])
def test_a_wrong_name_is_told_where_the_program_could_run(name: Any) -> None:
    """It is the author's mistake, so it shows on the author's machine."""
    if name is None:
        with pytest.raises(TypeError):
            run_or_replay("")  # type: ignore[call-arg]
        return
    with pytest.raises(UsageError, match="a recording is named"):
        run_or_replay("", recording=name)


@pytest.mark.parametrize("needs", ["strace", ["a b"], ["../x"], ["-c"], [""]])
def test_wrong_needs_are_told(needs: Any) -> None:
    """A string would be read letter by letter."""
    with pytest.raises(UsageError, match="needs is a tuple"):
        run_or_replay("", recording="family", needs=needs)


def test_wrong_options_are_told_and_replay_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are no reason to show a recording."""
    recorded(monkeypatch)
    with pytest.raises(UsageError):
        run_or_replay("", recording="family", trace="always")


@pytest.fixture
def _weak_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A host where no new /proc may be mounted."""
    pool.close()
    monkeypatch.setenv("LESSONKIT_TIER", "shared-proc")
    yield
    pool.close()


@pytest.mark.usefixtures("_weak_host")
def test_a_guarantee_that_is_not_offered_brings_the_recording(folder: Path) -> None:
    """It says which one; without the requirement the program runs."""
    live = run_or_replay("print(1)", recording="family")
    shown = run_or_replay("print(1)", recording="family", require={"own_proc": "kernel"})

    assert (live.stdout, live.note) == ("1\n", "")
    assert shown.note.startswith(
        "Not run: this host does not offer own_proc (programs see only the processes of their box)"
    )


@pytest.mark.usefixtures("_weak_host")
def test_a_trace_that_is_not_possible_brings_the_recording() -> None:
    """The tracer reads /proc, and here is none."""
    shown = run_or_replay(FAMILY, recording="family", trace="exact")

    assert shown.note.startswith("Not run: this host does not offer proc (")


def test_a_run_that_fails_on_our_side_brings_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where tracing is forbidden: the sentence says what failed."""
    recorded(monkeypatch)

    def refuse(*args: Any, **options: Any) -> Run:
        raise LaunchError("the box failed: ptrace: not permitted\nmore", tier="walk")

    monkeypatch.setattr("lessonkit.runner.run", refuse)
    shown = run_or_replay(FAMILY, recording="family", trace="exact")

    assert shown.note.endswith("it could not be run here (the box failed: ptrace: not permitted).")
    assert shown.stdout == "live\n"


def test_the_recording_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An author looks at what others will see."""
    recorded(monkeypatch)
    monkeypatch.setenv("LESSONKIT_REPLAY", "1")

    assert "LESSONKIT_REPLAY" in run_or_replay("print(2)", recording="family").note


def test_one_recording_is_made_by_its_name(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The others stay as they are; what is recorded says where."""
    monkeypatch.setenv("LESSONKIT_RECORD", "two")
    first = run_or_replay("print(1)", recording="one")
    second = run_or_replay("print(2)", recording="two")

    assert (first.note, second.note) == ("", "Recorded in recordings/two.json.")
    assert [path.name for path in (folder / "recordings").iterdir()] == ["two.json"]


def test_what_cannot_be_run_cannot_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The author hears of it, and no old recording is taken for a new one."""
    with pytest.raises(UsageError, match="cannot be recorded: no-such-program is not installed"):
        recorded(monkeypatch, needs=NOWHERE)


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("the host is teacher-laptop.", "teacher-laptop"),
        ("/home/ada/notes", "/home/ada"),
        ("see /Users/ada", "/Users/ada"),
        ("see " + "/root" + "/x", "/root"),
        ("by ada-l", "ada-l"),
    ],
)
def test_nothing_private_is_recorded(
    monkeypatch: pytest.MonkeyPatch, folder: Path, printed: str, word: str
) -> None:
    """A name of the machine or its user: no file, and a message that says where it stood."""
    monkeypatch.setattr("socket.gethostname", lambda: "teacher-laptop")
    monkeypatch.setattr("getpass.getuser", lambda: "ada-l")
    with pytest.raises(UsageError, match="would give away") as caught:
        recorded(monkeypatch, f"print({printed!r})")

    assert f"{word!r} (in stdout)" in str(caught.value)
    assert not (folder / "recordings").exists()


def test_harmless_output_is_recorded(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The other side of the test above: such words are no names of this machine."""
    monkeypatch.setattr("socket.gethostname", lambda: "vm")
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    recorded(monkeypatch, "print('the vm of root, at home/ada, in a rooted tree')")

    assert (folder / "recordings" / "family.json").is_file()


def test_paths_of_this_python_and_of_cells_are_replaced(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """They differ on every machine and say nothing to a learner."""
    cell = "/tmp/of-somebody/ipykernel_4711/123.py"
    recorded(monkeypatch, f"print({cell!r}, {sys.prefix + '/bin/python'!r})")
    text = (folder / "recordings" / "family.json").read_text()

    assert "/tmp/ipykernel/1.py" in text
    assert "of-somebody" not in text
    assert sys.prefix in ("/usr", "/usr/local") or sys.prefix not in text


@pytest.mark.parametrize("tier", ["landlock", "walk", "unheard-of"])
def test_runs_that_saw_this_machine_are_not_recorded(folder: Path, tier: str) -> None:
    """Without namespaces a program sees the machine's pids, files and name."""
    record = dataclasses.replace(run("print(1)"), tier=tier)
    with pytest.raises(UsageError, match="programs see this machine"):
        save(record, folder / "recordings" / "x.json")
    assert not (folder / "recordings").exists()


def test_a_huge_run_is_not_recorded(folder: Path) -> None:
    """Learners load recordings with their notebook; a megabyte is a mistake."""
    record = run("print('x' * 700_000); import sys; print('y' * 700_000, file=sys.stderr)")
    with pytest.raises(UsageError, match="takes"):
        save(record, folder / "recordings" / "x.json")


def test_a_recording_reads_as_the_run_that_was_saved(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The file is what `lessonkit run --json` prints, and where it comes from."""
    made = recorded(monkeypatch, "print(1)")
    data = json.loads((folder / "recordings" / "family.json").read_text())

    assert data.pop("recorded").keys() == {"kernel", "date", "value"}
    assert data == to_json(dataclasses.replace(made, note=""))


@pytest.mark.slow
def test_a_notebook_goes_on_where_nothing_can_be_shown() -> None:
    """No exception, nothing on stderr, and the sentence in text and HTML."""
    outputs = execute(
        "from lessonkit import run_or_replay",
        "run_or_replay(['x'], recording='not-there', needs=('no-such-program',))",
        "print('next')",
    )

    assert [output["output_type"] for output in outputs[1]] == ["execute_result"]
    assert "is not there" in "".join(outputs[1][0]["data"]["text/plain"])
    assert "is not there" in "".join(outputs[1][0]["data"]["text/html"])
    assert outputs[2][0]["text"] == "next\n"
