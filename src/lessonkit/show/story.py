"""Tell a timeline step by step: who was there, in which state, whose child, after each event.

    told = story(run.timeline)              # plain data, ready for JSON
    print(tree_at_text(told, 4))            # the tree after the fifth event
    2 python3: runs
      3 python3: zombie, exit code 7

A step is one event; step i is the moment just after it. A process is named by its pid and
the step of its birth, because pids are used again. The browser draws from this data alone, so
every word in it is made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lessonkit.records import Run, Timeline
from lessonkit.show.excerpts import excerpts, source_of
from lessonkit.show.lanes import place
from lessonkit.show.telling import Life, Telling
from lessonkit.show.text import AT_RETURN, MAX_AT_RETURN, run_findings, run_note, run_output
from lessonkit.show.tree import tree_text
from lessonkit.show.words import duration, event_words, mode_words, name, perturbs_words, plural

__all__ = ["Story", "findings", "story", "tree_at", "tree_at_text"]

Story = dict[str, Any]
"""Plain data: dicts, lists, strings, numbers, booleans and None. `story` says what is in it."""

MAX_COLUMNS = 4000
_MIN_COLUMNS = 24


def story(timeline: Timeline, *, title: str | None = None) -> Story:
    """Return the history of *timeline* as plain data.

    steps: one per event: at (seconds), when (the same in words), kind, row (who acted), pid,
        words (what it did), source and line (of the program's text, or None), column.
    processes: parents before their children; each has key, pid, thread, depth, since (its
        first step), gone (the step at which it vanished, or None), execed (step or None), and
        what changed at which step: states [step, state, words], names [step, name] and parents
        [step, row or None]. A row is a place in this list.
    marks: [step, row, letter]; the letters are those of the charts.
    links: [step, from row, to row, kind]: fork, reparent, reap, signal.
    sources: name -> {"first": number of the first line, "lines": [...]}.
    width: number of columns; tallest: how many processes the largest tree shows.
    """
    telling = Telling(timeline)
    for step, event in enumerate(timeline.events):
        telling.tell(step, event)
    lives = telling.in_order()
    rows = {id(life): row for row, life in enumerate(lives)}
    columns, width = _columns([event.at_seconds for event in timeline.events])
    steps = []
    for step, event in enumerate(timeline.events):
        pid, words = event_words(event)
        actor = telling.actors[step]
        source = source_of(timeline, event)
        steps.append(
            {
                "at": event.at_seconds,
                "when": duration(event.at_seconds),
                "kind": event.kind,
                "row": None if actor is None else rows[id(actor)],
                "pid": pid,
                "words": words,
                "source": source,
                "line": None if source is None else event.line,
                "column": columns[step],
            }
        )
    return {
        "story": 1,
        "title": title or f"Lifelines of {plural(len(lives), 'process', 'processes')}",
        "mode": timeline.mode,
        "how": mode_words(timeline, perturbs=False),
        "perturbs": perturbs_words(timeline),
        "steps": steps,
        "processes": [_process(life, rows) for life in lives],
        "marks": [[step, rows[id(life)], mark] for step, life, mark in telling.marks],
        "links": [[at, rows[id(a)], rows[id(b)], kind] for at, a, b, kind in telling.links],
        "sources": excerpts(timeline),
        "width": width,
        "tallest": _tallest(lives),
    }


def findings(run: Run) -> list[dict[str, Any]]:
    """Return what is to be read above the story of a run: {title, text} and {lines}."""
    sentence, more = run_note(run)
    parts: list[dict[str, Any]] = []
    if sentence:
        parts.append({"title": sentence, "text": more} if more else {"lines": [sentence]})
    parts += [{"title": t, "text": text} for t, text in run_output(run)]
    parts.append({"lines": run_findings(run)})
    if run.at_return is not None and run.at_return.processes:
        text = tree_text(run.at_return, limit=MAX_AT_RETURN)
        parts.append({"title": AT_RETURN, "text": text})
    return parts


def tree_at(told: Mapping[str, Any], step: int) -> list[dict[str, Any]]:
    """Return the tree of processes just after *step*, as roots with children.

    Each node has row, key, label ("3 python3"), state, words ("zombie, exit code 7") and
    children. A process that vanished at this very step is still shown, as "gone"; one whose
    parent is not known, or not there, is a root. Everybody is shown once, also where a record
    claims that two processes are each other's parents.
    """
    processes = told["processes"]
    shown = [row for row, process in enumerate(processes) if _is_shown(process, step)]
    children: dict[int, list[int]] = {}
    roots = []
    for row in shown:
        parent = _latest(processes[row]["parents"], step)[1]
        if parent is None or parent == row or not _can_have_children(processes[parent], step):
            roots.append(row)
        else:
            children.setdefault(parent, []).append(row)
    placed: set[int] = set()
    found: list[dict[str, Any]] = []
    for root in [*roots, *shown]:  # the second time round only loops are left
        if root in placed:
            continue
        placed.add(root)
        found.append(_node(processes[root], root, step))
        waiting = [found[-1]]
        while waiting:
            parent_node = waiting.pop()
            for row in children.get(parent_node["row"], []):
                if row not in placed:
                    placed.add(row)
                    child = _node(processes[row], row, step)
                    parent_node["children"].append(child)
                    waiting.append(child)
    return found


def tree_at_text(told: Mapping[str, Any], step: int) -> str:
    """Return the tree just after *step*, one process per line, children indented."""
    lines = [f"{'  ' * depth}{n['label']}: {n['words']}" for depth, n in _walk(tree_at(told, step))]
    return "\n".join(lines) if lines else "(no processes)"


def _walk(nodes: Sequence[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    waiting = [(0, node) for node in reversed(nodes)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting += [(depth + 1, child) for child in reversed(node["children"])]


def _node(process: Mapping[str, Any], row: int, step: int) -> dict[str, Any]:
    _, state, words = _latest(process["states"], step)
    called = _latest(process["names"], step)[1]
    label = f"{process['pid']} {called}".rstrip()
    return {
        "row": row,
        "key": process["key"],
        "label": label,
        "state": state,
        "words": words,
        "children": [],
    }


def _is_shown(process: Mapping[str, Any], step: int) -> bool:
    return process["since"] <= step and (process["gone"] is None or step <= process["gone"])


def _can_have_children(process: Mapping[str, Any], step: int) -> bool:
    return process["since"] <= step and (process["gone"] is None or step < process["gone"])


def _latest(changes: Sequence[Sequence[Any]], step: int) -> Sequence[Any]:
    """The last of the changes up to *step*; the first one if all come later."""
    found = changes[0]
    for change in changes:
        if change[0] > step:
            break
        found = change
    return found


def _process(life: Life, rows: Mapping[int, int]) -> dict[str, Any]:
    return {
        "key": f"{life.pid}@{life.since}",
        "pid": life.pid,
        "thread": life.is_thread,
        "depth": life.depth,
        "since": life.since,
        "born": life.born,
        "gone": life.gone,
        "execed": life.execed,
        "killed": life.was_killed,
        "states": [[step, state, words] for step, state, words in life.states],
        "names": [[step, name(called)] for step, called in life.names],
        "parents": [
            [step, None if parent is None else rows[id(parent)]] for step, parent in life.parents
        ],
    }


def _columns(times: Sequence[float]) -> tuple[list[int], int]:
    moments = sorted(set(times) or {0.0})
    wanted = max(_MIN_COLUMNS, min(len(moments) * 3 // 2, len(moments) + 40))
    width = min(MAX_COLUMNS, wanted)
    at = place(moments, width)
    return [at[time] for time in times], width


def _tallest(lives: Sequence[Life]) -> int:
    changes: dict[int, int] = {}
    for life in lives:
        changes[life.since] = changes.get(life.since, 0) + 1
        if life.gone is not None:
            changes[life.gone + 1] = changes.get(life.gone + 1, 0) - 1
    tallest = now = 0
    for step in sorted(changes):
        now += changes[step]
        tallest = max(tallest, now)
    return tallest
