"""When exec fails, the child goes on as a second pid 1.

misconception: M3.11
message: came back from mini_init(argv) too
"""

import os


def mini_init(argv):
    main = os.fork()
    if main == 0:
        try:
            os.execvp(argv[0], argv)
        except OSError:
            return 127
    while True:
        pid, status = os.wait()
        if pid == main:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
