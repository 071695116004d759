"""The jobs of scene 6.5: shells that wait at a FIFO for their code, and what is seen of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from lessonkit.scenes.api import Box
from lessonkit.scenes.orphans.gates import running, tell
from lessonkit.scenes.reaping.bursts import FATAL

__all__ = ["Job"]

_DEAF = "trap 'echo x >{told}' TERM; exec 3<>{gate}; while ! read code <&3; do :; done; exit $code"
_TERM = 1 << (signal.SIGTERM - 1)


class Job:
    """One job, and what was seen of it."""

    def __init__(self, box: Box, kind: str, gate: str) -> None:
        self._box = box
        self.kind = kind
        self._gate = gate
        told = f"{gate}-told"
        self._told = os.open(told, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self.argv = ["sh", "-c", f"read code < {gate}; exit $code"]
        if kind != "polite":
            self.argv = ["sh", "-c", _DEAF.format(gate=gate, told=told)]
        self.identity: tuple[int, int] | None = None
        self.facts: dict[str, Any] = {
            "kind": kind,
            "pid": None,
            "ppid": None,
            "ready": kind == "polite",
            "code": None,
            "stale": False,
            "copies": 0,
        } | dict.fromkeys(("born", "asked", "dead", "gone", "lost_asked", "lost_dead"))

    def look(self, moment: Callable[[int], tuple[float, float]]) -> None:
        """See what has become of it.

        moment: for a pid, the seconds since the call, and those of them that were lost; to be asked
        after what was seen. Init itself may be kept waiting between the two, and what was right in
        time would be too early by a clock that was read before.
        """
        facts, box = self.facts, self._box
        if self.identity is None:
            self._find()
            if self.identity is not None:
                facts["born"] = moment(self.identity[0])[0]
            return
        if facts["gone"] is not None:
            return
        # First what it has written: it may be gone by now.
        if facts["asked"] is None and self._was_told():
            facts["asked"], facts["lost_asked"] = moment(self.identity[0])
        process = box.process(self.identity[0])
        there = process is not None and process.identity == self.identity
        if process is None or not there or process.is_zombie:
            if there and facts["dead"] is not None:
                return  # the zombie stays
            now, lost = moment(self.identity[0])
            facts["gone"] = None if there else now
            if facts["dead"] is None:
                facts |= {"dead": now, "lost_dead": lost}
            return
        if self.kind == "polite":
            return
        if not facts["ready"]:
            facts["ready"] = self._has("SigCgt")
        elif facts["asked"] is None and (self._has("ShdPnd") or self._has("SigPnd")):
            # It has been sent; the handler runs when it is the job's turn.
            facts["asked"], facts["lost_asked"] = moment(self.identity[0])

    def _has(self, field: str) -> bool:
        """True if SIGTERM is in this mask of the job."""
        mask = self._box.status_field(self.identity[0], field) if self.identity else None
        return bool(int(mask or "0", 16) & _TERM)

    def _find(self) -> None:
        found = running(self._box.snapshot(), self.argv)
        self.facts["copies"] = max(self.facts["copies"], len(found))
        if found:
            self.identity = found[0].identity
            self.facts |= {"pid": found[0].pid, "ppid": found[0].ppid}

    def _was_told(self) -> bool:
        """True once its handler for SIGTERM has run."""
        try:
            return bool(os.read(self._told, 64))
        except BlockingIOError:
            return False

    def tell(self) -> bool:
        """Let it end with a code that is drawn just now; False if it is not at its gate."""
        code = self._box.rng.randint(1, 255)
        if not tell(self._gate, str(code)):
            return False
        self.facts["code"] = code
        return True

    def close(self) -> None:
        """Listen no longer."""
        os.close(self._told)

    def hit(self) -> None:
        """End it by a signal that is not one of the supervisor's."""
        fatal = int(self._box.rng.choice([n for n in FATAL if n not in (9, 15)]))
        self.facts["code"] = -fatal
        process = self._box.process(self.identity[0]) if self.identity else None
        if process is not None and process.identity == self.identity:
            self._box.kill(process.pid, fatal)
