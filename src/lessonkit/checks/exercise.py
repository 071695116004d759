"""Join what belongs to one exercise: its scene, its judge, its points and its hints.

    exercise = EXERCISES["3.1"]
    verdict = exercise.judge(run)   # run: the record of the scene exercise.scene

`judge` handles what is the same for all: code that does not load, a function that is not
written yet, a limit that ended the run. The rest is asked of `looks`, one function for each
exercise that turns what the scene wrote down into facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lessonkit.checks.facts import Missing, at_line, plural, stray_words
from lessonkit.errors import CheckError
from lessonkit.records import Fact, Limits, Run, Verdict

__all__ = ["Exercise", "Hints"]

Hints = tuple[str, str, str]
"""From a question that points the way to nearly the answer."""

_LIMITS = Limits(wall_seconds=30.0)
"""Room for every call of a scene to run into its own time limit, which tells more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exercise:
    """One graded exercise.

    function: the name that the text asks for. scene: "module:name" in `lessonkit.scenes`.
    looks: turns the record of the scene into facts whose points add up to max_points.
    """

    id: str
    title: str
    function: str
    scene: str
    max_points: float
    looks: Callable[[Run, Hints], Sequence[Fact]]
    hints: Hints
    limits: Limits = _LIMITS

    def judge(self, run: Run) -> Verdict:
        """Turn the record of one run of the scene into a verdict.

        Raises:
            CheckError: the scene did not write down what it should have. That is our
                failure; it costs nobody points.
        """
        problem = self._no_function(run)
        if problem is not None:
            return self._verdict(run, (), problem)
        limit = _limit_problem(run)
        try:
            facts = _with_strays(tuple(self.looks(run, self.hints)), run)
        except Exception as error:
            # A record that a limit has cut short may lack anything: the limit is the reason.
            if limit is None:
                if isinstance(error, Missing):
                    raise CheckError(f"exercise {self.id}: {error}") from error
                raise
            facts = ()
        if limit is not None and not run.facts.get("complete"):
            facts = tuple(_not_counted(fact) for fact in facts)
        return self._verdict(run, facts, limit)

    def _no_function(self, run: Run) -> str | None:
        load = run.facts.get("load")
        if load is None:
            return _limit_problem(run)
        if load["kind"] == "bad":
            return f"there is no function {self.function}: {load['problem']}"
        if load["kind"] != "value":
            return f"your code could not be loaded: {_reason(load)}"
        for call in _calls(run.facts):
            if call["error"] is not None and call["error"]["type"] == "NotImplementedError":
                return (
                    f"{self.function} is not written yet: it raises NotImplementedError. "
                    "Replace that line by your solution and run the cell again."
                )
        return None

    def _verdict(self, run: Run, facts: tuple[Fact, ...], problem: str | None) -> Verdict:
        return Verdict(
            exercise=self.id,
            title=self.title,
            facts=facts,
            max_points=self.max_points,
            problem=problem,
            stdout=run.stdout,
            stderr=run.stderr + _traceback(run.facts),
            tier=run.tier,
        )


def _with_strays(facts: tuple[Fact, ...], run: Run) -> tuple[Fact, ...]:
    """Say what brought copies of the student's process back, if no fact says it already.

    A child that raises goes on behind its fork like one that returns, and whatever is found to be
    wrong first may come from that.
    """
    calls = list(_calls(run.facts))
    words = stray_words(*calls)
    wrong = next((fact for fact in facts if fact.ok is False), None)
    if not words or wrong is None or any("had raised" in fact.seen for fact in facts):
        return facts
    copies = plural(sum(call["strays"] for call in calls), "copy", "copies")
    seen = f"{wrong.seen}; {copies} of your process came back too{words}"
    return tuple(replace(fact, seen=seen) if fact is wrong else fact for fact in facts)


def _reason(reply: Mapping[str, Any]) -> str:
    error = reply["error"]
    if error is not None:
        return f"{error['type']}: {error['message']}{at_line(error['traceback'])}"
    if reply["kind"] == "timeout":
        return f"it was not done after {reply['wall_seconds']:.0f} s"
    return "the process ended while it was loaded"


def _limit_problem(run: Run) -> str | None:
    limit = run.ending.limit
    if run.ending.kind != "limit":
        return None
    if limit is None:
        return "the run was ended because it reached one of its limits"
    allowed = getattr(run.limits, limit, None)
    return f"the run was ended because it reached its limit {limit} ({allowed})"


def _not_counted(fact: Fact) -> Fact:
    """What held until a limit ended the run might not have held to the end."""
    if not fact.ok:
        return fact
    return replace(fact, ok=False, seen="not counted: a limit ended the run before its time")


def _traceback(facts: Mapping[str, Any]) -> str:
    """The first traceback of the student's code: the sentence in the fact is short."""
    for call in _calls(facts):
        if call["error"] is not None and call["error"]["type"] != "NotImplementedError":
            return str(call["error"]["traceback"])
    return ""


def _calls(node: Any) -> Iterator[Mapping[str, Any]]:
    """All replies of the student's process that a scene has noted, in order.

    Values that came from there stand inside of such notes only, and are not looked into: they
    can be made to look like anything.
    """
    if isinstance(node, Mapping):
        if "wait_status" in node and "strays" in node:
            yield node
            return
        node = node.values()
    elif not isinstance(node, (list, tuple)):
        return
    for item in node:
        yield from _calls(item)
