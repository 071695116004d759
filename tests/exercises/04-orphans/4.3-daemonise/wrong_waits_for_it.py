"""A daemon that is waited for is none, and the call does not come back.

misconception: none
message: a daemon is left alone
"""

import subprocess


def daemonise(argv):
    null = subprocess.DEVNULL
    return subprocess.run(
        ["setsid", "--wait", *argv], cwd="/", umask=0, stdin=null, stdout=null, stderr=null
    )
