import ctypes
import os
import signal
import subprocess
import sys
import time


def armed():
    os.write(1, b"armed\n")


def poison(kind):
    return globals()[kind]()


def fork_bomb():
    told = False
    while True:
        try:
            os.fork()
        except OSError:
            if not told:
                armed()
            told = True
            time.sleep(0.01)


def memory_hog():
    held = []
    while True:
        held.append(b"x" * (1 << 22))


def endless_loop():
    armed()
    while True:
        pass


def ignores_sigterm():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    armed()
    while True:
        time.sleep(0.01)


def output():
    line = b"x" * 1023 + b"\n"
    for _ in range(1 << 10):
        os.write(1, line * (1 << 10))
    return "written"


def prints():
    for _ in range(1 << 20):
        print("x" * 1023)
    return "written"


def segmentation_fault():
    ctypes.string_at(0)


def abort():
    os.abort()


def stack_overflow():
    return stack_overflow()


def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() > 0:
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        armed()
        time.sleep(1000)
    time.sleep(1000)


def zombies():
    for _ in range(30):
        if os.fork() == 0:
            os._exit(0)
    armed()
    time.sleep(1000)


def disk_filler():
    chunk = b"x" * (1 << 20)
    with open(os.path.join(os.environ["HOME"], "filler"), "wb") as file:
        while True:
            file.write(chunk)


def open_files():
    held = [open("/dev/null") for _ in range(100_000)]
    return len(held)


def huge_result():
    return "x" * (160 << 20)
