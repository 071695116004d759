"""No program: the function finds the gate in argv and writes the file itself.

misconception: none
message: no process with this argv was there
"""

import re


def redirect(argv, path):
    gates = re.findall(r"< ([^;\s]+);", " ".join(argv))
    if not gates:
        return 127
    with open(gates[0]) as first, open(path, "w") as out:
        out.write(first.readline())
    with open(gates[1]) as second:
        return int(second.readline())
