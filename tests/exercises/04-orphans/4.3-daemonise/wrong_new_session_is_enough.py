"""A new session, and the rest as it comes: it stays a child.

misconception: M4.10
message: is your child
"""

import subprocess


def daemonise(argv):
    null = subprocess.DEVNULL
    return subprocess.Popen(
        argv, start_new_session=True, cwd="/", umask=0, stdin=null, stdout=null, stderr=null
    ).pid
