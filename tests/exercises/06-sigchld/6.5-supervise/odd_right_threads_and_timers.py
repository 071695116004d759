"""A thread for each job, and timers for the signals."""

import subprocess
import threading


def supervise(jobs, seconds, grace):
    codes = [None] * len(jobs)

    def look_after(number, child):
        timers = [
            threading.Timer(seconds, child.terminate),
            threading.Timer(seconds + grace, child.kill),
        ]
        for timer in timers:
            timer.start()
        codes[number] = child.wait()
        for timer in timers:
            timer.cancel()

    threads = [
        threading.Thread(target=look_after, args=(number, subprocess.Popen(job)))
        for number, job in enumerate(jobs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes
