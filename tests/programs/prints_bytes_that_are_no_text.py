"""Print bytes that are no UTF-8, terminal commands and NULs.

ending: exited 0
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

os.write(1, bytes(range(256)) + b"\x1b[2J\x1b]0;title\x07\0\0")
