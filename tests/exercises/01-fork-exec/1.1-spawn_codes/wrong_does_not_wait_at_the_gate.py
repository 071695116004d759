"""The children end at once.

misconception: none
message: though no gate was open yet
"""

import os


def spawn_codes(gates):
    for gate in gates:
        if os.fork() == 0:
            os._exit(gate)
    return {}
