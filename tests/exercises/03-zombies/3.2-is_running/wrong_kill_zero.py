"""Signal 0 can be sent to a zombie, and to a thread.

misconception: M2.8
message: is True for a zombie
"""

import os


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
