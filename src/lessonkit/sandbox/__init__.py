"""Contain a program. Theory of operation.

Who is who

    client      the notebook kernel, the shell, the grader: asks for runs, reads reports.
                Never forks.                                     (box.py, pool.py)
    launcher    one small single-threaded process; the only one that forks. Builds the
                read-only system once, makes a box per request.  (launcher.py, rootfs.py)
    init        one per box, trusted. Pid 1 of the box's pid namespace, or a subreaper
                where there is none. Adopts and reaps orphans, watches limits, takes
                photographs, traces, plays scenes, and ends everything.
                                    (init.py, keeper.py, stage.py, tracer.py, killing.py)
    program     the student's process, unprivileged.             (program.py)

Life of a run

    client                launcher             init                 program
      | {"op": "box"} ------>|                   |                     |
      |                      |-- clone --------->| mounts, fork ------>| drops everything,
      |<----- pidfd ---------|                   |<------ "born" ------| waits
      | job (function, limits, scene) ---------->|                     |
      |                      |                   |-- job, load, call ->| student code
      |<=================== stdout, stderr (pipes) ====================|
      |                      |                   |<--- value, a claim -|
      |                      |                   | photograph          |
      |                      |                   |------ "exit" ------>| exits
      |                      |                   | takes stock, kills, reaps
      |<---------------- report -----------------| exits
      .                                          .

Meanwhile the client may ask init for snapshots of the box, one at a time (watching.py). A
traced run also learns which line of the program's text makes each call: init reads that out
of the memory of the stopped process (tracing/lines.py), which is the program's word for it.

The report comes when init is the last process in its pid namespace, and the client goes on
with that; where there is no such namespace it waits for init's pidfd too. A box needs no
job to be made: the client asks for the next one when a run is over, and while it waits, init
and program rehearse (init.py). What a forked process writes to for the first time is copied,
page by page, and what it has copied it must give back at its end: so little is loaded in the
launcher, and what a job needs is touched before it comes.
Seeds and parameters of checks arrive at init after the program was forked: they are not
in its memory.

Two failures never mix. What the program does is data in init's report. When something of
ours fails, init says "failed" with the reason, or the pidfd becomes readable without a
report, and the client raises a `SandboxError`.

Whoever dies, nothing stays: init is killed with its launcher (PR_SET_PDEATHSIG), ends
when the client's socket closes, and with pid 1 the kernel ends its whole namespace.

What init and launcher import is the standard library and our own modules of that kind;
import-linter holds us to it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lessonkit.sandbox.pool import close as close
    from lessonkit.sandbox.pool import current_tier as current_tier
    from lessonkit.sandbox.tiers import GUARANTEES as GUARANTEES
    from lessonkit.sandbox.tiers import TIERS as TIERS
    from lessonkit.sandbox.tiers import Tier as Tier

__all__ = ["GUARANTEES", "TIERS", "Tier", "close", "current_tier"]

_WHERE = {
    "GUARANTEES": "tiers",
    "TIERS": "tiers",
    "Tier": "tiers",
    "close": "pool",
    "current_tier": "pool",
}


def __getattr__(name: str) -> Any:
    # On first use only: the launcher imports this package too, has no need of the client's
    # side, and everything that it has loaded is copied by every fork.
    if name not in _WHERE:
        raise AttributeError(f"module 'lessonkit.sandbox' has no attribute {name!r}")
    return getattr(importlib.import_module(f"lessonkit.sandbox.{_WHERE[name]}"), name)
