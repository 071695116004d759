"""Cgroups (in progress)."""

from __future__ import annotations

from typing import Any

__all__ = ["Groups", "peak_memory"]


def peak_memory(settings: dict[str, Any]) -> int | None:
    """Peak memory."""
    return None


class _Group:
    def add(self, pid: int) -> None:
        """Nothing yet."""


class Groups:
    """Nothing yet."""

    def __init__(self, config: Any) -> None:
        self._config = config

    def make(self, settings: dict[str, Any]) -> _Group:
        """Nothing yet."""
        return _Group()

    def remove(self, pid: int) -> None:
        """Nothing yet."""
