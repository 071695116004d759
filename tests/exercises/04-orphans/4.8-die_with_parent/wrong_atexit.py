"""A clean-up at exit does not help against SIGKILL.

misconception: M4.16
message: no handler, no finally
"""

import os
import subprocess


def die_with_parent(argv):
    program = subprocess.Popen(argv)
    real = os._exit

    def exit_and_kill(code):
        program.kill()
        real(code)

    os._exit = exit_and_kill
    return program.pid
