"""Takes the daemon out of the command and runs it as its own child: nobody is orphaned.

misconception: none
message: run the commands as they are
"""

import os
import re


def adopt(commands):
    for argv in commands:
        inner = re.search("'(.*)'", argv[2])[1]
        os.posix_spawnp("sh", ["sh", "-c", inner], os.environ)
    codes = {}
    for argv in commands:
        pid, status = os.wait()
        codes[pid] = os.waitstatus_to_exitcode(status)
    return codes
