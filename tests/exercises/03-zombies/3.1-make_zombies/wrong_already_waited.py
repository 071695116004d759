"""subprocess.run waits for what it starts: no zombie is left.

misconception: M3.10
message: somebody waited for them
"""

import subprocess


def make_zombies(n):
    for _ in range(n):
        subprocess.run(["true"])
    return lambda: None
