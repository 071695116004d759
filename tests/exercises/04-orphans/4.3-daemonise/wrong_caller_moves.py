"""Does in the caller what belongs into the child.

misconception: none
message: change it in the child, after the fork
"""

import os
import subprocess


def daemonise(argv):
    os.chdir("/")
    os.umask(0)
    script = '"$@" </dev/null >/dev/null 2>&1 & echo $!'
    done = subprocess.run(
        ["setsid", "--wait", "sh", "-c", script, "sh", *argv], stdout=subprocess.PIPE
    )
    return int(done.stdout)
