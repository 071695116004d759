"""Popen.wait with a timeout, which naps; in threads.

misconception: M3.10
message: Popen.wait(timeout) takes such naps
"""

import subprocess
from concurrent.futures import ThreadPoolExecutor


def supervise(jobs, seconds, grace):
    children = [subprocess.Popen(job) for job in jobs]

    def look_after(child):
        for pause, ask in ((seconds, child.terminate), (grace, child.kill)):
            try:
                return child.wait(pause)
            except subprocess.TimeoutExpired:
                ask()
        return child.wait()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(look_after, children))
