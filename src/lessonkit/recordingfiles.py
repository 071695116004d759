"""Write a run into a file that can be given to anybody, and read it back.

    save(run(program, trace="exact"), Path("recordings/some-name.json"))
    record, facts = load(Path("recordings/some-name.json"))

Runs are recorded only where programs have a pid namespace, a host name and files of their own.
Paths of this Python and of notebook cells are replaced by paths that say nothing; where a name
of this machine or of its user is left all the same, nothing is written, and it is said where.
"""

from __future__ import annotations

import dataclasses
import datetime
import getpass
import json
import os
import platform
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessonkit import plain
from lessonkit.errors import UsageError
from lessonkit.records import FrozenDict, Run, to_json
from lessonkit.sandbox.tiers import find_tier
from lessonkit.show.replay import record_from_json

__all__ = ["Facts", "load", "save", "shown_date"]

MAX_BYTES = 1 << 20
MAX_READ_BYTES = 4 << 20
_CELL = re.compile(r"/[^\s\"']*/ipykernel_\d+/(\d+)\.py")
_ANY_HOME = re.compile(r"/(?:home|Users)/[A-Za-z0-9._-]+|/root(?=/|$)")
_EVERYBODY = {"root", "user", "student", "nobody", "daemon", "localhost", "linux", "python"}
_MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Where and when a run was recorded, and its value in the form that keeps its types."""

    kernel: str = ""
    date: datetime.date | None = None
    value: str | None = None


def save(run: Run, path: Path, *, outside: bool = False) -> Path:
    """Write *run* to *path*, and return that. The folder is made when it is not there.

    outside: it was made outside of every sandbox, by a tool, and its note says so.

    Raises:
        UsageError: The recording would not be fit to be given to anybody; the message says why.
    """
    tier = find_tier(run.tier)
    if not outside and (tier is None or not tier.parts.get("new_root")):
        raise UsageError(
            f"{path.name} is not recorded: in tier {run.tier!r} programs see this machine. "
            "Record where `lessonkit doctor` finds namespaces."
        )
    data = {
        "recorded": {
            "kernel": f"{platform.system()} {_release()} ({platform.machine()})",
            "date": datetime.date.today().isoformat(),
            "value": _plain_value(run),
        },
        **to_json(run),
    }
    data = _mapped(data, _Cleaner())
    found = sorted(set(_private(data)))
    if found:
        raise UsageError(f"{path.name} is not recorded: it would give away {'; '.join(found)}")
    text = json.dumps(data, ensure_ascii=True, indent=1) + "\n"
    if len(text) > MAX_BYTES:
        raise UsageError(
            f"{path.name} is not recorded: it takes {len(text)} bytes, more than {MAX_BYTES}"
        )
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, "utf-8", newline="\n")
    temporary.replace(path)
    return path


def load(path: Path) -> tuple[Run, Facts]:
    """Return the run in *path*, and where it comes from.

    Raises:
        UsageError: It holds something else.
        OSError: It cannot be read; FileNotFoundError when it is not there.
    """
    if path.exists() and not path.is_file():  # a pipe would never end
        raise UsageError("it is no file")
    with path.open("rb") as file:
        blob = file.read(MAX_READ_BYTES + 1)
    if len(blob) > MAX_READ_BYTES:
        raise UsageError(f"it is larger than {MAX_READ_BYTES >> 20} MiB")
    try:
        data = json.loads(blob)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"it is damaged ({error})") from error
    if not isinstance(data, dict):
        raise UsageError("it holds no object")
    record = record_from_json(data)
    if not isinstance(record, Run):
        raise UsageError("it holds a timeline and no run")
    facts = _facts(data)
    frozen = dataclasses.replace(
        record,
        value=_value(facts, record.value),
        facts=FrozenDict(record.facts),
        guarantees=FrozenDict(record.guarantees),
    )
    return frozen, facts


def shown_date(date: datetime.date) -> str:
    """Write a date as people do, the same in every locale: 22 November 2026."""
    return f"{date.day} {_MONTHS.split()[date.month - 1]} {date.year}"


def _facts(data: Mapping[str, Any]) -> Facts:
    """What a recording says of itself; what is no such thing is left out."""
    said = data.get("recorded")
    if not isinstance(said, Mapping):
        return Facts()
    kernel, value, date = said.get("kernel"), said.get("value"), None
    with suppress(TypeError, ValueError):
        date = datetime.date.fromisoformat(said.get("date", ""))
    good = isinstance(kernel, str) and len(kernel) <= 100 and kernel.isprintable()
    return Facts(
        kernel=str(kernel) if good else "",
        date=date,
        value=value if isinstance(value, str) else None,
    )


def _value(facts: Facts, otherwise: Any) -> Any:
    """The value with its own types, which JSON does not have all, where that was kept."""
    if facts.value is None:
        return otherwise
    try:
        return plain.decode_text(facts.value)
    except plain.PlainError as error:
        raise UsageError(f"its value is damaged ({error})") from error


def _release() -> str:
    """The kernel's version without what its builder added: 6.18.44."""
    found = re.match(r"\d+(\.\d+)*", platform.release())
    return found.group() if found else platform.release()


def _plain_value(run: Run) -> str | None:
    if run.value is None:
        return None
    try:
        return plain.encode_text(run.value)
    except plain.PlainError:
        return None


class _Cleaner:
    """Replaces the paths of this Python and of notebook cells."""

    def __init__(self) -> None:
        prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix}
        prefixes |= {os.path.realpath(p) for p in prefixes}
        ours = sorted((p for p in prefixes if p not in ("/", "/usr", "/usr/local")), key=len)
        self._python = re.compile("|".join(re.escape(p) for p in reversed(ours)) or r"(?!)")
        self._cells: dict[str, int] = {}

    def __call__(self, text: str) -> str:
        return _CELL.sub(self._cell, self._python.sub("/opt/python", text))

    def _cell(self, found: re.Match[str]) -> str:
        number = self._cells.setdefault(found.group(1), len(self._cells) + 1)
        return f"/tmp/ipykernel/{number}.py"


def _mapped(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {change(key): _mapped(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, change) for value in data]
    return data


def _private(data: Any, where: str = "") -> Iterator[str]:
    """What names this machine or its user, and where in the record it stands."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _private(key, where)
            yield from _private(value, f"{where}.{key}" if where else key)
    elif isinstance(data, list):
        for value in data:
            yield from _private(value, where)
    elif isinstance(data, str):
        for word in (*_words_of_here(), *_ANY_HOME.findall(data)):
            if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", data):
                yield f"{word!r} (in {where})"


def _words_of_here() -> set[str]:
    words = {
        str(Path.home()),
        os.getcwd(),
        socket.gethostname(),
        socket.gethostname().split(".")[0],
    }
    with suppress(OSError, KeyError):
        words.add(getpass.getuser())
    return {word for word in words if len(word) > 2 and word.lower() not in _EVERYBODY}
