"""Write a run and a verdict in plain text."""

from __future__ import annotations

import textwrap

from lessonkit.records import Fact, Run, Verdict
from lessonkit.show.chart import timeline_text
from lessonkit.show.tree import tree_text
from lessonkit.show.words import (
    block,
    duration,
    ending_words,
    name,
    number,
    plural,
    size,
    wait_status_words,
)

__all__ = [
    "AT_RETURN",
    "MAX_AT_RETURN",
    "MAX_FACT_CHARS",
    "TRACEBACK",
    "fact_words",
    "points_words",
    "run_again_words",
    "run_findings",
    "run_note",
    "run_output",
    "run_text",
    "verdict_plain",
    "verdict_text",
]

MAX_VALUE_CHARS = 2000
MAX_FACT_CHARS = 4000
MAX_AT_RETURN = 60
TRACEBACK = "Traceback"
AT_RETURN = "When the function returned"
_MAX_LISTED = 10
_SHAPES = {True: "[+]", False: "[-]", None: "[?]"}


def run_text(run: Run) -> str:
    """Return everything a learner wants to know of a run: output first, then what was seen."""
    parts = ["\n".join(filter(None, run_note(run)))] if run.note else []
    for title, text in run_output(run):
        parts.append(f"{title}:\n{textwrap.indent(text, '  ')}" if title != TRACEBACK else text)
    parts.append("\n".join(run_findings(run)))
    if run.at_return is not None and run.at_return.processes:
        parts.append(f"{AT_RETURN}:\n{tree_text(run.at_return, limit=MAX_AT_RETURN)}")
    if run.timeline is not None:
        parts.append(timeline_text(run.timeline))
    return "\n\n".join(parts)


def run_note(run: Run) -> tuple[str, str]:
    """Return what is to be read before a run: a sentence, and the lines that follow it."""
    sentence, _, more = block(run.note).strip().partition("\n")
    return sentence, more


def run_output(run: Run) -> list[tuple[str, str]]:
    """Return what the program printed, and its traceback unless it is in there: title, text."""
    parts = []
    for title, text, truncated in (
        ("stdout", run.stdout, run.stdout_truncated),
        ("stderr", run.stderr, run.stderr_truncated),
    ):
        if text:
            cut = " (cut at the limit of output)" if truncated else ""
            parts.append((title + cut, block(text).rstrip()))
    if run.error is not None and run.error.traceback not in run.stderr:
        parts.append((TRACEBACK, block(run.error.traceback).rstrip()))
    return parts


def run_findings(run: Run) -> list[str]:
    """Return one line for each thing worth knowing about a run, the most important first."""
    lines = [f"The program {ending_words(run.ending, run.limits)}."]
    if run.ending.kind == "not run":
        return lines
    if run.value_problem:
        lines.append(f"No value: {block(run.value_problem, MAX_VALUE_CHARS)}")
    elif run.value is not None:
        lines.append(f"Value: {block(repr(run.value), MAX_VALUE_CHARS)}")
    if run.zombies_left:
        listed = _listed([f"{c.pid}, {wait_status_words(c.wait_status)}" for c in run.zombies_left])
        count = plural(len(run.zombies_left), "zombie", "zombies")
        lines.append(f"{count} left, never reaped by the program: {listed}.")
    if run.orphans_adopted:
        listed = _listed([str(c.pid) for c in run.orphans_adopted])
        count = plural(len(run.orphans_adopted), "orphan", "orphans")
        lines.append(f"{count} adopted and reaped by init ({run.init_pid or 1}): {listed}.")
    if run.processes_left:
        listed = _listed([f"{p.pid} {name(p.comm)}" for p in run.processes_left])
        count = plural(len(run.processes_left), "process", "processes")
        lines.append(f"{count} still running at the end, killed then: {listed}.")
    if run.forks is not None:
        lines.append(f"{plural(run.forks, 'process or thread', 'processes and threads')} made.")
    usage = run.usage
    lines.append(
        f"Took {duration(usage.wall_seconds)}, {duration(usage.cpu_seconds)} of CPU time, "
        f"at most {size(usage.peak_memory_bytes)} of memory."
    )
    if run.tier:
        lines.append(f"Contained by: {name(run.tier)}.")
    return lines


def verdict_plain(verdict: Verdict) -> str:
    """Return the points as a number and nothing else, for nbgrader to read.

    When we failed to judge it is a sentence: what is no number counts as full points there.
    """
    if verdict.run_again is not None:
        return run_again_words(verdict)
    return number(min(verdict.points, verdict.max_points))


def verdict_text(verdict: Verdict) -> str:
    """Return the points, then for each fact what was expected, seen, and what to do next."""
    head = f"Exercise {name(verdict.exercise)}: {name(verdict.title)}"
    if verdict.run_again is not None:
        return f"{head}\n{textwrap.fill(run_again_words(verdict), 80)}"
    parts = [f"{head}\n{points_words(verdict)}"]
    if verdict.problem:
        parts.append(block(verdict.problem, MAX_FACT_CHARS).rstrip())
    parts += [_fact_text(fact) for fact in verdict.facts]
    for title, text in (("stdout", verdict.stdout), ("stderr", verdict.stderr)):
        if text:
            shown = textwrap.indent(block(text, MAX_FACT_CHARS).rstrip(), "  ")
            parts.append(f"Your code's {title}:\n{shown}")
    return "\n\n".join(parts)


def points_words(verdict: Verdict) -> str:
    """Return "1.5 of 3 points", with how many facts are as expected."""
    as_expected = sum(fact.ok is True for fact in verdict.facts)
    points = number(min(verdict.points, verdict.max_points))
    words = f"{points} of {number(verdict.max_points)} points"
    if verdict.facts:
        words += f" ({as_expected} of {len(verdict.facts)} facts as expected)"
    return words


def run_again_words(verdict: Verdict) -> str:
    """Say that we failed, that it costs nothing, and what to do."""
    if not verdict.observable:
        why = block(verdict.run_again or "", MAX_FACT_CHARS).strip()
        return (
            "Not judged on this host: whatever the answer is, right or wrong, it gets all points. "
            f"Running this cell again changes nothing. Why: {why}"
        )
    return (
        "Not judged, and that is not the fault of your code. No points are lost. "
        f"Run this cell again. What happened: {name(verdict.run_again or '')}"
    )


def fact_words(fact: Fact) -> str:
    """Say how a fact came out."""
    if fact.ok is None:
        return "could not be observed here"
    return "as expected" if fact.ok else "not as expected"


def _fact_text(fact: Fact) -> str:
    shape = _SHAPES[fact.ok]
    earned = number(fact.points if fact.ok else 0)
    lines = [f"{shape} {name(fact.name)}: {fact_words(fact)} ({earned} of {number(fact.points)})"]
    if fact.ok:
        lines += _labelled("seen", fact.seen)
    else:
        lines += _labelled("expected", fact.expected)
        lines += _labelled("seen", fact.seen)
        lines += _labelled("why", fact.why)
        lines += _labelled("hint", fact.hint)
        lines += _labelled("manual", fact.manual)
    return "\n".join(lines)


def _labelled(label: str, text: str) -> list[str]:
    if not text:
        return []
    lines = []
    for line in block(text, MAX_FACT_CHARS).splitlines():
        lines += textwrap.wrap(line, 66) or [""]
    return [f"    {label if i == 0 else '':9} {line}".rstrip() for i, line in enumerate(lines)]


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _MAX_LISTED} more" if len(items) > _MAX_LISTED else ""
    return "; ".join(items[:_MAX_LISTED]) + more
