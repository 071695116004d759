"""The usual call: argv[0] is the path, and the name is not used.

misconception: M1.15
message: whose first argument is
"""

import subprocess


def start_as(path, name, args):
    return subprocess.Popen([path, *args]).pid
