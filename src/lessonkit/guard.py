"""End a copy of the notebook's kernel that a raw `os.fork()` in a cell made, and say so."""

from __future__ import annotations

__all__: list[str] = []
