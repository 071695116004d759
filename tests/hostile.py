"""Run the programs of tests/programs in a sandbox, behind the fence, and report what was left.

Each program states in its docstring what must be true of its `Run`:

    ending: exited 1 | limit wall_seconds      one of these is the truth
    without tree_cpu: limit wall_seconds       also true where that is no guarantee of the kernel
    zombies_left: 10                           at least so many (also processes_left, ...)
    limits: wall_seconds=5                     in place of the usual limits below
    stdout: hello                              what it must have printed

A program that gets at what it should not prints "REACHED guarantee: what"; that is a
failure where the tier says that the kernel keeps this guarantee, or where no tier may.

`main` is the body: it runs on an emulated host, as the client of the sandbox, and reports on
each program. The test outside judges the reports: `problems_of`.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fence import REPOSITORY, require_inside
from tests.playing import say
from tests.surroundings import Surroundings

__all__ = [
    "TOKEN",
    "USUAL_LIMITS",
    "Program",
    "load_program",
    "main",
    "problems_of",
    "program_names",
]

PROGRAMS = REPOSITORY / "tests" / "programs"
TOKEN = "inside-the-fence"
MiB = 1024 * 1024

USUAL_LIMITS: dict[str, Any] = {
    "wall_seconds": 1.0,
    "cpu_seconds": 4.0,
    "tree_cpu_seconds": 6.0,
    "memory_bytes": 96 * MiB,
    "tree_memory_bytes": 192 * MiB,
    "max_processes": 30,
    "file_bytes": 4 * MiB,
    "open_files": 64,
    "output_bytes": 256 * 1024,
    "disk_bytes": 8 * MiB,
    "disk_inodes": 256,
}
OURS = 8
"""Processes that one box may need besides the program's: launcher, init, keeper, spare box."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A program of tests/programs and what its header says must be true of its Run."""

    name: str
    text: str
    endings: tuple[str, ...]
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_least: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    stdout: str | None = None

    @property
    def is_shell(self) -> bool:
        """True for a shell script: it is run as an argv, not as source text."""
        return self.name.endswith(".sh")


def program_names() -> list[str]:
    """File names of all programs, in order."""
    return sorted(path.name for path in PROGRAMS.iterdir() if path.suffix in (".py", ".sh"))


def load_program(name: str) -> Program:
    """Read a program and its header. Raises ValueError for a header line it does not know."""
    text = (PROGRAMS / name).read_text()
    header = text.partition("\n\n")[2].partition("\n\n" if name.endswith(".sh") else '"""')[0]
    if name.endswith(".sh"):
        header = text.partition("\n#\n")[2].partition("\n\n")[0].replace("# ", "")
    endings: list[str] = []
    without: dict[str, tuple[str, ...]] = {}
    at_least: dict[str, int] = {}
    limits: dict[str, float] = {}
    stdout = None
    for line in header.strip().splitlines():
        key, _, value = line.partition(": ")
        choices = tuple(part.strip() for part in value.split("|"))
        if key == "ending":
            endings += choices
        elif key.startswith("without "):
            without[key.removeprefix("without ")] = choices
        elif key in ("zombies_left", "processes_left", "orphans_adopted"):
            at_least[key] = int(value)
        elif key == "limits":
            limits = {k: float(v) for k, _, v in (pair.partition("=") for pair in value.split())}
        elif key == "stdout":
            stdout = value
        else:
            raise ValueError(f"{name}: unknown line in its header: {line!r}")
    if not any("wall_seconds" in ending for ending in endings):
        limits.setdefault("wall_seconds", 15.0)  # it ends by itself, when the machine lets it
    return Program(
        name=name,
        text=text,
        endings=tuple(endings),
        without=without,
        at_least=at_least,
        limits=limits,
        stdout=stdout,
    )


# -- outside: judging ----------------------------------------------------------------------


def problems_of(program: Program, report: Mapping[str, Any]) -> list[str]:
    """What is wrong with the sandbox, going by the report on one program; [] if nothing is."""
    if "run" not in report:
        return [str(report["failure"])]
    run = report["run"]
    kept = {name for name, how in run["guarantees"].items() if how == "kernel"}
    # Where writing outside is not prevented, files that were written outside stay there.
    outside = (
        () if "read_only" in kept else ("file /tmp/fill-", "file /var", "file /dev", "file /run")
    )
    problems = [f"left behind: {t}" for t in report["left"] if not t.startswith(outside)]
    problems += [f"gone: {thing}" for thing in report["lost"]]
    if report["bystander"] and "signals" in kept:
        problems.append(f"a bystander was touched: {report['bystander']}")
    seen = _ending(run["ending"])
    weaker = {e for name, endings in program.without.items() if name not in kept for e in endings}
    if seen not in {*program.endings, *weaker}:
        said = run["stderr"][-300:]
        problems.append(f"expected {' or '.join(program.endings)}, but it {seen!r}: {said}")
    for name, least in program.at_least.items():
        if len(run[name]) < least:
            problems.append(f"expected at least {least} {name}, seen {len(run[name])}")
    for guarantee, what in re.findall(r"^REACHED (\w+): (.*)", run["stdout"], re.MULTILINE):
        if guarantee in kept or guarantee not in run["guarantees"]:
            problems.append(f"{guarantee} is not kept: {what}")
    if program.stdout is not None and program.stdout not in run["stdout"]:
        problems.append(f"expected output {program.stdout!r}, seen {run['stdout'][:300]!r}")
    if not program.is_shell and run["value"] is not None:
        problems.append(f"it has a value that it never returned: {run['value']!r}")
    limits = {**USUAL_LIMITS, **program.limits}
    if run["usage"]["wall_seconds"] > limits["wall_seconds"] + 10:
        problems.append(f"it was given {run['usage']['wall_seconds']:.2f} s")
    if "processes" in kept and report["peak"] > limits["max_processes"] + OURS:
        problems.append(f"there were {report['peak']} more processes at one time")
    return problems


def _ending(ending: Mapping[str, Any]) -> str:
    if ending["kind"] == "exited":
        return f"exited {ending['exit_code']}"
    if ending["kind"] == "limit":
        return f"limit {ending['limit']}"
    return f"signaled {_signal_name(ending['term_signal'])}"


def _signal_name(number: int | None) -> str:
    return "?" if number is None else signal.Signals(number).name


# -- behind the fence: the client of the sandbox -------------------------------------------


def main(*names: str) -> None:
    """Run each program in a sandbox; say when it begins, and report on it after it."""
    require_inside()
    from lessonkit import Limits, run

    surroundings = Surroundings()
    for _ in range(2):  # the first runs start the launcher and fill caches
        run("pass", limits=Limits(**USUAL_LIMITS))
    for name in names:
        program = load_program(name)
        say({"begins": name})
        limits = Limits(**_whole({**USUAL_LIMITS, **program.limits}))
        what: str | list[str] = program.text
        arguments = [TOKEN, *surroundings.arguments()]
        if program.is_shell:
            what, arguments = ["sh", "-c", program.text, "sh", *arguments], []
        surroundings.begin()
        began = time.monotonic()
        report: dict[str, Any] = {"part": name}
        try:
            report["run"] = _plain(run(what, args=tuple(arguments), limits=limits))
        except Exception as error:  # our failure: the test outside shows it
            report["failure"] = f"{type(error).__name__}: {error}"
        report["seconds"] = time.monotonic() - began
        report |= surroundings.end()
        say(report)
    os._exit(0)


def _whole(limits: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if k.endswith("seconds") else int(v) for k, v in limits.items()}


def _plain(run: Any) -> dict[str, Any]:
    from lessonkit.records import to_json

    plain: dict[str, Any] = to_json(run)
    for name in ("stdout", "stderr"):
        plain[name] = plain[name][:2000] + plain[name][2000:][-2000:]
    return plain
