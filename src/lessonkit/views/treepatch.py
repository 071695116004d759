"""Turn photographs of processes into rows, and two tables of rows into the least to send.

A row goes over the wire as [pid, ppid, stat, name], or as [pid, stat] when nothing but its
state changed, which is nearly always. `static/livetree.js` works out the tree from the rows:
a process hangs below its parent if that is in the table, else it is a root. Where that
would be wrong a fifth item names the row that it hangs below, 0 for none.

The functions are pure; a patch that is applied to the old table gives the new one.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import Any

from lessonkit.records import ProcessInfo, Snapshot
from lessonkit.show import words

__all__ = ["MAX_ROWS", "Patch", "Row", "Table", "difference", "table", "whole"]

MAX_ROWS = 2000

Row = tuple[int, int, str, str, int | None]
"""Start time in ticks, ppid, STAT as in ps(1), name, and what overrules ppid (None: nothing)."""

Table = dict[int, Row]
Patch = dict[str, Any]

_name = lru_cache(maxsize=4096)(words.name)


def table(snapshot: Snapshot) -> Table:
    """Return a row for each process, by pid; of more than MAX_ROWS those nearest the roots."""
    by_pid = {process.pid: process for process in snapshot.processes}
    roots: list[ProcessInfo] = []
    below: dict[int, list[ProcessInfo]] = {}
    for process in snapshot.processes:
        parent = by_pid.get(process.ppid)
        # Seen in a photograph of a changing tree: a number that was used again meanwhile.
        if parent is None or parent is process or parent.start_ticks > process.start_ticks:
            roots.append(process)
        else:
            below.setdefault(process.ppid, []).append(process)
    rows: Table = {}
    for root in [*roots, *snapshot.processes]:  # the second time round only loops are left
        if root.pid in rows or len(rows) >= MAX_ROWS:
            continue
        rows[root.pid] = _row(root, 0 if root.ppid in by_pid else None)
        waiting = deque(below.get(root.pid, ()))
        while waiting and len(rows) < MAX_ROWS:
            process = waiting.popleft()
            if process.pid not in rows:
                rows[process.pid] = _row(process, None)
                waiting.extend(below.get(process.pid, ()))
    return rows


def whole(rows: Table) -> list[list[Any]]:
    """Return all rows as they go over the wire."""
    return [_wire(pid, row) for pid, row in rows.items()]


def difference(before: Table, after: Table) -> Patch | None:
    """Return what turns *before* into *after*: {"gone": [pid], "put": [row]}, or None.

    A number that was used again is in both lists: the old row goes, another one comes.
    """
    gone = [pid for pid, row in before.items() if pid not in after or after[pid][0] != row[0]]
    put: list[list[Any]] = []
    for pid, row in after.items():
        old = before.get(pid)
        if old == row:
            continue
        if old is None or (old[0], old[1], old[3], old[4]) != (row[0], row[1], row[3], row[4]):
            put.append(_wire(pid, row))
        else:
            put.append([pid, row[2]])
    patch: Patch = {}
    if gone:
        patch["gone"] = gone
    if put:
        patch["put"] = put
    return patch or None


def _row(process: ProcessInfo, under: int | None) -> Row:
    stat = process.state + "s" * (process.sid == process.pid) + "l" * (process.threads > 1)
    return process.start_ticks, process.ppid, _name(stat), _name(process.comm), under


def _wire(pid: int, row: Row) -> list[Any]:
    _, ppid, stat, comm, under = row
    return [pid, ppid, stat, comm] if under is None else [pid, ppid, stat, comm, under]
