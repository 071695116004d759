"""Write one file without end.

ending: exited 0 | limit file_bytes | limit disk_bytes
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

MiB = 2**20
written = 0
try:
    with open("huge", "wb", buffering=0) as file:
        while written < 64 * MiB:
            written += file.write(b"x" * MiB)
except OSError as refusal:
    print(refusal.strerror)
if written >= 64 * MiB:
    print("REACHED file_size: 64 MiB")
