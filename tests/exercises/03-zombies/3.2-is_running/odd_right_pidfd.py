"""A pidfd can be opened for processes only, and is readable once the process has ended."""

import os
import select


def is_running(pid):
    try:
        fd = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        return not select.select([fd], [], [], 0)[0]
    finally:
        os.close(fd)
