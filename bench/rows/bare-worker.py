"""One warm Python process: frames of {id, text} in, frames of {id, value} out; a length of four bytes before each."""

import json
import os

functions = {"upper": str.upper}
received = bytearray()
while data := os.read(0, 1 << 20):
    received += data
    answers = bytearray()
    at = 0
    while len(received) - at >= 4:
        end = at + 4 + int.from_bytes(received[at : at + 4], "little")
        if len(received) < end:
            break
        call = json.loads(bytes(received[at + 4 : end]))
        at = end
        answer = json.dumps({"id": call["id"], "value": functions[call["function"]](call["text"])}).encode()
        answers += len(answer).to_bytes(4, "little") + answer
    del received[:at]
    if answers:
        os.write(1, answers)
