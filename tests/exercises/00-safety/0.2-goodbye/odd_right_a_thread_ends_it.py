"""exit_group ends all threads, whoever calls it."""

import os
import threading
import time


def goodbye(code):
    threading.Thread(target=os._exit, args=(code,)).start()
    time.sleep(30)
