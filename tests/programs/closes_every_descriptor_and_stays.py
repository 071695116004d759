"""Close every descriptor, and then do not end: silence is not an ending.

ending: limit wall_seconds
"""

from __future__ import annotations

import os
import sys
import time

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

os.closerange(0, 65536)
time.sleep(1000)
