"""What user code does, written down: whole lines with O_APPEND, so that a kill cannot tear one."""

import os
import time


def note(folder, word, key):
    file = os.open(os.path.join(folder, "journal"), os.O_WRONLY | os.O_APPEND)
    try:
        os.write(file, f"{word} {key} {time.time() * 1000:.3f}\n".encode())
    finally:
        os.close(file)
