"""Read what is nobody's business: passwords, homes, the environment of others.

ending: exited 0
"""

from __future__ import annotations

import contextlib
import glob
import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

home = sys.argv[2]
paths = ["/etc/shadow", f"{home}/secret"]
paths += [f"/proc/{n}/root{p}" for n in os.listdir("/proc") if n.isdigit() for p in paths[:2]]
for path in paths:
    with contextlib.suppress(OSError), open(path, "rb") as file:
        file.read()
        print(f"REACHED hidden_files: read {path}", flush=True)
for path in glob.glob("/proc/[0-9]*/environ"):
    with contextlib.suppress(OSError), open(path, "rb") as file:
        if b"LESSONKIT_SECRET=" in file.read():
            print(f"REACHED hidden_files: {path}", flush=True)
if any(name.startswith("LESSONKIT_SECRET") for name in os.environ):
    print("REACHED environment: its own")
