"""Find out what this host can do, by doing it.

`probe` runs one small program in a tier and compares what it saw with what the tier
promises. `best_tier` remembers the strongest tier that passed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from lessonkit.errors import SandboxError, TierUnavailable
from lessonkit.host import require_linux
from lessonkit.records import Strength
from lessonkit.sandbox.box import Box
from lessonkit.sandbox.jobs import make_job
from lessonkit.sandbox.starting import Launcher
from lessonkit.sandbox.tiers import TIERS, Tier, find_tier

__all__ = ["Found", "choose", "probe", "require_linux"]

_PROGRAM = b"""
import os, wave  # a module that the launcher has not loaded: is this Python readable inside?
print(os.getpid(), os.getppid(), os.path.exists('/proc/self/stat'))
"""


BY_CGROUP: dict[str, Strength] = {"tree_memory": "kernel", "processes": "kernel"}
"""What a cgroup adds to any tier. It is used when that is required."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a probe found. why: None when the tier works here, else what failed."""

    tier: Tier
    why: str | None
    guarantees: dict[str, Strength]


def probe(tier: Tier, *, cgroup: bool = False) -> tuple[Found, Launcher | None]:
    """Perform *tier* once. The launcher that did it is returned for use, if it works.

    cgroup: hold every box in a memory and pids cgroup, which makes limits on the whole
    tree the kernel's.
    """
    if not tier.offered():
        who = "root" if tier.root_only else "an ordinary user"
        return Found(tier=tier, why=f"is meant for {who}", guarantees={}), None
    launcher = None
    try:
        launcher = Launcher(tier, cgroup=cgroup)
        report, out, err = Box(launcher).run_job(*make_job(mode="source", blob=_PROGRAM))
    except SandboxError as error:
        if launcher is not None:
            launcher.close()
        return Found(tier=tier, why=str(error).split("\n")[0], guarantees={}), None
    problem = _problem(tier, report, bytes(out.data), bytes(err.data))
    if problem is not None:
        launcher.close()
        return Found(tier=tier, why=problem, guarantees={}), None
    given = {**tier.guaranteed(), **(BY_CGROUP if cgroup else {})}
    return Found(tier=tier, why=None, guarantees=given), launcher


def _problem(tier: Tier, report: dict[str, Any], out: bytes, err: bytes) -> str | None:
    words = out.decode("utf-8", "replace").split()
    if len(words) != 3 or report["wait_status"] != 0:
        said = err.decode("utf-8", "replace").strip() or "nothing"
        if "ModuleNotFoundError" in said and tier.settings()["drop_uid"]:
            return (
                f"programs would run as an unused user, who cannot read this Python "
                f"({sys.base_prefix}): install Python where every user can read it"
            )
        return f"a trial program ended with status {report['wait_status']} and said: {said[-300:]}"
    if tier.parts.get("pid_ns") and words[1] != "1":
        return f"the trial program's parent was pid {words[1]}, not 1"
    if tier.parts.get("fresh_proc") and words[2] != "True":
        return "the trial program had no /proc of its own"
    return None


def choose(require: dict[str, Strength], only: str | None = None) -> tuple[Found, Launcher]:
    """The strongest tier that works here and gives what is required, with its launcher.

    Raises TierUnavailable, which says what each tier lacked.
    """
    require_linux()
    if only is not None and find_tier(only) is None:
        names = ", ".join(tier.name for tier in TIERS)
        raise TierUnavailable(f"LESSONKIT_TIER names no tier: {only!r}; there are: {names}")
    reasons = []
    for tier in TIERS:
        if only is not None and tier.name != only:
            continue
        given = tier.guaranteed()
        cgroup = bool(missing(given, require))
        lacking = missing({**given, **BY_CGROUP}, require)
        if lacking:
            reasons.append(f"{tier.name}: does not give {', '.join(lacking)}")
            continue
        found, launcher = probe(tier, cgroup=cgroup)
        if launcher is not None:
            return found, launcher
        reasons.append(f"{tier.name}: {found.why}")
    raise TierUnavailable(
        "no sandbox on this host gives what is required. "
        + "; ".join(reasons)
        + ". `lessonkit doctor` says what to do about each."
    )


def missing(given: dict[str, Strength], require: dict[str, Strength]) -> list[str]:
    """Which of the required guarantees are not kept as strongly as asked."""
    rank = {"none": 0, "best effort": 1, "kernel": 2}
    return [
        f"{name} = {wanted!r}"
        for name, wanted in require.items()
        if rank[given[name]] < rank[wanted]
    ]
