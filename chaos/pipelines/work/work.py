"""User code that writes down what it does."""

import os
import time

from journal import note


def once(folder, key, hold_ms):
    note(folder, "start", key)
    time.sleep(hold_ms / 1000)
    note(folder, "end", key)


def fail(folder, key):
    note(folder, "failing", key)
    raise ValueError(f"no luck with {key}")


def set_up(folder, key):
    note(folder, "setup", key)


def work(how, hold_ms):
    time.sleep(hold_ms / 1000)
    if how == "error":
        raise ValueError("as asked")
    return how


def clean_up(folder, key):
    note(folder, "cleanup", key)


def count(folder, key):
    note(folder, "count", key)


def count_file(file_path):
    folder = os.path.dirname(os.path.dirname(file_path))
    note(folder, "count", os.path.basename(file_path))


def hold_first(folder, key):
    """The first attempt goes on until it is let go, and then has a result of its own."""
    try:
        os.close(os.open(os.path.join(folder, key + ".first"), os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        note(folder, "second", key)
        return 2
    note(folder, "first", key)
    while not os.path.exists(os.path.join(folder, key + ".go")):
        time.sleep(0.02)
    note(folder, "late", key)
    return 1
