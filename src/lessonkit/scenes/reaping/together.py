"""How many were there at the same time, of those that are looked at one after the other."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Together"]


class Together:
    """The most of them that lived at one moment, as far as looks can tell.

    While they are looked at one after the other, one may end and another begin, and both are seen
    in the same look. Only who is there in two looks was there between them, together with all the
    others of both. So it is never too many; a meeting shorter than two looks is not counted.
    """

    def __init__(self) -> None:
        self._before: frozenset[str] = frozenset()
        self.most = 0

    def look(self, there: Iterable[str]) -> None:
        """To be called after each look, with the names of all that were there in it."""
        now = frozenset(there)
        self.most = max(self.most, len(now & self._before))
        self._before = now
