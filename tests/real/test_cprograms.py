"""C programs are compiled and run in sandboxes; what the compiler refuses is data."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lessonkit import run_c, run_or_replay, show
from lessonkit.errors import UsageError
from lessonkit.records import Limits
from lessonkit.sandbox import pool
from lessonkit.scenes.compilers import COMPILERS
from tests.fence import body, require_inside
from tests.hosts import run_on_host
from tests.real.test_magic import in_ipython

__all__ = ["on_a_host"]

pytestmark = [
    pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc to compile with")
]

HELLO = """\
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv) {
    printf("%d %s\\n", argc, argc > 1 ? argv[1] : "none");
    return getpid() == 2 ? 0 : 9;
}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder, in which nobody asks for anything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LESSONKIT_RECORD", raising=False)
    monkeypatch.delenv("LESSONKIT_REPLAY", raising=False)
    return tmp_path


@pytest.fixture
def _no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host where nobody finds a compiler: the names that are looked for are others."""
    from lessonkit import cprograms

    without = cprograms._COMPILE.replace(str(COMPILERS), '("no-such-cc",)')
    assert without != cprograms._COMPILE
    monkeypatch.setattr(cprograms, "_COMPILE", without)


def test_a_program_is_compiled_and_run() -> None:
    """With its arguments, as process 2 of its box, and nothing of the compiler is in the record."""
    found = run_c(HELLO, arguments=("one",))

    assert (found.stdout, found.ok, found.note) == ("2 one\n", True, "")
    assert found.forks in (None, 0)


def test_a_file_is_as_good_as_a_text(folder: Path) -> None:
    """A lesson keeps its C programs beside its notebook."""
    (folder / "hello.c").write_text(HELLO)

    assert run_c(Path("hello.c")).stdout == "1 none\n"
    with pytest.raises(UsageError, match="cannot be read"):
        run_c(Path("other.c"))


def test_what_the_compiler_refuses_was_not_run() -> None:
    """Its messages are the stderr, with the lines of the text that was given."""
    found = run_c("int main(void) {\n    int x = 1;\n    return x + y;\n}\n")

    assert not found.ok
    assert (found.ending.kind, found.ending.exit_code, found.stdout) == ("not run", 1, "")
    assert "program.c:3:16: error: " in found.stderr
    assert found.note == "The compiler refused it, so nothing was run."
    text = show.run_text(found)
    assert text.startswith(found.note)
    assert text.endswith("The program was not run.")


def test_warnings_stand_before_the_run() -> None:
    """They are the compiler's words: not in the program's stderr, and no failure."""
    found = run_c("int main(void) {\n    int unused;\n    return 3;\n}\n")

    assert found.note.startswith("The compiler warns:\nprogram.c")
    assert "program.c:2:9: warning: unused variable" in found.note
    assert (found.ending.exit_code, found.stderr) == (3, "")


def test_flags_are_the_compilers() -> None:
    """Another standard, a macro, a library that has to come last."""
    text = "#include <math.h>\nint main(int c, char **v) { (void)v; return (int)pow(X, c + 1); }\n"
    found = run_c(text, flags=("-std=c99", "-DX=3", "-lm"))

    assert found.ending.exit_code == 9


def test_options_of_run_are_those_of_the_program() -> None:
    """Its files, input, limits and timeline; a limit on it is none on the compiler."""
    text = """
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    char words[9] = "";
    FILE *file = fopen("words", "r");
    if (!file || !fgets(words, 9, file)) return 1;
    puts(words);
    if (!fgets(words, 9, stdin)) return 2;
    puts(words);
    if (fork() == 0) _exit(5);
    wait(NULL);
    return 0;
}
"""
    found = run_c(
        text,
        files={"words": b"a file"},
        stdin="an input",
        trace="exact",
        limits=Limits(max_processes=4, wall_seconds=9.0),
    )

    assert found.stdout == "a file\nan input\n"
    assert found.limits.max_processes == 4
    assert found.timeline is not None
    made = [event for event in found.timeline.events if event.kind == "fork"]
    assert len(made) == 1


def test_a_program_may_fail_as_any_other() -> None:
    """A signal, or a limit: data."""
    crash = run_c("int main(void) { volatile int *p = 0; return *p; }\n")
    spin = run_c("int main(void) { for (;;); }\n", limits=Limits(wall_seconds=0.3))

    assert (crash.ending.kind, crash.ending.term_signal) == ("signaled", 11)
    assert (spin.ending.kind, spin.ending.limit) == ("limit", "wall_seconds")


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": 3},
        {"source": "\ud800"},
        {"source": "x" * (1 << 21)},
        {"source": "", "arguments": "one"},
        {"source": "", "flags": "-Wall"},
        {"source": "", "flags": [1]},
        {"source": "", "args": ("x",)},
        {"source": "", "recording": "../x"},
    ],
    ids=str,
)
def test_wrong_arguments_are_told(wrong: dict[str, Any]) -> None:
    """They are the caller's, not the program's."""
    with pytest.raises(UsageError):
        run_c(**wrong)


@pytest.mark.usefixtures("_no_compiler")
def test_without_a_compiler_there_is_a_sentence() -> None:
    """And no exception."""
    found = run_c(HELLO)

    assert found.note == "Not run: no C compiler is installed here."
    assert found.ending.kind == "not run"


def test_without_a_compiler_the_recording_is_shown(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """What the compiler warned of when it was recorded stands below the sentence."""
    text = "int main(void) {\n    int unused;\n    return 3;\n}\n"
    with monkeypatch.context() as patch:
        patch.setenv("LESSONKIT_RECORD", "1")
        made = run_c(text, recording="three")
    request.getfixturevalue("_no_compiler")
    shown = run_c(text, recording="three")

    assert made.note.startswith("Recorded in recordings/three.json.\nThe compiler warns:\n")
    first, second, *_ = shown.note.split("\n")
    assert first.startswith("Recorded on Linux ")
    assert first.endswith(": no C compiler is installed here.")
    assert second == "The compiler warns:"
    assert shown.ending.exit_code == 3


def test_a_compiler_without_a_library_is_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no header is found, nothing is refused: the learner's text is not to blame."""
    from lessonkit import cprograms

    broken = cprograms._COMPILE.replace("<stdio.h>", "<no-such-header.h>")
    assert broken != cprograms._COMPILE
    monkeypatch.setattr(cprograms, "_COMPILE", broken)
    found = run_c("this is no C")

    assert found.note == ("Not run: the C compiler that is installed here cannot compile anything.")


def test_a_compilation_without_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program can keep the compiler busy; that is no failure of ours."""
    monkeypatch.setattr("lessonkit.cprograms._COMPILING", Limits(wall_seconds=0.3))
    found = run_c('#include "/dev/zero"\nint main(void) { return 0; }\n')

    assert found.ending.kind == "not run"
    assert found.note in (
        "The compiler was ended before it was done, so nothing was run.",
        "The compiler refused it, so nothing was run.",
    )


def test_a_cell_may_be_a_c_program() -> None:
    """`%%sandbox --c`: output as it comes, a refusal as a record, warnings after the output."""
    shown = in_ipython(
        """
        hello = '#include <stdio.h>\\nint main(void) { puts("hello"); return 0; }\\n'
        print(sandbox("--c --into kept", hello) is None, shell.user_ns["kept"].ok)
        refused = sandbox("--c", "int main(void) { return x; }")
        print(refused.ending.kind, "program.c:1:25" in refused.stderr)
        warned = sandbox("--c", "int main(void) {\\nint y;\\nreturn 0; }")
        print(warned.ok, "unused" in warned.note)
        """
    )

    lines = shown.splitlines()
    assert lines[0] == "hello"
    assert "True True" in lines
    assert "not run True" in lines


@pytest.mark.slow
@pytest.mark.parametrize("host", ["root", "user", "user-no-landlock", "docker", "docker-user"])
def test_it_works_on_every_kind_of_host(host: str) -> None:
    """Whatever contains programs there: C is compiled and run, and a missing program is told."""
    fenced = run_on_host(host, body("tests.real.test_cprograms:on_a_host"), timeout=110)

    assert fenced.stdout.splitlines() == ["2 one", "True", "no-such-program is not installed"]


def on_a_host() -> None:
    """Behind the fence: one program, and one recording that is not there."""
    require_inside()
    done = run_c(HELLO.replace("getpid() == 2", "getpid() > 1"), arguments=("one",))
    print(done.stdout, end="")
    print(done.ok and not done.note)
    shown = run_or_replay("", recording="nothing", needs=("cc", "no-such-program"))
    print(shown.note.removeprefix("Not run: ").split(" here")[0])
    pool.close()
