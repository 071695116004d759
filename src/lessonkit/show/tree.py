r"""Draw a snapshot as a tree, in the words and shapes of `ps --forest`.

PID  PPID STAT COMMAND
  1     0 Ss   init
  2     1 S     \_ python
  3     2 Z         \_ [true] <defunct>
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.show.words import name

__all__ = ["tree_lines", "tree_text"]

MAX_PROCESSES = 1000
_MAX_DEPTH = 24


def tree_text(snapshot: Snapshot, *, limit: int = MAX_PROCESSES) -> str:
    """Return the processes of *snapshot* as a tree, at most *limit* of them.

    STAT is the state, then `s` for the leader of a session and `l` for several threads, as
    in ps(1). A zombie is written `[name] <defunct>`. Processes whose parent is not in the
    snapshot are roots. The last line counts those that are not listed.
    """
    return "\n".join(line for line, _ in tree_lines(snapshot, limit=limit))


def tree_lines(
    snapshot: Snapshot, *, limit: int = MAX_PROCESSES
) -> Iterator[tuple[str, ProcessInfo | None]]:
    """Yield the lines of `tree_text`, each with the process it shows, if it shows one."""
    processes = snapshot.processes
    if not processes:
        yield "(no processes)", None
        return
    width = max([5, *(len(str(number)) for p in processes for number in (p.pid, p.ppid))])
    yield f"{'PID':>{width}} {'PPID':>{width}} STAT COMMAND", None
    for process, branches in itertools.islice(_walk(processes), limit):
        stat = process.state + "s" * (process.sid == process.pid) + "l" * (process.threads > 1)
        line = f"{process.pid:>{width}} {process.ppid:>{width}} {name(stat):4} "
        yield line + branches + _command(process), process
    more = max(0, len(processes) - limit) + snapshot.left_out
    if more:
        yield f"... and {more} more", None


def _walk(processes: tuple[ProcessInfo, ...]) -> Iterator[tuple[ProcessInfo, str]]:
    """Yield each process once, parents first, with what is drawn to the left of its name.

    A photograph of a changing tree, or a record made by hand, can hold loops of parents and
    parents younger than their children: neither is followed, and nobody is left out.
    """
    by_pid = {process.pid: process for process in processes}
    children: dict[int, list[ProcessInfo]] = {}
    roots = []
    for process in processes:
        parent = by_pid.get(process.ppid)
        if parent is None or parent is process or parent.start_ticks > process.start_ticks:
            roots.append(process)
        else:
            children.setdefault(process.ppid, []).append(process)
    seen: set[int] = set()
    for root in [*roots, *processes]:  # the second time round only loops are left
        waiting: list[tuple[ProcessInfo, str, str, int]] = [(root, "", "", 0)]
        while waiting:
            process, branches, below, depth = waiting.pop()
            if process.pid in seen:
                continue
            seen.add(process.pid)
            yield process, branches
            own = [child for child in children.get(process.pid, []) if child.pid not in seen]
            for index in range(len(own) - 1, -1, -1):
                bar = "    " if index == len(own) - 1 else " |  "
                if depth < _MAX_DEPTH:
                    waiting.append((own[index], below + " \\_ ", below + bar, depth + 1))
                else:  # deeper than a line is wide: say how deep instead of drawing it
                    branch = f"{below} \\_ (depth {depth + 1}) "
                    waiting.append((own[index], branch, below, depth + 1))


def _command(process: ProcessInfo) -> str:
    comm = name(process.comm)
    return f"[{comm}] <defunct>" if process.is_zombie else comm
