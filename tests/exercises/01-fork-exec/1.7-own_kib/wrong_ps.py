"""What ps calls RSS.

misconception: M1.8
message: counts pages that are shared with the parent too
"""

import subprocess


def own_kib(pid):
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True)
    return int(done.stdout or 0)
