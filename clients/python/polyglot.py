"""Starts pipelines of Polyglot from a Python program and waits for what comes out. Python 3.10 or newer, this file alone.

    import polyglot

    result = polyglot.run("Shout", {"text": "hello"})
    print(result.outputs["loud"])

The controller is found as the command line finds it: ``POLYGLOT_URL`` with ``POLYGLOT_TOKEN`` and ``POLYGLOT_CA`` (a
file), or else the nearest ``.polyglot/endpoint.json`` upward, which ``polyglot up`` writes. ``Client(url, token, ca)``
names one.

Values: None, bool, int of any length, float (NaN and infinities, too), str, bytes, list, dict, aware datetime, timedelta.
What Python has no type for (an enum member, a range, a handle, a duration of calendar months) is a ``Tagged``.
"""

from __future__ import annotations

import base64
import http.client
import json
import math
import os
import ssl
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = [
    "ApiError",
    "Client",
    "ExecutionFailed",
    "LogLine",
    "PolyglotError",
    "Result",
    "Tagged",
    "Unreachable",
    "WaitTimeout",
    "cancel",
    "logs",
    "run",
    "start",
    "wait",
]

CALL_SECONDS = 30
"""How long an answer may take, beyond the time that the call itself waits for something."""
WAIT_SECONDS = 30
"""How long one request waits for an end before it is asked again; the API's own limit is 60."""
AWAY_SECONDS = 15
"""How long a controller may be away, as while it restarts, before a call gives up."""
ANSWER_BYTES = 64 * 1024 * 1024
"""Size of an answer, or of one batch of log lines."""
LONGEST_PAUSE_SECONDS = 1.0
"""Between two tries."""

OUTCOMES = frozenset({"succeeded", "failed", "killed", "dead_lettered", "cancelled"})


# ---- what comes back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExecutionError:
    """What a step raised: ``py\\!ValueError`` and the like. ``trace`` is the stack in the user's own files."""

    type: str
    message: str
    trace: str = ""
    step: str = ""


@dataclass(frozen=True)
class Result:
    """Where an execution stands. ``outputs`` is empty until it has succeeded."""

    execution_id: str
    state: str
    outputs: dict[str, Any] = field(default_factory=dict)
    error: ExecutionError | None = None

    @property
    def ended(self) -> bool:
        return self.state in OUTCOMES


@dataclass(frozen=True)
class LogLine:
    at: datetime
    level: str
    step: str
    text: str
    attempt: int


@dataclass(frozen=True)
class Tagged:
    """A value that Python has no type for, as it travels: ``Tagged("$enum", "io.example#Colour.Red")``."""

    tag: str
    value: Any


class PolyglotError(Exception):
    """Whatever this module raises about a controller or an execution."""


class Unreachable(PolyglotError):
    """Nobody answered, or somebody whose certificate is not trusted."""


class ApiError(PolyglotError):
    """The controller refused: ``code`` is one of docs/errors.md, such as ``input/type``; ``field`` what it is about."""

    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(f"{message} [{code}]")
        self.code = code
        self.message = message
        self.field = field


class ExecutionFailed(PolyglotError):
    """An execution ended otherwise than well. ``type``, ``message`` and ``trace`` are those of what a step raised."""

    def __init__(self, result: Result) -> None:
        error = result.error
        self.result = result
        self.type = error.type if error else ""
        self.message = error.message if error else ""
        self.trace = error.trace if error else ""
        reason = f": {self.type}: {self.message}" if error else ""
        super().__init__(f"execution {result.execution_id} ended as {result.state}{reason}")


class WaitTimeout(PolyglotError, TimeoutError):
    """The time is over and the execution is not: it goes on, and ``wait(error.execution_id)`` waits again."""

    def __init__(self, result: Result, seconds: float) -> None:
        super().__init__(f"execution {result.execution_id} is {result.state} after {seconds:g} s of waiting; it goes on")
        self.result = result
        self.execution_id = result.execution_id


# ---- the client ------------------------------------------------------------------------------------------------------


class Client:
    """Calls one controller. Threads may share it: each call has a connection of its own."""

    def __init__(self, url: str, token: str, ca: str | None = None) -> None:
        """``ca``: PEM of the authority that signed the controller's certificate; None: those of the system."""
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.hostname is None:
            raise ValueError(f"the controller's URL begins with https://, got {url!r}")
        self._host = parts.hostname
        self._port = parts.port or 443
        self._prefix = parts.path.rstrip("/")
        self._token = token
        self._tls = ssl.create_default_context(cadata=ca)

    @classmethod
    def from_environment(cls, folder: str | os.PathLike[str] = ".") -> Client:
        """The controller of ``POLYGLOT_URL``, or of the nearest ``.polyglot/endpoint.json`` of ``folder`` and above."""
        url = os.environ.get("POLYGLOT_URL")
        if url is not None:
            token = os.environ.get("POLYGLOT_TOKEN")
            if token is None:
                raise Unreachable(f"{url} needs a token: set POLYGLOT_TOKEN")
            ca = os.environ.get("POLYGLOT_CA")
            return cls(url, token, Path(ca).read_text() if ca else None)
        start_at = Path(folder).resolve()
        for place in [start_at, *start_at.parents]:
            file = place / ".polyglot" / "endpoint.json"
            if file.is_file():
                found = json.loads(file.read_text())
                return cls(found["url"], found["token"], found.get("ca"))
        raise Unreachable(f"no controller is known: start 'polyglot up', or set POLYGLOT_URL (looked in {start_at} and above)")

    def run(
        self,
        pipeline: str,
        inputs: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        wait: bool = True,
        timeout: float | None = None,
        check: bool = True,
    ) -> Result:
        """Starts a pipeline, by full id or by a name that only one has, and waits until it has ended.

        idempotency_key: the same key starts one execution, however often it is given; without one, each call starts one.
        timeout: seconds to wait; ``WaitTimeout`` after them, while the execution goes on.
        check: raise ``ExecutionFailed`` where the outcome is not ``succeeded``; False answers the result instead.
        """
        execution_id = self.start(pipeline, inputs, idempotency_key)
        if not wait:
            return self.get(execution_id)
        return self.wait(execution_id, timeout, check)

    def start(self, pipeline: str, inputs: Mapping[str, Any] | None = None, idempotency_key: str | None = None) -> str:
        """Answers the execution's id once its start is committed. A connection that breaks is tried again, and starts once."""
        request = {
            "pipeline_id": pipeline,
            "inputs": {name: encode(value) for name, value in (inputs or {}).items()},
            "idempotency_key": idempotency_key or f"client-{uuid.uuid4()}",
        }
        return self._call("Run", request)["execution_id"]

    def get(self, execution_id: str) -> Result:
        """Where it stands now."""
        return _result(self._call("GetExecution", {"execution_id": execution_id}))

    def wait(self, execution_id: str, timeout: float | None = None, check: bool = True) -> Result:
        """Answers when the execution has ended. ``timeout`` and ``check`` as of ``run``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = WAIT_SECONDS if deadline is None else min(WAIT_SECONDS, max(0.0, deadline - time.monotonic()))
            request = {"execution_id": execution_id, "timeout_seconds": left}
            result = _result(self._call("WaitExecution", request, CALL_SECONDS + left))
            if result.ended:
                break
            if deadline is not None and time.monotonic() >= deadline:
                raise WaitTimeout(result, timeout or 0.0)
        if check and result.state != "succeeded":
            raise ExecutionFailed(result)
        return result

    def cancel(self, execution_id: str, kill: bool = False) -> str:
        """Ends an execution; its cleanup runs unless ``kill``. Answers its state then; ``wait`` tells when it has ended."""
        return self._call("CancelExecution", {"execution_id": execution_id, "kill": kill})["state"]

    def logs(self, execution_id: str, follow: bool = False, step: str = "") -> Iterator[LogLine]:
        """The lines so far; with ``follow`` also those to come, until the execution ends. ``step``: only of that step."""
        request = {"execution_id": execution_id, "follow": follow, "step": step}
        body = json.dumps(request).encode()
        with self._answer("ReadLogs", b"\0" + len(body).to_bytes(4, "big") + body, "connect+json", None) as answer:
            if answer.status != 200:
                raise _refusal(answer)
            for flags, message in _envelopes(answer):
                if flags & 2:
                    if "error" in message:
                        raise _api_error(message["error"])
                    return
                yield from map(_log_line, message.get("lines", []))

    # Every method that is called so may be sent twice: a start carries a key.
    def _call(self, method: str, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        body = json.dumps(request, allow_nan=False).encode()

        def once() -> dict[str, Any]:
            with self._answer(method, body, "json", seconds) as answer:
                if answer.status != 200:
                    raise _refusal(answer)
                return json.loads(_limited(answer))

        return _while_away(once)

    def _answer(self, method: str, body: bytes, form: str, seconds: float | None) -> _Answer:
        path = f"{self._prefix}/polyglot.v1.PolyglotService/{method}"
        headers = {
            "content-type": f"application/{form}",
            "connect-protocol-version": "1",
            "authorization": f"Bearer {self._token}",
        }
        where = f"https://{self._host}:{self._port}"
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=CALL_SECONDS, context=self._tls)
        try:
            connection.connect()
            connection.sock.settimeout(seconds)
            connection.request("POST", path, body, headers)
            return _Answer(connection, connection.getresponse())
        except ssl.SSLCertVerificationError as error:
            connection.close()
            raise Unreachable(f"the certificate of {where} is not trusted ({error.verify_message}): give its authority") from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _Away(f"{where} cannot be reached: {error or type(error).__name__}") from error


class _Answer:
    """A response whose connection ends with it."""

    def __init__(self, connection: http.client.HTTPSConnection, response: http.client.HTTPResponse) -> None:
        self._connection = connection
        self._response = response
        self.status = response.status

    def read(self, size: int) -> bytes:
        try:
            return self._response.read(size)
        except (OSError, http.client.HTTPException) as error:
            raise _Away(f"the connection broke: {error or type(error).__name__}") from error

    def __enter__(self) -> _Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class _Away(Unreachable):
    """Nobody is there now: worth another try."""


def _while_away(once: Callable[[], Any]) -> Any:
    """Tries again while the controller is away."""
    give_up = time.monotonic() + AWAY_SECONDS
    pause = 0.05
    while True:
        try:
            return once()
        except _Away as error:
            if time.monotonic() + pause > give_up:
                raise Unreachable(str(error)) from error
        time.sleep(pause)
        pause = min(LONGEST_PAUSE_SECONDS, pause * 2)


def _limited(answer: _Answer) -> bytes:
    body = answer.read(ANSWER_BYTES + 1)
    if len(body) > ANSWER_BYTES:
        raise PolyglotError(f"an answer is at most {ANSWER_BYTES} bytes")
    return body


def _envelopes(answer: _Answer) -> Iterator[tuple[int, dict[str, Any]]]:
    """Messages of a stream: a byte of flags, four of length, the message."""
    while True:
        head = _exactly(answer, 5)
        size = int.from_bytes(head[1:], "big")
        if size > ANSWER_BYTES:
            raise PolyglotError(f"a batch of log lines is at most {ANSWER_BYTES} bytes, got {size}")
        yield head[0], json.loads(_exactly(answer, size) or b"{}")


def _exactly(answer: _Answer, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = answer.read(size - len(data))
        if not part:
            raise Unreachable("the connection broke before the last line")
        data += part
    return data


def _refusal(answer: _Answer) -> PolyglotError:
    body = _limited(answer)
    try:
        return _api_error(json.loads(body))
    except (ValueError, AttributeError):
        text = body[:200].decode(errors="replace").strip()
        return _Away(f"the controller answered {answer.status}: {text}")


def _api_error(error: Mapping[str, Any]) -> PolyglotError:
    message = error.get("message", "")
    for detail in error.get("details", []):
        if detail.get("type") == "polyglot.v1.ApiError":
            told = _strings(base64.b64decode(detail["value"] + "=="))
            refusal = ApiError(told.get(1, ""), told.get(2, message), told.get(3, ""))
            return _Away(str(refusal)) if refusal.code == "store/unavailable" else refusal
    if error.get("code") == "unavailable":
        return _Away(message or "the controller is not ready")
    return ApiError(error.get("code", "unknown"), message)


def _strings(message: bytes) -> dict[int, str]:
    """The fields of a protobuf message that holds strings alone."""
    fields: dict[int, str] = {}
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        number = varint() >> 3
        size = varint()
        fields[number] = message[at : at + size].decode()
        at += size
    return fields


def _result(execution: Mapping[str, Any]) -> Result:
    error = execution.get("error")
    return Result(
        execution_id=execution["execution_id"],
        state=execution["state"],
        outputs={name: decode(value) for name, value in (execution.get("outputs") or {}).items()},
        error=error and ExecutionError(*(error.get(key, "") for key in ("type", "message", "trace", "step"))),
    )


def _log_line(line: Mapping[str, Any]) -> LogLine:
    return LogLine(
        at=_datetime(line.get("at", "1970-01-01T00:00:00Z")),
        level=line.get("level", ""),
        step=line.get("node_id", ""),
        text=line.get("text", ""),
        attempt=line.get("attempt_no", 0),
    )


# ---- values ----------------------------------------------------------------------------------------------------------

SAFE_INT = 2**53 - 1
"""An int beyond it does not survive JSON numbers."""


def encode(value: Any) -> Any:
    """The canonical form of a value, as JSON. Raises TypeError where there is none."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -SAFE_INT <= value <= SAFE_INT else {"$int": str(value)}
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return _encode_map(value)
    if isinstance(value, datetime):
        return {"$datetime": _encode_datetime(value)}
    if isinstance(value, timedelta):
        return {"$duration": {"months": 0, "seconds": _plain(value.total_seconds())}}
    if isinstance(value, Tagged):
        return {value.tag: value.value}
    raise TypeError(f"a value of the class {type(value).__qualname__} cannot be sent to a pipeline")


def _encode_float(value: float) -> Any:
    """An integral number alone is an int, so a float that is integral says so."""
    if math.isnan(value):
        return {"$float": "NaN"}
    if math.isinf(value):
        return {"$float": "Infinity" if value > 0 else "-Infinity"}
    if not value.is_integer():
        return value
    if value == 0:
        return {"$float": "-0" if math.copysign(1, value) < 0 else "0"}
    return {"$float": str(int(value)) if abs(value) < 1e21 else repr(value)}


def _encode_map(value: Mapping[Any, Any]) -> Any:
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: encode(item) for key, item in value.items()}
    return {"$map": [[encode(key), encode(item)] for key, item in value.items()]}


def _encode_datetime(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a datetime without a time zone names no moment: use datetime.now(timezone.utc)")
    text = value.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _plain(seconds: float) -> float:
    return int(seconds) if seconds == int(seconds) else seconds


def decode(value: Any) -> Any:
    """The Python value of a canonical one."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(tag, inner)] = value.items()
        if tag.startswith("$"):
            return _DECODERS[tag](inner) if tag in _DECODERS else Tagged(tag, inner)
    return {key: decode(item) for key, item in value.items()}


def _datetime(text: str) -> datetime:
    """Python 3.10 reads fractions of three or six digits alone; finer ones than microseconds are cut."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    moment = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return moment + timedelta(microseconds=int(fraction[:6].ljust(6, "0"))) if fraction else moment


def _duration(parts: Mapping[str, Any]) -> Any:
    return Tagged("$duration", parts) if parts.get("months") else timedelta(seconds=parts["seconds"])


def _map(pairs: list[list[Any]]) -> dict[Any, Any]:
    return {_key(decode(key)): decode(item) for key, item in pairs}


def _key(key: Any) -> Any:
    """A list is no key in Python."""
    return tuple(_key(item) for item in key) if isinstance(key, list) else key


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "$int": int,
    "$float": float,
    "$bytes": base64.b64decode,
    "$datetime": _datetime,
    "$duration": _duration,
    "$map": _map,
}


# ---- one controller for the whole program ----------------------------------------------------------------------------

_found: Client | None = None


def _default() -> Client:
    global _found
    if _found is None:
        _found = Client.from_environment()
    return _found


def run(
    pipeline: str,
    inputs: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
    wait: bool = True,
    timeout: float | None = None,
    check: bool = True,
) -> Result:
    """``Client.run`` of the controller that is found."""
    return _default().run(pipeline, inputs, idempotency_key, wait, timeout, check)


def start(pipeline: str, inputs: Mapping[str, Any] | None = None, idempotency_key: str | None = None) -> str:
    """``Client.start`` of the controller that is found."""
    return _default().start(pipeline, inputs, idempotency_key)


def wait(execution_id: str, timeout: float | None = None, check: bool = True) -> Result:
    """``Client.wait`` of the controller that is found."""
    return _default().wait(execution_id, timeout, check)


def cancel(execution_id: str, kill: bool = False) -> str:
    """``Client.cancel`` of the controller that is found."""
    return _default().cancel(execution_id, kill)


def logs(execution_id: str, follow: bool = False, step: str = "") -> Iterator[LogLine]:
    """``Client.logs`` of the controller that is found."""
    return _default().logs(execution_id, follow, step)
