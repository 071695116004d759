"""Recurse until the interpreter, the stack or the memory gives up.

ending: exited 1 | signaled SIGSEGV | limit memory_bytes | limit tree_memory_bytes
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

sys.setrecursionlimit(10**9)


class Deep:
    """Something whose text needs its own text."""

    def __repr__(self) -> str:
        return repr(self)


repr(Deep())
