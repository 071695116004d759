"""The program setpriv asks for the signal, but does not look.

misconception: M4.17
message: not when it has ended already
"""

import subprocess


def die_with_parent(argv):
    return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *argv]).pid
