"""Is ended by a signal: there is no exit code then.

misconception: none
message: what a signal ends has no exit code
"""

import os
import signal


def goodbye(code):
    os.kill(os.getpid(), signal.SIGKILL)
