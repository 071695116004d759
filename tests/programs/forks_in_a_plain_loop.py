"""Fork in a plain loop; whoever is refused a process dies of it.

ending: exited 1 | limit max_processes | limit output_bytes | limit wall_seconds
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

while True:
    os.fork()
