"""The process runs another program, which ends with the code: it is still the same process."""

import os


def goodbye(code):
    os.execvp("sh", ["sh", "-c", f"exit {code}"])
