"""Read the table in which a code object says what line each of its instructions is from.

The table is a list of entries. The first byte of an entry, and no other, has its highest bit
set; it holds a kind and a number of code units. What follows depends on the kind.

Source: Objects/locations.md of CPython (3.11: Objects/locations.md, "Location Tables").
"""

from __future__ import annotations

import functools

__all__ = ["line_in_table"]

_FIRST = 0x80
_SAME_LINE_UP_TO, _ONE_LINE_UP_TO = 9, 12  # then: 0 to 2 lines further
_NO_COLUMNS, _LONG, _NOWHERE = 13, 14, 15  # the first two hold how many lines further
_MOST_GROUPS = 6  # of six bits each, in a number


@functools.lru_cache(maxsize=100)  # of tables that can be large
def line_in_table(table: bytes, first_line: int, unit: int) -> int | None:
    """The line of the code unit with that number; None if it has none. *table* may be anything."""
    if unit < 0:
        return None
    line, done, place = first_line, 0, 0
    while place < len(table):
        first = table[place]
        if not first & _FIRST:
            return None
        kind = first >> 3 & 15
        if kind in (_NO_COLUMNS, _LONG):
            line += _signed_number(table, place + 1)
        elif _SAME_LINE_UP_TO < kind <= _ONE_LINE_UP_TO:
            line += kind - _SAME_LINE_UP_TO - 1
        done += (first & 7) + 1
        if unit < done:
            return None if kind == _NOWHERE else line
        place += 1
        while place < len(table) and not table[place] & _FIRST:
            place += 1
    return None


def _signed_number(table: bytes, place: int) -> int:
    value = 0
    for group in range(_MOST_GROUPS):
        byte = table[place + group] if place + group < len(table) else 0
        value |= (byte & 63) << 6 * group
        if not byte & 64:
            break
    return -(value >> 1) if value & 1 else value >> 1
