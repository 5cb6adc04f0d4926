"""Runs functions of one bundle folder in one warm Python process. Standard library only, Python 3.10 or later.

Frames on file descriptor 3, both ways: length of the rest (4 bytes, little-endian), call id (4 bytes), kind (1 byte),
then JSON in UTF-8. What comes in: `c` a call. What goes out: `h` hello, `b` the call begins, `v` its values, `e` its
error, `l` a line of its output; and once, `k`: calls may stand in line here. On descriptor 4: `r`, asks for calls back and
says which were given.

Calls run in the main thread, one after the other, in the order in which they came. A second thread sleeps on file
descriptor 4 and wakes only when the agent asks for calls back that have not begun, because the one that runs takes
longer than expected. Both claim a call by `dict.setdefault`, which is atomic, so a call either runs here or goes back.

What child processes and native code print goes to the process's own streams, which the agent reads apart from the
channel. Before an answer leaves, a mark on each of them says that its call's output ends there.
"""

import json
import os
import resource
import sys
import time
import _thread

CHANNEL = 3
RECALLS = 4
READ_BYTES = 1 << 20
MAX_LINES = 10_000
MAX_LINE_CHARACTERS = 16_384
# Enough for one character more, whatever it is, so that a line that was cut can be told.
MAX_LINE_BYTES = 4 * (MAX_LINE_CHARACTERS + 1)
MAX_DEPTH = 500
MAX_TRACE_FRAMES = 50

SCALARS = {str, int, float, bool, type(None)}
BEGUN, RECALLED = "begun", "recalled"

encode_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Channel:
    """Frames to the agent. Threads of user code may write lines at any time, so a frame goes out whole."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.lock = _thread.allocate_lock()

    def send(self, *frames):
        data = b"".join(frames)
        with self.lock:
            sent = os.write(self.descriptor, data)
            while sent < len(data):
                sent += os.write(self.descriptor, memoryview(data)[sent:])


def frame(kind, call_id, body=b""):
    return (len(body) + 5).to_bytes(4, "little") + call_id.to_bytes(4, "little") + kind + body


def encode_text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class FrameReader:
    """Cuts what arrives on a descriptor into frames. `has_more` says whether the next one is here already."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.buffer = bytearray()
        self.at = 0

    def next(self):
        while not self.has_more():
            del self.buffer[: self.at]
            self.at = 0
            data = os.read(self.descriptor, READ_BYTES)
            if not data:
                return None
            self.buffer += data
        start = self.at + 4
        end = start + int.from_bytes(self.buffer[self.at : start], "little")
        call_id = int.from_bytes(self.buffer[start : start + 4], "little")
        body = bytes(self.buffer[start + 5 : end])
        self.at = end
        return call_id, body

    def has_more(self):
        left = len(self.buffer) - self.at
        if left < 4:
            return False
        return left - 4 >= int.from_bytes(self.buffer[self.at : self.at + 4], "little")


class ConversionError(Exception):
    """`argument` is the place or the name of the one that does not fit; None for a result."""

    def __init__(self, message, path=(), argument=None):
        super().__init__(message)
        self.path = list(path)
        self.argument = argument

    def report(self):
        where = {} if self.argument is None else {"argument": self.argument}
        return {**where, "path": self.path, "message": str(self)}


# ---- memory that workers share ---------------------------------------------------------------------------------------

# As in `shared-part.ts`: the size of an element, and the format that `memoryview` has for it.
FORMATS = {"f8": (8, "d"), "f4": (4, "f"), "i8": (8, "q"), "i4": (4, "i"), "n8": (8, "d"), "u1": (1, "B")}
KINDS = {("d", 8): "f8", ("f", 4): "f4", ("q", 8): "i8", ("l", 8): "i8", ("i", 4): "i4"}
# Below, text is as fast as a file is.
LEAST_SHARED_BYTES = 1 << 16
LEAST_SHARED_ITEMS = LEAST_SHARED_BYTES // 8


class Part(dict):
    """A reference to elements in shared memory, as it stands in a result."""


class SharedMemory:
    """Files of the attempt whose call runs. What is taken is mapped privately: a change of it stays in this process."""

    def __init__(self):
        self.offer(None)

    def offer(self, offered):
        self.folder, self.prefix, self.room = offered or ("", "", 0)
        self.written = []
        self.taken = []

    def take(self, reference):
        """A memoryview of the elements in their shape."""
        import mmap

        name, kind, shape = reference[:3]
        size, form = FORMATS[kind]
        for length in shape:
            size *= length
        descriptor = os.open(self.folder + name, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if os.fstat(descriptor).st_size < size:
                raise ConversionError(f"shared memory is shorter than the {size} bytes of its elements")
            mapped = mmap.mmap(descriptor, size, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
        finally:
            os.close(descriptor)
        self.taken.append((name, mapped, size))
        view = memoryview(mapped)
        return view.cast(form, shape) if kind != "u1" else view

    def take_bytes(self, reference):
        value = bytes(self.take(reference))
        # Bytes never change: whoever gives these back gives what the file holds.
        self.taken[-1] = (reference[0], value, len(value))
        return value

    def give(self, kind, shape, view, source):
        """A reference to these contiguous bytes; None where there is no room for them."""
        if not LEAST_SHARED_BYTES <= view.nbytes <= self.room:
            return None
        name = self.unchanged(view, root_of(source)) or self.write(view)
        return None if name is None else Part({"$shared": [name, kind, list(shape)]})

    def unchanged(self, view, root):
        """The file that these bytes were taken from, if they are still what it holds."""
        for name, taken, size in self.taken:
            if taken is root and size == view.nbytes and (type(taken) is bytes or self.holds(name, view)):
                return name
        return None

    def holds(self, name, view):
        import mmap

        with open(self.folder + name, "rb") as file:
            mapped = mmap.mmap(file.fileno(), view.nbytes, prot=mmap.PROT_READ)
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            return bool((numpy.frombuffer(mapped, "u1") == numpy.frombuffer(view, "u1")).all())
        with memoryview(mapped) as whole:
            return whole == view

    def write(self, view):
        name = f"{self.prefix}{len(self.written)}"
        try:
            descriptor = os.open(self.folder + name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError:
            return None
        self.written.append(name)
        try:
            os.fchmod(descriptor, 0o444)
            at = 0
            while at < view.nbytes:
                at += os.write(descriptor, view[at:])
        except OSError:
            self.room = 0
            self.withdraw()
            return None
        finally:
            os.close(descriptor)
        self.room -= view.nbytes
        return name

    def withdraw(self):
        """What was written goes: the answer does not name it."""
        for name in self.written:
            try:
                os.unlink(self.folder + name)
            except OSError:
                pass


SHARED = SharedMemory()


def root_of(source):
    """Whose memory it is: arrays and views stand on others."""
    while True:
        base = getattr(source, "obj" if type(source) is memoryview else "base", None)
        if base is None:
            return source
        source = base


def take_plain(reference):
    kind = reference[1]
    if kind == "u1":
        return SHARED.take_bytes(reference)
    elements = SHARED.take(reference).tolist()
    return whole_of(elements) if kind == "n8" else elements


def whole_of(number):
    """JavaScript has one kind of number: an integral one within 2^53 is an int."""
    if type(number) is list:
        return [whole_of(item) for item in number]
    is_whole = number.is_integer() and abs(number) < 2**53 and (number != 0 or str(number) == "0.0")
    return int(number) if is_whole else number


# Parameters that name one of these take elements side by side in memory instead of a list or bytes.


def to_ndarray(value, reference):
    import numpy

    if reference is not None:
        return numpy.asarray(SHARED.take(reference))
    return numpy.frombuffer(bytearray(value), "u1") if type(value) is bytes else numpy.asarray(value)


def to_memoryview(value, reference):
    if reference is not None:
        return SHARED.take(reference)
    return memoryview(bytearray(value) if type(value) is bytes else to_array(value, None))


def to_array(value, reference):
    from array import array

    if reference is not None:
        view = SHARED.take(reference)
        made = array(view.format)
        made.frombytes(view.cast("B"))
        return made
    if type(value) is bytes:
        return array("B", value)
    return array("q" if {int}.issuperset(map(type, value)) else "d", value)


def to_bytearray(value, reference):
    return bytearray(SHARED.take(reference) if reference is not None else value)


BUFFERS = {
    "ndarray": to_ndarray,
    "NDArray": to_ndarray,
    "memoryview": to_memoryview,
    "array.array": to_array,
    "bytearray": to_bytearray,
}


def buffers_of(function):
    """What parameters ask for, by place and by name."""
    annotations = getattr(function, "__annotations__", None) or {}
    code = getattr(function, "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    found = {}
    for name, annotation in annotations.items():
        text = annotation if type(annotation) is str else repr(annotation)
        taker = next((taker for buffer, taker in BUFFERS.items() if buffer in text), None)
        if taker is not None and name != "return":
            found[name] = taker
            if name in names:
                found[names.index(name)] = taker
    return found


def decode_buffer(value, taker):
    if type(value) is dict:
        reference = value.get("$shared")
        if reference is not None and len(value) == 1:
            return taker(None, reference)
        if not (len(value) == 1 and next(iter(value)) in DECODERS):
            return {key: decode_buffer(item, taker) for key, item in value.items()}
    plain = decode(value)
    return taker(plain, None) if type(plain) in (list, bytes) else plain


def share(value):
    """The value with references in place of large lists of numbers: itself, or right below it, as in columns."""
    if type(value) is list:
        return share_list(value)
    if type(value) is dict and any(map(is_long, value.values())):
        return {key: share_list(item) if type(item) is list else item for key, item in value.items()}
    return value


def is_long(value):
    if type(value) is not list or not value:
        return False
    rows = len(value[0]) if type(value[0]) is list else 1
    return len(value) * rows >= LEAST_SHARED_ITEMS


def share_list(value):
    """Numbers of one type, or rows of one length of them."""
    if not is_long(value):
        return value
    is_flat = type(value[0]) is not list
    rows = [value] if is_flat else value
    width = len(rows[0])
    one = type(rows[0][0])
    if one not in LETTERS or any(type(row) is not list or len(row) != width for row in rows):
        return value
    from array import array

    kind, letter = LETTERS[one]
    elements = array(letter)
    try:
        for row in rows:
            if set(map(type, row)) != {one}:
                return value
            elements.extend(row)
    except OverflowError:
        return value
    shape = [width] if is_flat else [len(rows), width]
    part = SHARED.give(kind, shape, memoryview(elements).cast("B"), None)
    return value if part is None else part


LETTERS = {float: ("f8", "d"), int: ("i8", "q")}


# ---- values ----------------------------------------------------------------------------------------------------------


def decode(value):
    """A value with tags, as the agent wrote it, into Python's own."""
    if type(value) is list:
        return [decode(item) for item in value]
    if type(value) is not dict:
        return value
    if len(value) == 1:
        (tag, inner), = value.items()
        reader = DECODERS.get(tag)
        if reader is not None:
            return reader(inner)
    return {key: decode(item) for key, item in value.items()}


def decode_bytes(text):
    import base64

    return base64.b64decode(text)


def decode_datetime(text):
    from datetime import datetime, timezone

    moment, _, fraction = text[:-1].partition(".")
    micros = int(fraction[:6].ljust(6, "0")) if fraction else 0
    return datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S").replace(microsecond=micros, tzinfo=timezone.utc)


def decode_duration(parts):
    from datetime import timedelta

    seconds = parts["seconds"]
    try:
        duration = timedelta(seconds=seconds)
    except OverflowError:
        raise ConversionError(f"{seconds} seconds are more than a timedelta holds") from None
    if duration.total_seconds() != seconds:
        raise ConversionError(f"{seconds} seconds are no whole number of microseconds, which a timedelta holds")
    return duration


def decode_map(pairs):
    value = {decode_key(key): decode(item) for key, item in pairs}
    if len(value) != len(pairs):
        raise ConversionError("two keys of the map are the same to Python")
    return value


def decode_key(key):
    value = decode(key)
    if type(value) in (list, dict):
        raise ConversionError(f"a {type(value).__name__} cannot be the key of a dict")
    return value


def decode_arguments(arguments, keywords, buffers):
    try:
        if not buffers:
            return decode(arguments), {name: decode(item) for name, item in keywords.items()}
        given = [decode_one(item, buffers.get(place)) for place, item in enumerate(arguments)]
        return given, {name: decode_one(item, buffers.get(name)) for name, item in keywords.items()}
    except (ConversionError, TypeError, ValueError):
        for argument, value in [*enumerate(arguments), *keywords.items()]:
            find_misfit(value, [], argument)
        raise


def decode_one(value, taker):
    return decode(value) if taker is None else decode_buffer(value, taker)


def find_misfit(value, path, argument):
    """Raises for the innermost part of the value that cannot be read, with the path to it."""
    tag = next(iter(value)) if type(value) is dict and len(value) == 1 else None
    for step, item in parts_of(value, tag):
        find_misfit(item, path + [step], argument)
    try:
        decode(value)
    except (ConversionError, TypeError, ValueError) as error:
        raise ConversionError(str(error), path, argument) from None


def parts_of(value, tag):
    if tag in ("$tuple", "$set"):
        return enumerate(value[tag])
    if tag == "$map":
        return [(key if type(key) is str else encode_json(key), item) for key, item in value[tag]]
    if type(value) is list:
        return enumerate(value)
    return value.items() if type(value) is dict and tag not in DECODERS else ()


DECODERS = {
    "$int": int,
    "$float": float,
    "$bytes": decode_bytes,
    "$datetime": decode_datetime,
    "$duration": decode_duration,
    "$tuple": lambda items: tuple(decode(item) for item in items),
    "$set": lambda items: {decode(item) for item in items},
    "$map": decode_map,
    "$shared": take_plain,
}


def encode(value):
    """A result as JSON in UTF-8. What JSON says as it is takes no walk in Python beyond its containers' types."""
    try:
        if SHARED.room > 0:
            value = share(value)
            if type(value) is Part:
                return encode_json(value).encode()
        text = encode_json(value)
        if not needs_walk(value) and '"$' not in text:
            return text.encode()
    except (TypeError, ValueError, RecursionError):
        pass
    try:
        return encode_json(canonical(value, [])).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConversionError(str(error)) from None


def needs_walk(value):
    """Whether json would have changed something: keys that are no text, classes derived from the plain ones."""
    if type(value) in SCALARS:
        return False
    stack = [value]
    while stack:
        container = stack.pop()
        children = container
        if isinstance(container, dict):
            if not STR_ONLY.issuperset(map(type, container)):
                return True
            children = container.values()
        elif not isinstance(container, (list, tuple)):
            return True
        if not SCALARS.issuperset(map(type, children)):
            stack.extend(child for child in children if type(child) not in SCALARS)
    return False


STR_ONLY = {str}


def canonical(value, path):
    """The canonical form, element by element. Floats and ints stay as they are: the agent tells them apart by their text."""
    if len(path) > MAX_DEPTH:
        raise ConversionError(f"nested more than {MAX_DEPTH} deep", path)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return canonical_text(value, path)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return canonical_float(float(value))
    if type(value) is Part:
        return value
    if isinstance(value, dict):
        return canonical_map(value, path)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [canonical(item, path + [index]) for index, item in enumerate(value)]
    if isinstance(value, (bytes, bytearray)):
        return canonical_bytes(memoryview(value), value)
    if isinstance(value, memoryview) or is_array(value):
        return canonical_view(memoryview(value), value, path)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return canonical_ndarray(value, path, numpy)
    if numpy is not None and isinstance(value, numpy.generic):
        return canonical(value.item(), path)
    return canonical_time(value, path)


def canonical_bytes(view, source):
    part = SHARED.give("u1", [view.nbytes], view, source)
    if part is not None:
        return part
    import base64

    return {"$bytes": base64.b64encode(view).decode()}


def is_array(value):
    module = sys.modules.get("array")
    return module is not None and isinstance(value, module.array)


def canonical_view(view, source, path):
    """Octets are bytes; other elements are a list."""
    if view.format in ("B", "b", "c"):
        return canonical_bytes(memoryview(view.tobytes()) if not view.c_contiguous else view.cast("B"), source)
    kind = KINDS.get((view.format, view.itemsize))
    if kind is not None and view.nbytes >= LEAST_SHARED_BYTES and view.c_contiguous:
        part = SHARED.give(kind, view.shape, view.cast("B"), source)
        if part is not None:
            return part
    return canonical(view.tolist(), path)


def canonical_ndarray(value, path, numpy):
    """By its elements' kind; the order of bytes and gaps between elements are mended by a copy."""
    kind, size = value.dtype.kind, value.dtype.itemsize
    is_octets = kind == "u" and size == 1
    is_wide = (kind == "u" and size == 8) or (kind == "f" and size > 8)
    if is_octets and value.ndim == 1:
        return canonical_bytes(memoryview(numpy.ascontiguousarray(value)), value)
    if kind in "fiu" and not is_wide and value.size >= LEAST_SHARED_ITEMS and 0 not in value.shape:
        # Others are widened: those have a type in every language.
        shared = ("f" if kind == "f" else "i") + ("4" if size == 4 and kind != "u" else "8")
        plain = numpy.ascontiguousarray(value, f"<{shared}")
        part = SHARED.give(shared, plain.shape, memoryview(plain).cast("B"), plain)
        if part is not None:
            return part
    return canonical(value.tolist(), path)


def canonical_text(value, path):
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ConversionError("a text with half of a surrogate pair is no text", path) from None
    return str.__str__(value)


def canonical_float(value):
    if value != value:
        return {"$float": "NaN"}
    if value in (INFINITY, -INFINITY):
        return {"$float": "Infinity" if value > 0 else "-Infinity"}
    return value


INFINITY = float("inf")


def canonical_map(value, path):
    value = share(value) if SHARED.room > 0 else value
    plain = all(isinstance(key, str) and not key.startswith("$") for key in value)
    if plain:
        return {canonical_text(key, path): canonical(item, path + [key]) for key, item in value.items()}
    return {
        "$map": [
            [canonical(key, path + [str(key)]), canonical(item, path + [str(key)])] for key, item in value.items()
        ]
    }


def canonical_time(value, path):
    from datetime import datetime, timedelta, timezone

    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ConversionError("a datetime without a time zone names no moment: use datetime.now(timezone.utc)", path)
        text = value.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
        return {"$datetime": (text.rstrip("0") if "." in text else text) + "Z"}
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return {"$duration": {"months": 0, "seconds": int(seconds) if seconds == int(seconds) else seconds}}
    raise ConversionError(f"a value of the class {type(value).__qualname__} has no converter", path)


# ---- user code -------------------------------------------------------------------------------------------------------


class Functions:
    """Finds functions by file or module and name, and keeps what it found."""

    def __init__(self, bundle_folder):
        self.bundle_folder = bundle_folder
        self.modules = {}
        self.found = {}
        self.asked = {}

    def buffers(self, function):
        known = self.asked.get(id(function))
        if known is None or known[0] is not function:
            # With the function itself: the number of one that is gone may come again.
            known = self.asked[id(function)] = (function, buffers_of(function))
        return known[1]

    def get(self, origin, path, name):
        key = (origin, path, name)
        function = self.found.get(key)
        if function is None:
            function = self.found[key] = self.find(origin, path, name)
        return function

    def find(self, origin, path, name):
        value = self.module(origin, path)
        for part in name.split("."):
            try:
                value = getattr(value, part)
            except AttributeError:
                raise AttributeError(f"{path} has no function '{name}'") from None
        if not callable(value):
            raise TypeError(f"'{name}' of {path} is a {type(value).__name__} and cannot be called")
        return value

    def module(self, origin, path):
        module = self.modules.get((origin, path))
        if module is None:
            module = self.load(path) if origin == "bundle" else import_module(path)
            self.modules[(origin, path)] = module
        return module

    def load(self, path):
        """As `python path` would see it: its own folder first on sys.path, and its package where it is in one."""
        full = os.path.normpath(os.path.join(self.bundle_folder, path))
        file = os.path.join(full, "__init__.py") if os.path.isdir(full) else full
        root, name = package_of(full)
        for folder in (self.bundle_folder, root, os.path.dirname(full)):
            if folder in sys.path:
                sys.path.remove(folder)
            sys.path.insert(0, folder)
        if "." in name:
            return import_module(name)
        return load_file(name, file)


def package_of(full):
    """The folder above the outermost package that the file is in, and the file's dotted name from there."""
    root, file = os.path.split(full)
    parts = [os.path.splitext(file)[0]]
    while os.path.isfile(os.path.join(root, "__init__.py")):
        root, package = os.path.split(root)
        parts.insert(0, package)
    return root, ".".join(parts)


def import_module(name):
    import importlib

    return importlib.import_module(name)


def load_file(name, file):
    """By its location, because a file may bear the name of a module of the standard library."""
    from importlib import util

    taken = name in sys.modules or name in sys.stdlib_module_names or not name.isidentifier()
    spec = util.spec_from_file_location(f"polyglot_bundle_{name}" if taken else name, file)
    if spec is None or not os.path.isfile(file):
        raise FileNotFoundError(f"the bundle has no Python file {os.path.basename(file)}")
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(spec.name, None)
        raise
    return module


class EventLoop:
    """One loop for all calls, so that what user code keeps between calls stays bound to it."""

    def __init__(self):
        self.loop = None

    def run(self, awaitable):
        import asyncio

        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
        try:
            return self.loop.run_until_complete(await_it(awaitable))
        finally:
            self.cancel_leftovers(asyncio)

    def cancel_leftovers(self, asyncio):
        """As `asyncio.run` does: nothing of a call goes on in the next one."""
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


async def await_it(awaitable):
    return await awaitable


async def collect(iterator):
    return [item async for item in iterator]


# ---- what user code prints -------------------------------------------------------------------------------------------


class Output:
    """Lines of the call that runs, on their way to the agent as soon as they are whole. What comes later is nobody's."""

    def __init__(self, channel):
        self.channel = channel
        self.call_id = 0
        self.lines = 0
        # Calls that threads belong to, by the threads' identity.
        self.owners = {}

    def begin(self, call_id):
        self.call_id = call_id
        self.lines = 0

    def end(self):
        self.call_id = 0

    def owner(self):
        """The call that the writing thread belongs to."""
        return self.owners.get(_thread.get_ident(), self.call_id)

    def is_taken(self):
        return self.call_id != 0 and self.owner() == self.call_id and self.lines <= MAX_LINES

    def line(self, level, text):
        if not self.is_taken():
            return
        self.lines += 1
        if self.lines > MAX_LINES:
            return
        if self.lines == MAX_LINES:
            level, text = "warning", f"further output is left out: a call may write {MAX_LINES} lines"
        if len(text) > MAX_LINE_CHARACTERS:
            text = text[:MAX_LINE_CHARACTERS] + "…"
        body = encode_text({"at": int(time.time() * 1000), "level": level, "text": text})
        self.channel.send(frame(b"l", self.call_id, body))


class OwnStreams:
    """The process's own streams, as copies: user code may turn its own elsewhere."""

    def __init__(self):
        self.descriptors = (os.dup(1), os.dup(2))
        self.name = os.environ.get("POLYGLOT_WORKER", "")

    def mark_end(self, call_id):
        """A record separator, the worker's name, the call's id."""
        mark = f"\x1e{self.name}{call_id:08x}".encode()
        for descriptor in self.descriptors:
            try:
                write_whole(descriptor, mark)
            except (BrokenPipeError, ConnectionResetError):
                raise
            except OSError:
                # User code has closed what it does not own; the agent does not wait for ever.
                pass


def write_whole(descriptor, data):
    """A child process may have set the stream that it shares with this one non-blocking."""
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            import select

            select.select([], [descriptor], [])


class Lines:
    """The binary end of sys.stdout or sys.stderr."""

    def __init__(self, output, level, name, descriptor):
        self.output = output
        self.level = level
        self.name = name
        self.descriptor = descriptor
        self.rest = b""
        self.closed = False
        self.mode = "wb"

    def write(self, data):
        data = bytes(data)
        if not self.output.is_taken():
            return len(data)
        *whole, rest = (self.rest + data).split(b"\n")
        self.rest = rest[:MAX_LINE_BYTES]
        for line in whole:
            self.output.line(self.level, line[:MAX_LINE_BYTES].decode("utf-8", "replace"))
        return len(data)

    def finish(self):
        if self.rest:
            self.write(b"\n")
        self.rest = b""

    def flush(self):
        pass

    def close(self):
        pass

    def fileno(self):
        return self.descriptor

    def isatty(self):
        return False

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False


def capture(output):
    import io

    streams = []
    for name, level, descriptor in (("stdout", "info", 1), ("stderr", "warning", 2)):
        raw = Lines(output, level, f"<{name}>", descriptor)
        text = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", line_buffering=True)
        setattr(sys, name, text)
        streams.append((text, raw))
    return streams


def adopt_logging(output, stderr):
    """Records that would be printed on stderr keep their level; called once user code has imported logging."""
    handler = sys.modules["logging"].StreamHandler
    emit = handler.emit

    def emit_line(self, record):
        if self.stream is not stderr:
            return emit(self, record)
        level = record.levelname.lower() if record.levelname in LEVELS else "info"
        for line in self.format(record).split("\n"):
            output.line(level, line)

    handler.emit = emit_line


def adopt_threads(output):
    """A thread belongs to the call that started it; one of a pool serves later calls, too. Once threading is imported."""
    thread = sys.modules["threading"].Thread
    start = thread.start

    def start_owned(self):
        if getattr(getattr(self, "_target", None), "__module__", None) not in POOLS:
            run, owner = self.run, output.owner()

            def run_owned():
                output.owners[_thread.get_ident()] = owner
                try:
                    run()
                finally:
                    del output.owners[_thread.get_ident()]

            self.run = run_owned
        return start(self)

    thread.start = start_owned


POOLS = ("concurrent.futures.thread", "multiprocessing.pool")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


# ---- errors ----------------------------------------------------------------------------------------------------------


def describe_error(error, bundle_folder):
    lineage = [base.__name__ for base in type(error).__mro__ if base is not object]
    try:
        message = str(error)
    except Exception:
        message = "the exception's own message cannot be read"
    return {"lineage": lineage, "message": message, "trace": describe_trace(error, bundle_folder)}


def describe_trace(error, bundle_folder):
    """The traceback in the user's own files, by their paths in the bundle; all of it but the worker's if there is none."""
    import traceback

    whole = traceback.TracebackException.from_exception(error, limit=-MAX_TRACE_FRAMES)
    prefix = bundle_folder + os.sep
    trim(whole, prefix, set())
    return "".join(whole.format()).replace(prefix, "").rstrip()


def trim(trace, prefix, seen):
    if trace is None or id(trace) in seen:
        return
    seen.add(id(trace))
    own = [entry for entry in trace.stack if entry.filename.startswith(prefix)]
    others = [entry for entry in trace.stack if not entry.filename.startswith("<frozen") and entry.filename != __file__]
    trace.stack[:] = own or others
    trim(trace.__cause__, prefix, seen)
    trim(trace.__context__, prefix, seen)


# ---- calls -----------------------------------------------------------------------------------------------------------


class MemoryPeak:
    """Peak resident memory since the last reset, which Linux allows a process for itself."""

    def __init__(self):
        try:
            self.descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            self.descriptor = None

    def reset(self):
        if self.descriptor is not None:
            os.pwrite(self.descriptor, b"5", 0)

    def kilobytes(self):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


def cpu_ns():
    """This process with all its threads, and the children that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() + int((children.ru_utime + children.ru_stime) * 1e9)


class Stopped(SystemExit):
    """Raised in user code when the agent ends this process, so that `finally` and `with` do their work."""


class Worker:
    def __init__(self, bundle_folder):
        self.bundle_folder = bundle_folder
        self.channel = Channel(CHANNEL)
        self.reader = FrameReader(CHANNEL)
        self.functions = Functions(bundle_folder)
        self.loop = EventLoop()
        self.output = Output(self.channel)
        self.streams = capture(self.output)
        self.own_streams = OwnStreams()
        self.memory = MemoryPeak()
        self.claims = {}
        self.process_id = os.getpid()
        self.adopted = set()

    def run(self):
        import signal

        signal.signal(signal.SIGTERM, self.stop)
        _thread.start_new_thread(self.give_back, ())
        self.channel.send(frame(b"h", 0, encode_text({"version": sys.version.split()[0]})), frame(b"k", 0))
        answer = b""
        while True:
            # The answer of one call and the beginning of the next leave together, if the next is here already.
            if answer and not self.reader.has_more():
                self.channel.send(answer)
                answer = b""
            call = self.reader.next()
            if call is None:
                return
            call_id, body = call
            if self.claims.setdefault(call_id, BEGUN) is RECALLED:
                del self.claims[call_id]
                continue
            self.channel.send(answer, frame(b"b", call_id))
            answer = self.answer(call_id, body)
            self.claims.pop(call_id, None)

    def stop(self, *_):
        raise Stopped(143)

    def give_back(self):
        """The second thread: calls that the agent wants back and that have not begun."""
        reader, recalls = FrameReader(RECALLS), Channel(RECALLS)
        while True:
            request = reader.next()
            if request is None:
                # The agent is gone. User code that does not return is ended by the kernel where it can.
                os._exit(0)
            wanted = json.loads(request[1])
            given = [call_id for call_id in wanted if self.claims.setdefault(call_id, RECALLED) is RECALLED]
            recalls.send(frame(b"r", request[0], encode_text(given)))

    def answer(self, call_id, body):
        self.output.begin(call_id)
        self.memory.reset()
        began, began_cpu = time.perf_counter_ns(), cpu_ns()
        conversion_ns = writing_ns = 0
        try:
            call = json.loads(body)
            SHARED.offer(call.get("shared"))
            conversion_ns = time.perf_counter_ns() - began
            function = self.functions.get(call.get("origin", "bundle"), call["path"], call["function"])
            found = time.perf_counter_ns()
            arguments, keywords = call.get("arguments", ()), call.get("keywords", {})
            buffers = self.functions.buffers(function)
            if buffers or call.get("tagged"):
                arguments, keywords = decode_arguments(arguments, keywords, buffers)
            conversion_ns += time.perf_counter_ns() - found
            value = self.call(function, arguments, keywords)
            returned = time.perf_counter_ns()
            kind, answer = b"v", b'"values":[' + b",".join(self.results(value, call)) + b"]"
            writing_ns = time.perf_counter_ns() - returned
            conversion_ns += writing_ns
        except ConversionError as error:
            kind, answer = b"e", b'"conversion":' + encode_text(error.report())
        except Stopped:
            raise
        except BaseException as error:
            kind, answer = b"e", b'"error":' + encode_text(describe_error(error, self.bundle_folder))
        if os.getpid() != self.process_id:
            # A fork that user code made and let return into here: only the first process answers.
            os._exit(0)
        if kind == b"e":
            SHARED.withdraw()
        SHARED.offer(None)
        self.finish_output()
        self.output.end()
        self.own_streams.mark_end(call_id)
        ended, cpu = time.perf_counter_ns(), cpu_ns() - began_cpu
        cost = f'{{"cost":[{cpu // 1000},{self.memory.kilobytes()},{(ended - began) // 1000},{conversion_ns // 1000},{writing_ns // 1000}],'
        return frame(kind, call_id, cost.encode() + answer + b"}")

    def call(self, function, arguments, keywords):
        if self.is_new("logging"):
            adopt_logging(self.output, self.streams[1][0])
        if self.is_new("threading"):
            adopt_threads(self.output)
        value = function(*arguments, **keywords)
        if hasattr(type(value), "__await__"):
            value = self.loop.run(value)
        if hasattr(type(value), "__anext__"):
            return self.loop.run(collect(value))
        return list(value) if hasattr(type(value), "__next__") else value

    def is_new(self, module):
        """Whether user code has imported it since this was last asked."""
        if module in self.adopted or module not in sys.modules:
            return False
        self.adopted.add(module)
        return True

    def results(self, value, call):
        """As many as the agent binds: none, the value itself, or that many of a tuple's elements."""
        count = call.get("results", 0)
        if count == 0:
            return []
        if not call.get("spread"):
            return [encode_result(value, None)]
        if not isinstance(value, (tuple, list)):
            raise ConversionError(f"one {type(value).__qualname__} was returned where {count} results are bound")
        if len(value) < count:
            raise ConversionError(f"{len(value)} results were returned where {count} are bound")
        return [encode_result(value[index], index) for index in range(count)]

    def finish_output(self):
        for text, raw in self.streams:
            if not text.closed:
                text.flush()
            raw.finish()


def encode_result(value, index):
    try:
        return encode(value)
    except ConversionError as error:
        error.path.insert(0, index)
        raise


if __name__ == "__main__":
    os.set_inheritable(CHANNEL, False)
    os.set_inheritable(RECALLS, False)
    folder = sys.argv.pop()
    try:
        Worker(folder).run()
    except (BrokenPipeError, ConnectionResetError):
        # The agent is gone; so is whoever would read why.
        os._exit(0)
