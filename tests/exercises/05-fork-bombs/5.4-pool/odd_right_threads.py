"""k threads, each of which runs one job after the other."""

import subprocess
from concurrent.futures import ThreadPoolExecutor


def pool(jobs, k):
    with ThreadPoolExecutor(k) as executor:
        return list(executor.map(lambda argv: subprocess.run(argv).returncode, jobs))
