"""Show the `%%sandbox` cell magic, in IPython itself and in an executed notebook."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

from tests.notebook_runner import execute

SHELL = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="nocolor", history_load_length=0)
shell.history_manager.enabled = False
assert shell.run_line_magic("load_ext", "lessonkit") is None
def sandbox(line, cell):
    result = shell.run_cell("%%sandbox " + line + "\\n" + cell)
    return result.result
"""


def in_ipython(code: str) -> str:
    """What a script prints in which `sandbox(line, cell)` runs a cell with the magic."""
    done = subprocess.run(
        [sys.executable, "-c", SHELL + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_cell_is_a_program_in_a_box() -> None:
    """Its output appears, stderr among it, and a cell that went well shows no more."""
    shown = in_ipython(
        """
        assert sandbox("", "import os, sys\\nprint(os.getpid(), os.getppid())\\n"
                           "print('to stderr', file=sys.stderr)\\nprint('é')") is None
        """
    )

    # Two pipes have no common order: only each stream's own lines keep theirs.
    assert sorted(shown.splitlines()) == ["2 1", "to stderr", "é"]
    assert shown.index("2 1") < shown.index("é")


def test_output_appears_while_the_program_runs() -> None:
    """A line is on the page while the program sleeps after it."""
    shown = in_ipython(
        """
        import io, time
        class Page(io.StringIO):
            def write(self, text):
                times.append((text, time.monotonic()))
                return super().write(text)
        for pause in (0.3, 1.0, 5.0):  # on a busy machine a line may be read late
            times, sys.stdout, kept = [], Page(), sys.stdout
            sandbox("", f"import time\\nprint('one')\\ntime.sleep({pause})\\nprint('two')")
            ended = time.monotonic()
            sys.stdout = kept
            when = {text.strip(): at for text, at in times}
            if when["two"] - when["one"] > 0.6 * pause:
                break
        print(when["two"] - when["one"] > 0.6 * pause, ended - when["one"] > 0.6 * pause)
        """
    )

    assert shown == "True True\n"


def test_the_record_stays_in_a_variable() -> None:
    """--into names it; the cell's own names stay in the box."""
    shown = in_ipython(
        """
        sandbox("--into made --quiet", "x = 1\\nraise SystemExit(3)")
        print(shell.user_ns["made"].ending.exit_code, "x" in shell.user_ns)
        """
    )

    assert shown == "3 False\n"


def test_limits_and_a_timeline_can_be_asked_for() -> None:
    """--limit and --trace are options of `run`, and a traced cell shows its record."""
    shown = in_ipython(
        """
        sandbox("--limit wall_seconds=0.3 --limit max_processes=5 --into a --quiet",
                "import signal\\nsignal.pause()")
        print(shell.user_ns["a"].ending.limit, shell.user_ns["a"].limits.max_processes)
        result = sandbox("--trace exact", "import os\\nif os.fork() == 0: os._exit(0)\\nos.wait()")
        sys.stdout.write(f"{result.timeline.mode}\\n")
        """
    )

    assert shown.splitlines()[0] == "wall_seconds 5"
    assert shown.splitlines()[-1] == "exact"


def test_a_cell_that_fails_shows_its_traceback_once() -> None:
    """The error was printed as it happened; the record after it tells how the program ended."""
    shown = in_ipython(
        """
        sandbox("", "print('before')\\n1 / 0")
        """
    )

    assert shown.startswith("before\nTraceback")
    assert shown.count("ZeroDivisionError: division by zero") == 1
    assert shown.count("before") == 1
    assert "exit" in shown.splitlines()[-1] or "Contained by" in shown


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("--limit size=3", "size=3"),
        ("--limit", "--limit"),
        ("--trace always", "always"),
        ("--into 3x", "3x"),
        ("--fast", "--fast"),
        ("word", "word"),
        ("--into 'x", "'x"),
    ],
)
def test_wrong_options_are_one_sentence(line: str, word: str) -> None:
    """A UsageError that names the word, without a traceback; the cell did not run."""
    shown = in_ipython(f"assert sandbox({line!r}, 'print(5)') is None")

    assert shown.startswith("UsageError: ")
    assert word in shown
    assert "Traceback" not in shown
    assert "\n5\n" not in f"\n{shown}"


def test_a_failure_of_ours_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no sandbox can be had, the cell says so, on stdout, and the notebook goes on."""
    monkeypatch.setenv("LESSONKIT_TIER", "nosuch")
    shown = in_ipython("assert sandbox('', 'print(5)') is None\nprint('next')")

    assert shown.startswith("TierUnavailable: ")
    assert shown.endswith("next\n")


def test_loading_brings_in_no_widgets_and_can_be_repeated() -> None:
    """A kernel that shows no view stays light, and nothing is registered twice."""
    shown = in_ipython(
        """
        before = {name: list(found) for name, found in shell.events.callbacks.items()}
        shell.run_line_magic("load_ext", "lessonkit")
        shell.run_line_magic("reload_ext", "lessonkit")
        print({name: len(found) - len(before[name]) for name, found in
               shell.events.callbacks.items() if len(found) != len(before[name])})
        print([name for name in ("anywidget", "ipywidgets", "nbformat") if name in sys.modules])
        """
    )

    assert shown.splitlines()[-2:] == ["{}", "[]"]


def test_unloading_takes_everything_away() -> None:
    """The magic, the guard, the progress of checks: the shell is as it was."""
    shown = in_ipython(
        """
        from lessonkit import checking
        ours = [f for found in shell.events.callbacks.values() for f in found
                if f.__module__.startswith("lessonkit")]
        shell.run_line_magic("unload_ext", "lessonkit")
        print(len(ours), [f for found in shell.events.callbacks.values() for f in found
                          if f.__module__.startswith("lessonkit")])
        print(shell.find_cell_magic("sandbox"), checking.observer)
        """
    )

    assert shown == "2 []\nNone None\n"


@pytest.mark.slow
def test_it_works_in_a_notebook() -> None:
    """Live output is a stdout stream, a record is a result with text and HTML, no stderr."""
    outputs = execute(
        "%load_ext lessonkit",
        "%%sandbox\nimport os\nprint(os.getpid())",
        "%%sandbox --into made\nimport sys\nprint('bad', file=sys.stderr)\nsys.exit(3)",
        "made.ending.exit_code",
        "from lessonkit import run\nbase = 40\ndef f(x):\n    return base + x",
        "run(f, args=(2,))",
        "def g():\n    return h()\ndef h():\n    raise ValueError('seen')  # marked",
        "run(g)",
    )

    assert outputs[0] == []
    assert [(o["output_type"], o["name"], o["text"]) for o in outputs[1]] == [
        ("stream", "stdout", "2\n")
    ]
    assert outputs[2][0]["text"] == "bad\n"
    assert set(outputs[2][1]["data"]) == {"text/plain", "text/html"}
    assert outputs[3][0]["data"]["text/plain"] == "3"
    assert "42" in outputs[5][0]["data"]["text/plain"]
    assert "# marked" in outputs[7][0]["data"]["text/plain"]
    assert "lessonkit" not in json.dumps(outputs[7][0]["data"])
    assert [o for out in outputs for o in out if o.get("name") == "stderr"] == []
