"""Takes threads for children.

misconception: M2.3
message: a thread is no process
"""

import threading


def make_zombies(n):
    threads = [threading.Thread(target=int) for _ in range(n)]
    for thread in threads:
        thread.start()

    def release():
        for thread in threads:
            thread.join()

    return release
