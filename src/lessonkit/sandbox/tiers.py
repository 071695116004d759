"""Name the ways to contain a program, strongest first, and what each one guarantees.

A tier is chosen by performing it once (`lessonkit.sandbox.probe`), never by reading a
setting: what a host allows shows only in the doing.

Adding a tier: one `Tier` here, its steps in init or launcher, and it is tried by every
boundary test in `tests/real`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lessonkit.records import Strength

__all__ = ["GUARANTEES", "TIERS", "Tier", "find_tier"]

GUARANTEES: Mapping[str, str] = {
    "kill_all": "when a run ends, none of its processes is left",
    "signals": "programs cannot signal anything outside the box",
    "processes": "no more processes and threads than the limit",
    "memory": "no process has more memory than the limit",
    "tree_memory": "all processes together have no more memory than the limit",
    "cpu": "no process uses more CPU time than the limit",
    "tree_cpu": "all processes together use no more CPU time than the limit",
    "disk": "files take no more bytes and inodes than the limit",
    "read_only": "nothing outside the box's own /tmp can be written",
    "hidden_files": "homes, courses and gradebooks cannot be read",
    "network": "no network but the box's own loopback",
    "own_proc": "programs see only the processes of their box",
    "proc": "programs have a /proc that shows them what they are",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """One way to contain a program: what it is made of, what it guarantees.

    parts: switches that launcher and init read. root_only and user_only: who can use it.
    """

    name: str
    summary: str
    parts: Mapping[str, bool] = field(default_factory=dict)
    guarantees: Mapping[str, Strength] = field(default_factory=dict)
    root_only: bool = False
    user_only: bool = False

    def offered(self) -> bool:
        """Whether it is meant for this user at all; it may still fail here."""
        root = os.geteuid() == 0
        return not ((self.root_only and not root) or (self.user_only and root))

    def settings(self) -> dict[str, Any]:
        """All switches, for this user, as launcher and init read them."""
        root = os.geteuid() == 0
        parts = dict.fromkeys(
            (
                "pid_ns",
                "new_root",
                "fresh_proc",
                "student_user_ns",
                "box_user_ns",
                "landlock",
                "shield",
            ),
            False,
        )
        parts.update(self.parts)
        namespaces = parts["pid_ns"]
        # Root gives the student a namespace of one unused user; an ordinary user has to
        # begin with a namespace, in which the whole box then lives.
        parts["student_user_ns"] = parts["student_user_ns"] and root
        parts["launcher_user_ns"] = namespaces and not root
        parts["box_user_ns"] = namespaces and not root
        uid = 1000 if namespaces else os.geteuid()
        return {
            **parts,
            "unused_uid": root,
            "drop_uid": root,
            "uid": uid,
            "gid": uid if namespaces else os.getegid(),
            "host_uid": uid,
            "outer_uid": uid,
            "outer_gid": uid,
            "extra_processes": 1 if parts["box_user_ns"] else 0,
        }

    def guaranteed(self) -> dict[str, Strength]:
        """The guarantees for this user, in the order of GUARANTEES."""
        found = {name: self.guarantees.get(name, "none") for name in GUARANTEES}
        if not self.parts.get("pid_ns") and os.geteuid() == 0:
            # Programs run as an unused user: its processes can be counted, and the
            # permissions of files and processes are on our side.
            found["processes"] = found["signals"] = found["kill_all"] = "kernel"
        return found


_RANK = ("none", "best effort", "kernel")

_LIMITS: dict[str, Strength] = {
    "memory": "kernel",
    "tree_memory": "best effort",
    "cpu": "kernel",
    "tree_cpu": "best effort",
}
_NAMESPACES: dict[str, Strength] = {
    **dict.fromkeys(GUARANTEES, "kernel"),
    **_LIMITS,
}

TIERS: tuple[Tier, ...] = (
    Tier(
        name="namespaces",
        summary="user, pid, mount, ipc, uts and network namespaces; a read-only system",
        parts={"pid_ns": True, "new_root": True, "fresh_proc": True, "student_user_ns": True},
        guarantees=_NAMESPACES,
    ),
    Tier(
        name="unused-user",
        summary="root without user namespaces: the other namespaces, and an unused user",
        parts={"pid_ns": True, "new_root": True, "fresh_proc": True},
        guarantees=_NAMESPACES,
        root_only=True,
    ),
    Tier(
        name="shared-proc",
        summary="namespaces where no new /proc may be mounted: programs have no /proc",
        parts={"pid_ns": True, "new_root": True},
        guarantees={**_NAMESPACES, "own_proc": "none", "proc": "none"},
    ),
    Tier(
        name="landlock",
        summary="no namespaces: a Landlock domain for signals and files, and a subreaper",
        parts={"landlock": True},
        guarantees={
            **_LIMITS,
            "kill_all": "kernel",
            "signals": "kernel",
            "processes": "best effort",
            "disk": "best effort",
            "read_only": "kernel",
            "hidden_files": "kernel",
            "network": "best effort",
            "proc": "kernel",
        },
    ),
    Tier(
        name="walk",
        summary="no namespaces, no Landlock: resource limits, a subreaper and a kill walk",
        parts={"shield": True},
        guarantees={
            **_LIMITS,
            "kill_all": "best effort",
            "signals": "best effort",
            "processes": "best effort",
            "disk": "best effort",
            "proc": "kernel",
        },
    ),
)


def find_tier(name: str) -> Tier | None:
    """The tier of that name, or None."""
    return next((tier for tier in TIERS if tier.name == name), None)
