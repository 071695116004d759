"""Print a line on each stream, as an ordinary program would.

ending: exited 0
stdout: hello from
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

print("hello from", os.getpid())
print("and from here", file=sys.stderr)
