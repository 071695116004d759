"""Run the programs of tests/programs in a sandbox, behind the fence, and report what was left.

Each program states in its docstring what must be true of its `Run`:

    ending: exited 1 | limit wall_seconds      one of these is the truth
    without tree_cpu: limit wall_seconds       also true where that is no guarantee of the kernel
    zombies_left: 10                           at least so many (also processes_left, ...)
    limits: wall_seconds=5                     in place of the usual limits below
    stdout: hello                              what it must have printed

A program that gets at what it should not prints "REACHED guarantee: what"; that is a
failure where the tier says that the kernel keeps this guarantee, or where no tier may.

`main` is the body: it runs on an emulated host, as the client of the sandbox, and prints
one JSON object per program. The test outside reads them and judges: `problems_of`.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fence import REPOSITORY, require_inside

__all__ = [
    "TOKEN",
    "USUAL_LIMITS",
    "Program",
    "load_program",
    "main",
    "pids",
    "problems_of",
    "program_names",
    "read_reports",
    "remaining",
    "things",
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

QUIET_SECONDS = 0.05
SETTLE_SECONDS = 2.0


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
    problems = [f"left behind: {thing}" for thing in report["left"]]
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
    if run["usage"]["wall_seconds"] > limits["wall_seconds"] + 1.5:
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
    import signal

    return "?" if number is None else signal.Signals(number).name


# -- behind the fence: the client of the sandbox -------------------------------------------


def main(*names: str) -> None:
    """Run each program in a sandbox; print "begin" before it and its report after it."""
    require_inside()
    from lessonkit import Limits, run

    surroundings = _Surroundings()
    for _ in range(2):  # the first runs start the launcher and fill caches
        run("pass", limits=Limits(**USUAL_LIMITS))
    for name in names:
        program = load_program(name)
        _say({"begin": name})
        limits = Limits(**_whole({**USUAL_LIMITS, **program.limits}))
        what: str | list[str] = program.text
        arguments = [TOKEN, *surroundings.arguments()]
        if program.is_shell:
            what, arguments = ["sh", "-c", program.text, "sh", *arguments], []
        surroundings.begin()
        began = time.monotonic()
        report: dict[str, Any] = {"program": name}
        try:
            report["run"] = _plain(run(what, args=tuple(arguments), limits=limits))
        except Exception as error:  # our failure: the test outside shows it
            report["failure"] = f"{type(error).__name__}: {error}"
        report["seconds"] = time.monotonic() - began
        report |= surroundings.end()
        _say(report)
    _say({"end": True})
    os._exit(0)


def _whole(limits: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if k.endswith("seconds") else int(v) for k, v in limits.items()}


def _plain(run: Any) -> dict[str, Any]:
    from lessonkit.records import to_json

    plain: dict[str, Any] = to_json(run)
    for name in ("stdout", "stderr"):
        plain[name] = plain[name][:2000] + plain[name][2000:][-2000:]
    return plain


def _say(report: Mapping[str, Any]) -> None:
    sys.stdout.write("\n" + json.dumps(report) + "\n")
    sys.stdout.flush()


class _Surroundings:
    """What is around the sandbox and must be the same after a program as before it."""

    def __init__(self) -> None:
        self.home = os.environ["HOME"]
        os.environ["LESSONKIT_SECRET"] = "nobody's business"
        secret = Path(self.home, "secret")
        secret.touch(0o600)
        secret.write_text("nobody's business")
        self.bait = Path(self.home, "bait")
        self.bait.mkdir()
        (self.bait / "kept").write_text("kept")
        self.bait.chmod(0o755)
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self._tcp.getsockname()[1]))
        self._local = socket.socket(socket.AF_UNIX)
        self._local.bind("\0lessonkit-test")
        self._local.listen()
        threading.Thread(target=self._answer, daemon=True).start()
        self._peak = 0
        threading.Thread(target=self._count, daemon=True).start()
        self._bystander = self._start_bystander()
        self._before: Counter[str] = Counter()
        self._running = 0

    def arguments(self) -> list[str]:
        """What programs are told: where a secret, a server and a bait are."""
        port = str(self._tcp.getsockname()[1])
        return [self.home, port, "lessonkit-test", str(self.bait)]

    def begin(self) -> None:
        """Remember what there is now, once it stays the same: a spare box may be on its way."""
        same_since = time.monotonic()
        while not self._before or time.monotonic() - same_since < QUIET_SECONDS:
            time.sleep(0.01)
            if (now := things()) != self._before:
                self._before, same_since = now, time.monotonic()
        self._running = self._peak = len(pids())

    def end(self) -> dict[str, Any]:
        """Say what is left, how long that took to be nothing, and how the bystander is."""
        began = time.monotonic()
        while (now := things()) != self._before:
            if time.monotonic() - began > SETTLE_SECONDS:
                break
            time.sleep(0.005)
        report = {
            "left": sorted(now - self._before),
            "lost": sorted(self._before - now),
            "settled": time.monotonic() - began,
            "peak": self._peak - self._running,
            "bystander": self._look_at_bystander(),
        }
        if report["bystander"]:
            self._bystander.kill()
            self._bystander.wait()
            self._bystander = self._start_bystander()
        return report

    def _start_bystander(self) -> subprocess.Popen[bytes]:
        bystander = subprocess.Popen(["sleep", "1000"])
        while _state_of(bystander.pid) != "S (sleep)":
            time.sleep(0.001)  # it has not become sleep, or does not sleep yet
        self._limits = Path(f"/proc/{bystander.pid}/limits").read_text()
        return bystander

    def _look_at_bystander(self) -> str:
        """What was done to the bystander, or ""."""
        if (code := self._bystander.poll()) is not None:
            return f"it ended with {code}"
        if (state := _state_of(self._bystander.pid)) != "S (sleep)":
            return f"its state is {state}"
        if Path(f"/proc/{self._bystander.pid}/limits").read_text() != self._limits:
            return "its limits are others"
        if os.getpriority(os.PRIO_PROCESS, self._bystander.pid) != 0:
            return "its priority is another"
        return ""

    def _count(self) -> None:
        while True:
            self._peak = max(self._peak, len(pids()))
            time.sleep(0.03)

    def _answer(self) -> None:
        while True:
            _, sender = self._udp.recvfrom(100)
            self._udp.sendto(b"!", sender)


def things() -> Counter[str]:
    """Name what could be left: processes, descriptors, mounts, groups, files, segments.

    Sleeping bystanders ("sleep") and fence init do not count.
    """
    things: Counter[str] = Counter()
    for pid in pids():
        name = _state_of(pid)
        if name.endswith("(sleep)") or pid == 1:
            continue
        things[f"process {name[2:]} {_command_of(pid)}"] += 1
    for name in os.listdir("/proc/self/fd"):
        try:
            things[f"descriptor {re.sub('[0-9]+', 'N', os.readlink(f'/proc/self/fd/{name}'))}"] += 1
        except OSError:
            continue  # the one that listed the directory
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    things.update(f"mount {line.split()[4]}" for line in mounts)
    for top in ("pids", "memory", "freezer", "cpu", "cpuacct", "unified"):
        for path, _, _ in os.walk(f"/sys/fs/cgroup/{top}"):
            things[f"group {re.sub('[0-9]+', 'N', path)}"] += 1
    for top in ("/tmp", "/var/tmp", "/dev/shm", "/run"):
        for path, directories, files in os.walk(top):
            things.update(_file_name(path, name) for name in [*directories, *files])
    for kind in ("shm", "sem", "msg"):
        lines = Path(f"/proc/sysvipc/{kind}").read_text().splitlines()
        things[f"System V {kind}"] += len(lines) - 1
    return things


def _file_name(directory: str, name: str) -> str:
    """A file as one of the things; a spare box's directory is as good as another's."""
    path = os.path.join(directory, name)[:200]
    return "file " + re.sub(r"/lessonkit-\w{8}(?=/|$)", "/lessonkit-*", path)


def pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _state_of(pid: int) -> str:
    """State and name, "S (sleep)"; "? (gone)" when it has been reaped."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "? (gone)"
    name, _, rest = text.partition(" ")[2].rpartition(")")
    return f"{rest.split()[0]} {name})"


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")[:60].strip()
    except (OSError, UnicodeDecodeError):
        return ""


def read_reports(output: str) -> tuple[dict[str, dict[str, Any]], str | None]:
    """Reports by program, and the program during which the body ended, if it did."""
    reports: dict[str, dict[str, Any]] = {}
    begun = None
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue  # not one of ours: a program may have got at this stream
        if isinstance(message, dict) and "begin" in message:
            begun = message["begin"]
        elif isinstance(message, dict) and "program" in message:
            reports[message["program"]] = message
            begun = None
    return reports, begun


def remaining(names: Sequence[str], reports: Mapping[str, object], lost: str | None) -> list[str]:
    """Programs that have not had their turn when a body ended early."""
    return [name for name in names if name not in reports and name != lost]
