"""The C compilers that are looked for, in this order.

`cc` is the one that the host's administrator has chosen; where nobody has chosen, gcc comes before
clang and tcc, for its messages are the ones that the lessons show.

Source: POSIX (IEEE Std 1003.1), c99; update-alternatives(1), cc.
"""

from __future__ import annotations

__all__ = ["COMPILERS"]

COMPILERS = ("cc", "gcc", "clang", "tcc")
