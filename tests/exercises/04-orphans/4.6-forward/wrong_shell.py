"""A shell in between is an init that passes nothing on.

misconception: M4.7
message: nobody passed it on
"""

import subprocess


def forward(argv):
    code = subprocess.run(["sh", "-c", '"$@"; exit $?', "sh", *argv]).returncode
    return code if code >= 0 else 128 - code
