"""Run a program where that can be done, and show how it ran elsewhere where it cannot.

    run_or_replay(["strace", "-f", "true"], recording="strace-true", needs=("strace",))

A recording is a file of the lesson, `recordings/NAME.json` beside its notebook: what
`lessonkit run --json` prints, and with it, under "recorded", where and when that was. It is
shown as any run is, with one sentence before it that says so. Reading it starts nothing, so
this works on every system; a recording that is missing or damaged is told, and stops no notebook.

LESSONKIT_RECORD=1, or the name of one recording, makes them anew as the cells run (see
tools/record_lesson.py); LESSONKIT_REPLAY=1 shows them where the program could be run, too.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lessonkit.errors import SandboxError, TierUnavailable, UsageError
from lessonkit.host import require_linux
from lessonkit.recordingfiles import load, save, shown_date
from lessonkit.records import Ending, Run, Usage
from lessonkit.sandbox.tiers import GUARANTEES

__all__ = ["FOLDER", "Lacking", "made_or_replayed", "recorded", "run_or_replay"]

FOLDER = "recordings"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")

# In the box: is each program found there, and does it work where only trying tells?
_LOOK = """
import json, shutil, subprocess, sys
containers = "unshare --user --map-root-user --pid --fork --mount-proc true"
trials = {"strace": ["strace", "-o", "/dev/null", "true"], "unshare": containers.split()}
missing, broken = [], []
for name in sys.argv[1:]:
    if shutil.which(name) is None:
        missing.append(name)
    elif name in trials and subprocess.run(trials[name], capture_output=True).returncode:
        broken.append(name)
print(json.dumps([missing, broken]))
"""


class Lacking(Exception):
    """It cannot be run here; the message is a clause that says what is missing."""


def run_or_replay(
    what: Callable[..., Any] | str | Sequence[str],
    *,
    recording: str,
    needs: Sequence[str] = (),
    **run_options: Any,
) -> Run:
    """Run *what* if this host has all that it takes, else return the run that was recorded.

    Args:
        what: As for `run`.
        recording: Its name: the file is `recordings/NAME.json` in the working directory.
        needs: Programs that have to be there, inside the sandbox, such as ("strace",).
        run_options: As for `run`. What `require=` names has to be offered, and with
            trace="exact" tracing has to be possible. A recording calls no `live` or `watch`.

    Returns:
        The run. Its `note` is empty when it was made here; else it says where and when it was
        recorded and what is missing here. When there is no usable recording either, its
        ending is of kind "not run" and its `note` says why.

    Raises:
        UsageError: A name or an option is wrong, which is wrong on every host.
    """
    if isinstance(needs, str) or not all(_PROGRAM.fullmatch(str(n)) for n in needs):
        raise UsageError(f"needs is a tuple of names of programs, not {needs!r:.60}")

    def make() -> Run:
        from lessonkit.runner import run

        require_programs(needs, run_options.get("require"))
        return run(what, **run_options)

    return made_or_replayed(recording, make, run_options)


def recorded(recording: str, *, why: str) -> Run:
    """Return the run in `recordings/NAME.json`, on every host: it cannot be made in a sandbox.

    Args:
        recording: Its name, as for `run_or_replay`.
        why: A clause that ends the note: why this is a recording, as in "a sandbox never hands
            out the real root".

    Returns:
        The run. Where the recording is missing or damaged its ending is of kind "not run", and its
        `note` says so.

    Raises:
        UsageError: *recording* is no name.
    """
    _check_name(recording)
    return _replayed(recording, why)


def made_or_replayed(
    recording: str | None, make: Callable[[], Run], options: Mapping[str, Any]
) -> Run:
    """Return what *make* makes, or the recording where it raises `Lacking` or a SandboxError.

    options: those of `run`, to say which guarantee is missing.
    """
    if recording is not None:
        _check_name(recording)
    keep = recording is not None and os.environ.get("LESSONKIT_RECORD") in ("1", recording)
    try:
        if os.environ.get("LESSONKIT_REPLAY") == "1" and not keep:
            raise Lacking("recordings are shown here (LESSONKIT_REPLAY is set)")
        require_linux()
        made = make()
    except (Lacking, SandboxError) as error:
        why = _why(error, options)
        if keep:
            raise UsageError(f"{recording} cannot be recorded: {why}") from error
        return _replayed(recording, why)
    if keep and recording is not None and made.ending.kind != "not run":
        path = save(made, Path(FOLDER) / f"{recording}.json")
        return dataclasses.replace(made, note=_joined(f"Recorded in {path}.", made.note))
    return made


def require_programs(names: Sequence[str], require: Mapping[str, Any] | None = None) -> None:
    """Raise `Lacking` unless every program is there, and works, in the box that would run it."""
    if not names:
        return
    from lessonkit.runner import run

    seen = run(_LOOK, args=list(names), require=require)
    try:
        missing, broken = json.loads(seen.stdout)
    except ValueError:
        raise Lacking(f"nobody could look for {_listed(names)} here") from None
    if missing:
        raise Lacking(f"{_listed(missing)} {_is(missing)} not installed here")
    if broken:
        raise Lacking(f"{_listed(broken)} {_is(broken)} installed, but cannot work here")


def _why(error: Exception, options: Mapping[str, Any]) -> str:
    """What is missing here, as a clause."""
    said = str(error).split("\n")[0]
    if isinstance(error, Lacking):
        return said
    if isinstance(error, TierUnavailable) and (lacking := _lacking(options)):
        return f"this host does not offer {' and '.join(lacking)}"
    return f"it could not be run here ({said.split('. ')[0].rstrip('.')})"


def _lacking(options: Mapping[str, Any]) -> list[str]:
    """Which of the guarantees that are asked for are missing where programs run here."""
    from lessonkit.sandbox import pool
    from lessonkit.sandbox.probe import missing

    asked = dict(options.get("require") or {})
    if options.get("trace") == "exact":
        asked.setdefault("proc", "kernel")
    try:
        given = pool.current_tier().guarantees
    except SandboxError:
        return []
    names = [name for name in asked if missing(given, {name: asked[name]})]
    return [f"{name} ({GUARANTEES[name]})" for name in names]


def _replayed(recording: str | None, why: str) -> Run:
    if recording is None:
        return _not_run(f"Not run: {why}.")
    path = Path(FOLDER) / f"{recording}.json"
    try:
        record, facts = load(path)
    except FileNotFoundError:
        return _not_run(f"Not run: {why}, and its recording, {path}, is not there.")
    except (UsageError, OSError) as error:
        told = str(error).split("\n")[0].rstrip(".")
        return _not_run(f"Not run: {why}, and its recording, {path}, cannot be read: {told}.")
    where = f" on {facts.kernel}" if facts.kernel else " on another machine"
    when = f", {shown_date(facts.date)}" if facts.date else ""
    return dataclasses.replace(record, note=_joined(f"Recorded{where}{when}: {why}.", record.note))


def _not_run(note: str) -> Run:
    usage = Usage(
        wall_seconds=0.0,
        cpu_seconds=0.0,
        cpu_source="nothing was run",
        peak_memory_bytes=0,
        peak_memory_source="nothing was run",
    )
    return Run(ending=Ending(kind="not run"), usage=usage, note=note)


def _check_name(recording: object) -> None:
    if not isinstance(recording, str) or _NAME.fullmatch(recording) is None:
        raise UsageError(
            f"a recording is named with small letters, digits and '-', not {recording!r:.60}"
        )


def _joined(sentence: str, more: str) -> str:
    return f"{sentence}\n{more}" if more else sentence


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
