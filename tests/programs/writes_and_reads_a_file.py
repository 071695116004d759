"""Use its working directory and run a command, as an ordinary program may.

ending: exited 0
stdout: WRITTEN BY A PROGRAM
"""

from __future__ import annotations

import os
import subprocess
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

with open("note", "w") as file:
    file.write("written by a program")
print(subprocess.run(["cat", "note"], capture_output=True, text=True).stdout.upper())
