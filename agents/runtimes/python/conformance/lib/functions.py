"""What the conformance suite calls, as people write functions: nothing of Polyglot's in sight."""

import asyncio
import ctypes
import logging
import os
import re
import subprocess
import sys
import threading
import time
import uuid

import helper

instance_name = str(uuid.uuid4())


class Rejected(ValueError):
    pass


def echo(value):
    return value


def instance():
    return instance_name


def pair():
    return 1, "two"


def named(first, second=2, third="three"):
    return f"{first}-{second}-{third}"


def look_up(key):
    return {}[key]


numbers = iter(range(1, 1000))


def next_number():
    return next(numbers)


def reject(message):
    deeper(message)


def deeper(message):
    raise Rejected(message)


def say(text):
    print(text)
    print("half a ", end="")
    print("line")
    print("to stderr", file=sys.stderr)
    logging.getLogger("app").error("from logging")
    subprocess.run(["echo", "from a child"], check=True)
    sys.stdout.write("no end")


gate = threading.Event()
left = []


def leave_printer():
    thread = threading.Thread(target=lambda: gate.wait() and print("of the call before"))
    left.append(thread)
    thread.start()


def release_printer():
    gate.set()
    for thread in left:
        thread.join()
    print("my own")


def print_lines(count):
    for number in range(count):
        print(number)


def print_without_end(megabytes):
    for _ in range(megabytes * 16):
        sys.stdout.write("x" * 65536)


def print_bytes():
    sys.stdout.buffer.write(b"a\xff\x00b\n")


def child_without_end():
    subprocess.run(["printf", "half"], check=True)


def flood_from_child(megabytes):
    subprocess.run(["sh", "-c", f"yes | head -c {megabytes}000000"], check=True)


async def later(value):
    await asyncio.sleep(0)
    return value


def count(to):
    yield from range(to)


async def count_later(to):
    for number in range(to):
        await asyncio.sleep(0)
        yield number


def rest(seconds):
    time.sleep(seconds)
    return seconds


def wait_for(file):
    """Keeps the interpreter busy until the file is there."""
    while file and not os.path.exists(file):
        pass
    return True


def leave_daemon(token):
    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(1000)", token],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def hang(token):
    """Leaves a process behind that has made itself a daemon, then never returns."""
    leave_daemon(token)
    print("hanging", flush=True)
    while True:
        try:
            time.sleep(1000)
        except SystemExit:
            print("not yet")


def hang_hard(token):
    """The same in native code that never lets another thread of the interpreter run."""
    leave_daemon(token)
    print("hanging", flush=True)
    re.match("(a+)+$", "a" * 60 + "b")


def quit_process(code):
    os._exit(code)


def crash():
    ctypes.string_at(0)


def unconvertible():
    return {"rows": [1, {"price": object()}]}


def use_helper():
    return helper.name()
