"""Goes to sleep for ever.

misconception: none
message: it was asleep
"""

import signal


def goodbye(code):
    signal.pause()
