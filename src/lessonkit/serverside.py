"""Extend Jupyter's server: notebooks are saved with the HTML of a view, not with its widget."""

from __future__ import annotations

__all__: list[str] = []
