"""Say what this host can contain, and what to do about what it cannot.

Every tier is performed once; nothing is concluded from a setting. Settings are read only
to explain a failure.
"""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lessonkit.host import require_linux
from lessonkit.records import to_json
from lessonkit.sandbox import landlock
from lessonkit.sandbox.probe import Found, probe
from lessonkit.sandbox.tiers import GUARANTEES, TIERS
from lessonkit.scenes.compilers import COMPILERS

__all__ = ["PROGRAMS", "Program", "Report", "examine"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A program that lessons run. package: in Debian and Ubuntu. without: what happens then.

    others: names of programs that do as well, in the order in which they are tried.
    """

    name: str
    package: str
    without: str
    others: tuple[str, ...] = ()

    def found(self) -> str | None:
        """The first of its names that is on PATH, or None."""
        return next(filter(shutil.which, (self.name, *self.others)), None)


PROGRAMS = (
    Program(
        name="bash",
        package="bash",
        without="some cells from 03 on show an error, 01 shows recorded runs",
    ),
    Program(
        name="ps",
        package="procps",
        without="some cells from 02 on show an error; no check needs it",
    ),
    Program(name="unshare", package="util-linux", without="02, 04 and 05 show recorded runs"),
    Program(name="pstree", package="psmisc", without="01 shows a recorded run"),
    Program(name="strace", package="strace", without="01 shows a recorded run"),
    Program(name="tini", package="tini", without="04 shows recorded runs"),
    Program(
        name=COMPILERS[0],
        others=COMPILERS[1:],
        package="gcc libc6-dev",
        without="01 and 06 show recorded runs; 6.2 is not judged, and everybody gets its points",
    ),
)
"""What lessons run that is not on every host. Everything else comes with Python and `sh`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What `lessonkit doctor` found. advice: one sentence for each gap, in order.

    missing: names of `PROGRAMS` that are not on PATH.
    """

    found: tuple[Found, ...]
    cgroup: str | None
    advice: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def best(self) -> Found | None:
        """The strongest tier that works here, or None."""
        return next((f for f in self.found if f.why is None), None)

    def text(self) -> str:
        """The table for a terminal."""
        who = "root" if os.geteuid() == 0 else f"uid {os.geteuid()}"
        lines = [f"lessonkit on Linux {platform.release()}, {platform.machine()}, as {who}", ""]
        for found in self.found:
            mark = "works" if found.why is None else "no   "
            used = "  <- used" if found is self.best else ""
            lines.append(f"{mark}  {found.tier.name:<12} {found.tier.summary}{used}")
            if found.why is not None:
                lines.append(f"       {'':<12} because: {found.why}")
        best = self.best
        if best is not None:
            lines += ["", f"What tier {best.tier.name!r} guarantees here:"]
            lines += [
                f"  {best.guarantees[name]:<12} {name:<13} {meaning}"
                for name, meaning in GUARANTEES.items()
            ]
        lines += ["", "Cgroups: " + (self.cgroup or "can be made; used where required")]
        lines += ["", *self._programs()]
        lines += ["", *(f"To do: {line}" for line in self.advice)] if self.advice else []
        return "\n".join(lines)

    def _programs(self) -> list[str]:
        there = [p.found() or p.name for p in PROGRAMS if p.name not in self.missing]
        lines = [f"Programs that lessons use: {', '.join(there) or 'none'} found."]
        for program in PROGRAMS:
            if program.name in self.missing:
                lines.append(f"  without {program.name:<8} {program.without}")
                if program.others:
                    lines.append(f"{'':<19}({' or '.join(program.others)} will do as well)")
                lines.append(f"{'':<19}(on Debian and Ubuntu: apt-get install {program.package})")
        return lines

    def data(self) -> dict[str, Any]:
        """The same as plain data, for --json."""
        return {
            "tiers": [
                {
                    "name": f.tier.name,
                    "works": f.why is None,
                    "why": f.why,
                    "guarantees": to_json(f.guarantees),
                }
                for f in self.found
            ],
            "used": self.best.tier.name if self.best else None,
            "cgroup": self.cgroup,
            "advice": list(self.advice),
            "programs": {p.name: p.name not in self.missing for p in PROGRAMS},
        }


def examine(progress: Callable[[str], object] = lambda line: None) -> Report:
    """Perform every tier once, and the strongest one with cgroups. Takes a second or two.

    Raises TierUnavailable on anything but Linux.
    """
    require_linux()
    results = []
    for tier in TIERS:
        progress(tier.name)
        found, launcher = probe(tier)
        if launcher is not None:
            launcher.close()
        results.append(found)
    working = [f for f in results if f.why is None]
    cgroup: str | None = "no tier works"
    if working:
        with_group, launcher = probe(working[0].tier, cgroup=True)
        cgroup = with_group.why
        if launcher is not None:
            launcher.close()
    missing = tuple(p.name for p in PROGRAMS if p.found() is None)
    report = Report(found=tuple(results), cgroup=cgroup, advice=(), missing=missing)
    return replace(report, advice=tuple(_advice(report)))


def _advice(report: Report) -> list[str]:
    best = report.best
    lines = []
    if best is None:
        return [
            "nothing can contain programs here, so nothing is run; use another host, or a "
            "container started with --security-opt seccomp=unconfined."
        ]
    if best.tier.name not in ("namespaces", "unused-user"):
        lines.append(_about_namespaces())
    if report.cgroup is not None:
        lines.append(
            f"memory of all processes together is watched, not enforced ({report.cgroup}); "
            "start JupyterLab with `systemd-run --user --scope -p Delegate=yes`, or as root."
        )
    if best.tier.name == "walk" and landlock.abi() < landlock.SIGNAL_SCOPE_ABI:
        lines.append(
            f"signals are scoped by Landlock from Linux 6.12 on; this is {platform.release()} "
            f"(Landlock ABI {landlock.abi()})."
        )
    weak = [n for n in GUARANTEES if best.guarantees[n] == "none"]
    if weak:
        lines.append(f"not contained here: {', '.join(weak)}. Run nothing that you do not trust.")
    return lines


def _about_namespaces() -> str:
    limit = _read("/proc/sys/user/max_user_namespaces")
    if limit == "0":
        return (
            "user namespaces are switched off (user.max_user_namespaces = 0); the administrator "
            "can allow them with `sysctl user.max_user_namespaces=10000`."
        )
    if _read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor restricts user namespaces (Ubuntu 23.10 and later); the administrator can "
            "allow them with `sysctl kernel.apparmor_restrict_unprivileged_userns=0` or with an "
            "AppArmor profile for this Python."
        )
    if _read("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        return (
            "user namespaces are for root only (kernel.unprivileged_userns_clone = 0); the "
            "administrator can allow them with `sysctl kernel.unprivileged_userns_clone=1`."
        )
    return (
        "namespaces are refused, as in Docker's default profile: start the container with "
        "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`, or accept "
        "the weaker tier."
    )


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return None
