"""Offer the library to a shell: `lessonkit run`, `doctor`, `progress`, `check`, `replay`, `grade`.

Exit status: 0 when it worked, whatever the program did and however many points it gave; 2 for
bad usage, a damaged file among it; 3 when we failed. One message on stderr, never a traceback.
The commands after doctor are in `lessonkit.lessons.commands` and `lessonkit.batch.commands`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from lessonkit import __version__
from lessonkit.batch.commands import add_commands as add_grading
from lessonkit.errors import LessonkitError, NotebookError, UsageError
from lessonkit.host import require_linux
from lessonkit.lessons.commands import add_commands
from lessonkit.options import parse_limits
from lessonkit.records import Run, Strength, to_json

__all__ = ["main"]

_BIGGEST_FILE_BYTES = 16 << 20


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.command(arguments)
        sys.stdout.flush()
    except (UsageError, NotebookError) as error:
        print(f"lessonkit: {error}", file=sys.stderr)
        return 2
    except LessonkitError as error:
        print(f"lessonkit: {error}", file=sys.stderr)
        return 3
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except KeyboardInterrupt:
        print("lessonkit: interrupted; nothing of the run is left", file=sys.stderr)
        return 3
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lessonkit", description=__doc__.split("\n")[0])
    parser.add_argument("--version", action="version", version=f"lessonkit {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="run a program in a fresh sandbox",
        usage="lessonkit run [options] -- PROGRAM [ARGUMENT ...]",
        description="Run PROGRAM in a fresh sandbox. Arguments that name files below the "
        "current directory are copied into its working directory, under the same names.",
    )
    run.add_argument("--json", action="store_true", help="print the record as one JSON object")
    run.add_argument(
        "--limit", action="append", default=[], metavar="NAME=VALUE", help="may be repeated"
    )
    run.add_argument("--trace", choices=["exact", "sample"], help="record a timeline")
    run.add_argument(
        "--require",
        action="append",
        default=[],
        metavar="GUARANTEE=STRENGTH",
        help='such as signals=kernel; strengths: kernel, "best effort", none',
    )
    run.add_argument("--stdin", action="store_true", help="give it what can be read here")
    run.add_argument("program", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    run.set_defaults(command=_run)
    doctor = commands.add_parser("doctor", help="say what this host can contain")
    doctor.add_argument("--json", action="store_true", help="print it as one JSON object")
    doctor.set_defaults(command=_doctor)
    add_commands(commands)
    add_grading(commands)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    require_linux()
    from lessonkit.runner import run

    words = arguments.program
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        raise UsageError("no program is named: lessonkit run -- PROGRAM [ARGUMENT ...]")
    if words[0].startswith("-"):
        raise UsageError(f"unknown option {words[0]!r}; options stand before --")
    record = run(
        words,
        limits=parse_limits(arguments.limit),
        trace=arguments.trace,
        require=_require(arguments.require),
        stdin=sys.stdin.buffer.read() if arguments.stdin else b"",
        files=_files(words),
        live=None if arguments.json else _print_live,
    )
    if arguments.json:
        print(json.dumps(to_json(record)))
    else:
        print(_summary(record), file=sys.stderr)
    return 0


def _summary(record: Run) -> str:
    ending = record.ending
    if ending.kind == "limit":
        how = f"ended by the limit {ending.limit}"
    elif ending.kind == "signaled":
        how = f"ended by signal {ending.term_signal}"
    else:
        how = f"exited with code {ending.exit_code}"
    left = len(record.zombies_left), len(record.processes_left)
    return (
        f"lessonkit: {how} after {record.usage.wall_seconds:.3f} s (tier {record.tier}); "
        f"left {left[0]} zombies and {left[1]} living processes"
    )


def _print_live(stream: str, data: bytes) -> None:
    target = sys.stdout if stream == "stdout" else sys.stderr
    target.buffer.write(data)
    target.flush()


def _require(words: Sequence[str]) -> dict[str, Strength]:
    found: dict[str, Strength] = {}
    for word in words:
        name, _, strength = word.partition("=")
        if strength not in ("kernel", "best effort", "none"):
            raise UsageError(
                f'cannot read --require {word!r}: write NAME=kernel or "NAME=best effort"'
            )
        found[name] = strength  # type: ignore[assignment]
    return found


def _files(words: Sequence[str]) -> dict[str, bytes]:
    """Files below the current directory that the command line names."""
    found = {}
    for word in words:
        name = os.path.normpath(word)
        if os.path.isabs(name) or name.startswith("..") or not os.path.isfile(name):
            continue
        if os.path.getsize(name) > _BIGGEST_FILE_BYTES:
            raise UsageError(
                f"{word} is larger than {_BIGGEST_FILE_BYTES} bytes: too large to copy"
            )
        with open(name, "rb") as file:
            found[name + ("*" if os.access(name, os.X_OK) else "")] = file.read()
    return found


def _doctor(arguments: argparse.Namespace) -> int:
    require_linux()
    from lessonkit.doctor import examine

    report = examine()
    print(json.dumps(report.data()) if arguments.json else report.text())
    return 0 if report.best is not None else 3


if __name__ == "__main__":
    sys.exit(main())
