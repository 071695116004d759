"""Look at processes of the student's with the eyes of their own user.

Which program a process runs, what its descriptors are and how much memory it has for itself
is shown only to who may trace it. Init may not everywhere (root in a container often lacks
the capability); a process of the same user may. So an actor looks, and tells init.

Source: proc(5), "PTRACE_MODE_READ_FSCREDS"; ptrace(2).
"""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Mapping
from typing import Any

from lessonkit import procfs
from lessonkit.scenes.api import Box
from lessonkit.scenes.zombies.stage import STAGE_SECONDS, act, state

__all__ = ["Inspector", "napping"]

ANSWER_SECONDS = 3.0
"""It answers in a millisecond; later means that the student's code has ended or stopped it."""

_MOST_BYTES = 256 * 1024
_MOST_TEXT = 20_000
_MOST_DESCRIPTORS = 64
_NOT_SAID = ("", "0")
_MOST_LOOKS = 3

Look = Mapping[str, Any]


class Inspector:
    """An actor that looks at one process after the other. Make it before the code is loaded.

    home: the directory that the student's process may write to.
    """

    def __init__(self, box: Box) -> None:
        self._box = box
        self._hears, says = os.pipe()
        asked, self._asks = os.pipe()
        self._heard = b""
        self._count = 0
        self._pid = box.spawn(_inspect, says, asked)
        for fd in (says, asked):
            os.close(fd)
        first = self._ask(box.student_pid, STAGE_SECONDS)
        if first is None or "exe" not in first:
            raise RuntimeError(f"the student's process cannot be looked at: {first!r:.200}")
        self.home: str = first["cwd"]

    def look(self, pid: int) -> Look | None:
        """Say what /proc shows of a process; None when nobody answers.

        Keys: exe, cwd (paths), environ (list of "NAME=value"), fds (number as text -> path,
        device, inode, flags, pos), own_kib (memory that nobody else maps), rss_kib,
        exit_status (of a zombie), dead. What could not be read is missing.
        """
        return self._ask(pid, ANSWER_SECONDS) if self._lives() else None

    def naps(self, pid: int) -> bool | None:
        """True if each of its threads sleeps for a time (nanosleep), or is at work.

        False if one of them waits for anything else, or there is no such process. None where the
        kernel does not say what a thread sleeps in.
        """
        found = self._ask(pid, ANSWER_SECONDS, "naps") if self._lives() else None
        if found is None:
            return None
        naps: bool | None = found["naps"]
        return naps

    def _lives(self) -> bool:
        return state(self._box, self._pid) not in (None, "Z", "X", "T", "t")

    def _ask(self, pid: int, seconds: float, what: str = "look") -> Look | None:
        self._count += 1
        number = self._count
        found: list[Look] = []
        try:
            os.write(self._asks, f"{number} {pid} {what}\n".encode())
        except OSError:
            return None

        def arrived() -> bool:
            if select.select([self._hears], [], [], 0)[0]:
                self._heard = (self._heard + os.read(self._hears, 65536))[-_MOST_BYTES:]
            line, end, rest = self._heard.partition(b"\n")
            if not end:
                return not self._lives()
            self._heard = rest
            answer = json.loads(line)
            if answer.pop("number") == number:
                found.append(answer)
            return bool(found)

        self._box.wait_until(arrived, seconds)
        return found[0] if found else None


def _inspect(says: int, asked: int) -> None:
    """Be the actor: read "number pid what" lines, write one line of JSON for each."""
    act("clerk")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with os.fdopen(asked) as questions:
        for question in questions:
            number, pid, what = question.split()
            found = _look_at(int(pid)) if what == "look" else {"naps": napping(int(pid))}
            answer = {**found, "number": int(number)}
            data = json.dumps(answer).encode() + b"\n"
            while data:
                data = data[os.write(says, data) :]


def _look_at(pid: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("exe", "cwd"):
        try:
            found[name] = _clean(os.fsencode(os.readlink(f"/proc/{pid}/{name}")))
        except OSError:
            continue
    try:
        found["environ"] = [
            _clean(text) for text in _read(pid, "environ").split(b"\0")[:500] if text
        ]
        found["fds"] = _descriptors(pid)
    except OSError:
        pass  # it is gone, or not to be looked at
    found |= _memory(pid)
    try:
        rest = _read(pid, "stat").rpartition(b")")[2].split()
        if rest[0] in (b"Z", b"X"):
            found["exit_status"] = int(rest[49])
    except OSError:
        found["dead"] = True
    return found


def napping(pid: int) -> bool | None:
    """For an actor: what `Inspector.naps` says."""
    threads = _places(pid)
    asleep = [place for state, place in threads if state in "SD"]
    if any(place in _NOT_SAID for place in asleep):
        return None
    return bool(threads) and all("sleep" in place for place in asleep)


def _places(pid: int) -> list[tuple[str, str]]:
    """For each thread its state, and the place in the kernel where it sleeps.

    Source: proc_pid_wchan(5).
    """
    found = []
    for tid in procfs.tasks(pid):
        try:
            # These are two looks: who has been woken up in between is in no place any more.
            for _ in range(_MOST_LOOKS):
                state = _read(tid, "stat").rpartition(b")")[2].split()[0].decode()
                place = _read(tid, "wchan").decode("ascii", "replace")
                if state not in "SD" or place not in _NOT_SAID:
                    break
        except (OSError, IndexError):
            continue  # it has ended
        found.append((state, place))
    return found


def _descriptors(pid: int) -> dict[str, dict[str, Any]]:
    found = {}
    for number in sorted(os.listdir(f"/proc/{pid}/fd"), key=int)[:_MOST_DESCRIPTORS]:
        try:
            path = os.readlink(f"/proc/{pid}/fd/{number}")
            status = os.stat(f"/proc/{pid}/fd/{number}")
            info = dict(
                line.split(b":", 1) for line in _read(pid, f"fdinfo/{number}").splitlines()[:3]
            )
        except (OSError, ValueError):
            continue  # closed in this moment
        found[number] = {
            "path": _clean(os.fsencode(path)),
            "device": status.st_dev,
            "inode": status.st_ino,
            "flags": int(info[b"flags"], 8),
            "pos": int(info[b"pos"]),
        }
    return found


def _memory(pid: int) -> dict[str, int]:
    """What the process maps alone, and what it maps at all.

    Source: proc_pid_smaps(5), smaps_rollup.
    """
    try:
        lines = [line.split() for line in _read(pid, "smaps_rollup").splitlines()[1:]]
    except OSError:
        return {}
    kib = {words[0]: int(words[1]) for words in lines if len(words) > 1}
    if b"Rss:" not in kib:
        return {}
    own = kib[b"Private_Clean:"] + kib[b"Private_Dirty:"]
    return {"own_kib": own, "rss_kib": kib[b"Rss:"]}


def _read(pid: int, name: str) -> bytes:
    with open(f"/proc/{pid}/{name}", "rb") as file:
        return file.read(_MOST_TEXT)


def _clean(text: bytes) -> str:
    return text[:4096].decode("utf-8", "backslashreplace")
