"""A loop with short naps.

misconception: M3.10
message: it woke up
"""

import subprocess
import time


def supervise(jobs, seconds, grace):
    children = [subprocess.Popen(job) for job in jobs]
    begun = time.monotonic()
    asked, killed = set(), set()
    while any([child.poll() is None for child in children]):
        now = time.monotonic() - begun
        for child in children:
            if child.returncode is None and now >= seconds and child not in asked:
                child.terminate()
                asked.add(child)
            if child.returncode is None and now >= seconds + grace and child not in killed:
                child.kill()
                killed.add(child)
        time.sleep(0.02)
    return [child.returncode for child in children]
