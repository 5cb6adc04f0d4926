"""User code that crashes, and user code that does not want to end."""

import ctypes
import os
import signal
import subprocess
import sys
import time

from journal import note


def echo(key):
    return key


def crash(how):
    if how == "segfault":
        ctypes.string_at(0)
    if how == "abort":
        os.abort()
    if how == "stack":
        sys.setrecursionlimit(10**9)
        deeper(lambda: deeper)
    if how == "memory":
        fill_memory(10**6)
    os._exit(9)


def deeper(what):
    return repr(ctypes.py_object(what)) + deeper(what)


def fill_memory(megabytes):
    held = []
    for _ in range(megabytes // 16):
        held.append(b"x" * (16 << 20))
        time.sleep(0.005)
    return held


def misbehave(folder, key, how):
    """Notes by which name its processes are found, and when it begins to go too far."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(folder, f"worker={os.environ['POLYGLOT_WORKER']}", key)
    if how == "memory":
        held = fill_memory(208)
        note(folder, "crossed", key)
        time.sleep(600 + len(held))
    note(folder, "crossed", key)
    if how == "tree":
        for number in range(5):
            subprocess.Popen(["sh", "-c", "trap '' TERM; sleep 600 & wait"], start_new_session=number % 2 == 0)
    if how == "forks":
        for _ in range(200):
            if os.fork() == 0:
                time.sleep(600)
    if how == "zombies":
        for _ in range(200):
            if os.fork() == 0:
                os._exit(0)
    if how == "output":
        subprocess.Popen(["sh", "-c", "yes | head -c 1000000000"])
    if how == "cpu":
        while True:
            pass
    time.sleep(600)
