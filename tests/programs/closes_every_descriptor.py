"""Close every descriptor, its own channel to us among them, and end well.

ending: exited 0
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

os.closerange(0, 65536)
os._exit(0)
