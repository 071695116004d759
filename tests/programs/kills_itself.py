"""Kill itself: a SIGKILL that no limit sent.

ending: signaled SIGKILL
"""

from __future__ import annotations

import os
import signal
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

os.kill(os.getpid(), signal.SIGKILL)
