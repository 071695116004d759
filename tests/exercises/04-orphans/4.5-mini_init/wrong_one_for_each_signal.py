"""A handler that collects one child for each SIGCHLD; several ends may be one signal.

misconception: M4.5
message: somebody has to wait for them
"""

import os
import signal


def mini_init(argv):
    ended = {}

    def collect(number, frame):
        pid, status = os.waitpid(-1, os.WNOHANG)
        ended[pid] = status

    signal.signal(signal.SIGCHLD, collect)
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    while main not in ended:
        signal.pause()
    code = os.waitstatus_to_exitcode(ended[main])
    return code if code >= 0 else 128 - code
