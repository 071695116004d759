"""Look whether any privilege was left to it, or could be won by a setuid program.

ending: exited 0
"""

from __future__ import annotations

import os
import sys

if sys.argv[1:2] != ["inside-the-fence"] or sum(n.isdigit() for n in os.listdir("/proc")) > 40:
    os._exit(97)  # outside the outer fence this program must not act

with open("/proc/self/status") as status:
    fields = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
    if int(fields[name], 16):
        print(f"REACHED privileges: {name} {fields[name]}")
if fields["NoNewPrivs"] != "1":
    print("REACHED privileges: new ones may be won")
if fields["Groups"].split() not in ([], fields["Gid"].split()[:1], ["65534"]):
    print(f"REACHED privileges: groups {fields['Groups']}")
