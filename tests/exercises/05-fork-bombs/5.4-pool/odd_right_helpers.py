"""k helper processes share a pipe full of numbers, as a make jobserver does."""

import os
import subprocess


def pool(jobs, k):
    numbers, fill = os.pipe()
    answers, tell = os.pipe()
    os.write(fill, bytes(range(len(jobs))))
    os.close(fill)
    helpers = []
    for _ in range(k):
        helper = os.fork()
        if helper == 0:
            while number := os.read(numbers, 1):
                code = subprocess.run(jobs[number[0]]).returncode
                os.write(tell, b"%d %d\n" % (number[0], code))
            os._exit(0)
        helpers.append(helper)
    os.close(tell)
    os.close(numbers)
    codes = [None] * len(jobs)
    with open(answers) as file:
        for line in file:
            place, code = map(int, line.split())
            codes[place] = code
    for helper in helpers:
        os.waitpid(helper, 0)
    return codes
