"""Fill its directory with empty files: bytes are not what runs out.

ending: exited 0 | limit disk_inodes
"""

from __future__ import annotations

import contextlib
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

made = 0
with contextlib.suppress(OSError):
    for number in range(3000):
        os.close(os.open(f"file-{number}", os.O_CREAT | os.O_WRONLY))
        made += 1
if made > 2000:
    print(f"REACHED disk: {made} files")
