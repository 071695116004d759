"""Show what `lessonkit` does in a shell: output, exit statuses, one line for what went wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import lessonkit
from lessonkit.sandbox.tiers import GUARANTEES, TIERS

COMMAND = [sys.executable, "-m", "lessonkit.cli"]


def call(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell would, and wait for it."""
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, timeout=110, check=False, **options
    )


def test_output_of_the_program_goes_where_it_went() -> None:
    """stdout to stdout, stderr to stderr, and one line on how it ended after that."""
    done = call("run", "--", "sh", "-c", "echo out; echo err >&2; exit 3")

    assert (done.returncode, done.stdout) == (0, "out\n")
    lines = done.stderr.splitlines()
    assert (lines[0], len(lines)) == ("err", 2)
    assert lines[1].startswith("lessonkit: exited with code 3 after ")


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (["true"], "exited with code 0"),
        (["no-such-program"], "exited with code 127"),
        (["sh", "-c", "kill -9 $$"], "ended by signal 9"),
        (["sleep", "60"], "ended by the limit wall_seconds"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_whatever_the_program_did_the_sandbox_worked(program: list[str], words: str) -> None:
    """The exit status is 0 when there is a record, and the last line tells the ending."""
    seconds = 0.5 if program[0] == "sleep" else 60
    done = call("run", "--limit", f"wall_seconds={seconds}", "--", *program)

    assert done.returncode == 0
    assert words in done.stderr.splitlines()[-1]


def test_the_record_is_one_object_of_json() -> None:
    """With --json, stdout holds the whole record and stderr nothing."""
    done = call("run", "--json", "--", "sh", "-c", "echo out; echo err >&2; exit 3")
    record = json.loads(done.stdout)

    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert record["ending"] == {
        "kind": "exited",
        "exit_code": 3,
        "term_signal": None,
        "core_dumped": False,
        "limit": None,
    }
    assert (record["stdout"], record["stderr"]) == ("out\n", "err\n")


def test_output_that_is_no_text_is_passed_on_as_it_is() -> None:
    """Bytes arrive unchanged; JSON shows what can be shown."""
    argv = ["printf", r"\377\000a"]
    raw = subprocess.run([*COMMAND, "run", "--", *argv], capture_output=True, timeout=110)

    assert raw.stdout == b"\xff\0a"
    assert json.loads(call("run", "--json", "--", *argv).stdout)["stdout"] == "\ufffd\0a"


def test_options_reach_the_run() -> None:
    """--limit and --trace are what the record says was used."""
    done = call(
        *("run", "--json", "--limit", "memory_bytes=64M", "--limit=wall_seconds=2.5"),
        *("--trace", "exact", "--require", "signals=kernel", "true"),
    )
    record = json.loads(done.stdout)

    assert record["limits"]["memory_bytes"] == 64 << 20
    assert record["limits"]["wall_seconds"] == 2.5
    assert record["timeline"]["mode"] == "exact"
    assert record["guarantees"]["signals"] == "kernel"


def test_files_that_are_named_come_along(tmp_path: Path) -> None:
    """Files below the current directory are there under the same names; others are not."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "tool").write_text("#!/bin/sh\ncat data.txt; cat other.txt\n")
    (tmp_path / "sub" / "tool").chmod(0o755)
    (tmp_path / "data.txt").write_text("data\n")
    (tmp_path / "other.txt").write_text("other\n")

    done = call("run", "--json", "--", "./sub/tool", "data.txt", cwd=tmp_path)
    record = json.loads(done.stdout)

    assert record["stdout"] == "data\n"
    assert "other.txt" in record["stderr"]


def test_a_program_with_options_like_ours_keeps_them() -> None:
    """What stands after -- is the program's, whatever it looks like."""
    done = call("run", "--", "echo", "--json", "--limit", "--")

    assert done.stdout == "--json --limit --\n"


def test_stdin_is_given_only_when_asked_for() -> None:
    """--stdin passes on what can be read here; without it the program reads nothing."""
    assert call("run", "--stdin", "--", "cat", input="typed\n").stdout == "typed\n"
    assert call("run", "--", "cat", input="typed\n").stdout == ""


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["run"], "PROGRAM"),
        (["run", "--"], "PROGRAM"),
        (["run", "--limit", "size=5", "--", "true"], "size=5"),
        (["run", "--limit", "wall_seconds=soon", "--", "true"], "soon"),
        (["run", "--limit", "wall_seconds=-1", "--", "true"], "wall_seconds=-1"),
        (["run", "--limit", "max_processes=0.5", "--", "true"], "max_processes=0.5"),
        (["run", "--require", "peace=kernel", "--", "true"], "peace"),
        (["run", "--require", "signals=much", "--", "true"], "signals=much"),
        (["run", "--trace", "always", "--", "true"], "always"),
        (["run", "--no-such-option", "--", "true"], "--no-such-option"),
        (["dance"], "dance"),
        ([], "COMMAND"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_status_2_and_says_what_is_wrong(words: Sequence[str], named: str) -> None:
    """The last line of stderr names it; there is no traceback and nothing on stdout."""
    done = call(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_what_this_host_cannot_give_is_status_3() -> None:
    """A requirement that no tier fulfils is one line that names it."""
    done = call("run", "--require", "tree_cpu=kernel", "--", "true")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert done.stderr.startswith("lessonkit: no sandbox on this host")
    assert "tree_cpu" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`lessonkit run -- yes | head -1` ends by itself, with nothing to say about pipes."""
    program = subprocess.Popen(
        [*COMMAND, "run", "--limit", "output_bytes=100M", "--", "yes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    assert program.stdout.readline() == "y\n"
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()

    assert (program.wait(60), said) == (0, "")


def test_an_interrupt_is_one_line_and_status_3() -> None:
    """Ctrl-C ends the run and the command; nothing of either is left."""
    program = subprocess.Popen(
        [*COMMAND, "run", "--", "sh", "-c", f"echo up; exec sleep 8{os.getpid()}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "up\n"
    program.send_signal(signal.SIGINT)
    rest, said = program.communicate(timeout=60)

    assert (program.returncode, rest) == (3, "")
    assert said == "lessonkit: interrupted; nothing of the run is left\n"


def test_doctor_shows_every_tier_and_every_guarantee() -> None:
    """One line per tier with its mark, the one in use, and the strength of each guarantee."""
    done = call("doctor")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("<- used") == 1
    lines = done.stdout.splitlines()
    for tier in TIERS:
        assert any(line.split()[:2][-1:] == [tier.name] for line in lines), tier.name
    for name in GUARANTEES:
        assert any(
            line.strip().startswith(("kernel", "best", "none")) and name in line for line in lines
        ), name


def test_doctor_agrees_with_what_is_used() -> None:
    """--json gives the same as data; the tier it names is the one that runs use."""
    done = call("doctor", "--json")
    report = json.loads(done.stdout)
    used = json.loads(call("run", "--json", "--", "true").stdout)

    assert [tier["name"] for tier in report["tiers"]] == [tier.name for tier in TIERS]
    assert report["used"] == used["tier"]
    guarantees = {t["name"]: t["guarantees"] for t in report["tiers"]}
    assert guarantees[report["used"]] == used["guarantees"]
    assert all(tier["works"] == (tier["why"] is None) for tier in report["tiers"])


def notebook(folder: Path, name: str, *cells: dict[str, Any]) -> Path:
    """Write a lesson of these cells."""
    path = folder / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    return path


TITLE = {"cell_type": "markdown", "metadata": {}, "source": "# 1 · A\n\n| **Time** | 30 minutes |"}
CHECK = {
    "cell_type": "code",
    "metadata": {"nbgrader": {"grade": True, "points": 3}},
    "source": 'check("3.1", f)',
}


def test_progress_is_a_table_or_data(tmp_path: Path) -> None:
    """The same lessons, points and next step in both; a damaged lesson is one line of it."""
    notebook(tmp_path / "course", "01-a", TITLE, CHECK)
    (tmp_path / "course" / "01-a" / "my-work.json").write_text('{"checks": {"3.1": {"best": 2}}}')
    (notebook(tmp_path / "course", "02-b")).write_text("{")
    shown = call("progress", cwd=tmp_path)
    data = json.loads(call("progress", "course", "--json", cwd=tmp_path).stdout)

    assert (shown.returncode, shown.stderr) == (0, "")
    assert "2 of 3" in shown.stdout
    assert "02-b.ipynb is damaged" in " ".join(shown.stdout.split())
    assert "Next: exercise 3.1 in 01-a" in shown.stdout
    assert [one["points"] for one in data["lessons"]] == [2]
    assert data["next"] == {"lesson": "01-a", "exercise": "3.1"}
    assert len(data["problems"]) == 1


def test_replay_makes_a_page_of_a_record(tmp_path: Path) -> None:
    """The name of the page is printed; it stands beside the record unless -o says otherwise."""
    record = tmp_path / "run.json"
    record.write_text(call("run", "--json", "--trace", "exact", "--", "true").stdout)
    beside = call("replay", "run.json", cwd=tmp_path)
    other = call("replay", "run.json", "-o", "x y.html", cwd=tmp_path)

    assert (beside.returncode, beside.stdout, beside.stderr) == (0, "run.html\n", "")
    assert other.stdout == "x y.html\n"
    assert (tmp_path / "run.html").read_text() == (tmp_path / "x y.html").read_text()
    assert "<html" in (tmp_path / "run.html").read_text()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["progress", "nowhere"], "nowhere"),
        (["progress", "empty"], "no lessons were found"),
        (["check"], "LESSON"),
        (["check", "nothing"], "there are: 01-a, 02-damaged, 03-none"),
        (["check", "course/01-a/x.ipynb"], "course/01-a/x.ipynb"),
        (["check", "course"], "name one of its lessons: 01-a"),
        (["check", "empty"], "empty.ipynb is missing"),
        (["check", "02-damaged"], "02-damaged.ipynb is damaged: not JSON"),
        (["check", "2"], "02-damaged.ipynb is damaged: not JSON"),
        (["check", "03-none"], "has no exercises"),
        (["check", "plain.json"], "plain.json is no notebook"),
        (["check", "01-a", "--exercise", "9.9"], "'9.9' in 01-a; there are: 3.1"),
        (["replay"], "RECORD.json"),
        (["replay", "nowhere.json"], "nowhere.json"),
        (["replay", "broken.json"], "broken.json"),
        (["replay", "plain.json"], "plain.json"),
        (["replay", "untraced.json"], "no timeline"),
        (["replay", "traced.json", "-o", "traced.json"], "the record itself"),
        (["replay", "traced.json", "-o", "no/such/folder.html"], "no/such/folder.html"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_of_lessons_is_status_2_and_loses_nothing(
    tmp_path: Path, recorded: dict[str, str], words: Sequence[str], named: str
) -> None:
    """One line that names it, nothing on stdout, and every file keeps its bytes."""
    notebook(tmp_path / "course", "01-a", TITLE, CHECK)
    notebook(tmp_path / "course", "02-damaged").write_text('{"cells": [')
    notebook(tmp_path / "course", "03-none", TITLE)
    (tmp_path / "empty").mkdir()
    for name, content in recorded.items():
        (tmp_path / name).write_text(content)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = call(*words, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    """Records as files: with and without a timeline, broken, and something else."""
    traced = call("run", "--json", "--trace", "exact", "--", "true").stdout
    return {
        "traced.json": traced,
        "untraced.json": json.dumps({**json.loads(traced), "timeline": None}),
        "broken.json": traced[:-20],
        "plain.json": "{}",
    }


@pytest.mark.parametrize("words", [["progress", "course"], ["replay", "run.json"]])
def test_lessons_are_shown_and_runs_replayed_where_nothing_can_be_run(
    tmp_path: Path, recorded: dict[str, str], words: Sequence[str]
) -> None:
    """Both work without Linux, and `check` says what is missing there."""
    notebook(tmp_path / "course", "01-a", TITLE, CHECK)
    (tmp_path / "run.json").write_text(recorded["traced.json"])
    elsewhere = (
        "import sys; sys.platform = 'win32'; sys.modules['fcntl'] = None\n"
        "from lessonkit.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    for arguments, status in ((words, 0), (["check", "01-a"], 3)):
        done = subprocess.run(
            [sys.executable, "-c", elsewhere, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert ("real Linux processes" in done.stderr) == (status == 3)


def test_version_and_help_are_there() -> None:
    """Both end with status 0 and say what one wants to know."""
    assert call("--version").stdout == f"lessonkit {lessonkit.__version__}\n"
    for command in ("doctor", "progress", "check", "replay"):
        assert command in call("--help").stdout
    assert "--limit" in call("run", "--help").stdout
