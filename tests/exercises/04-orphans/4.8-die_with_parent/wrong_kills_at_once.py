"""A child that has ended can outlive nobody.

misconception: M4.13
message: ended while its parent lived
"""

import subprocess
import threading


def die_with_parent(argv):
    program = subprocess.Popen(argv)
    threading.Timer(0.1, program.kill).start()
    return program.pid
