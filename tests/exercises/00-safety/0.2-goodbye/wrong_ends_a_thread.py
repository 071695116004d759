"""Ends a thread that it has made for that; the process goes on.

misconception: M0.4
message: and its process went on
"""

import sys
import threading


def goodbye(code):
    thread = threading.Thread(target=sys.exit, args=(code,))
    thread.start()
    thread.join()
