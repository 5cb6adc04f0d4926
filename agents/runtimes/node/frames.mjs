/** Frames as in `worker.py`: length of the rest (4 bytes, little-endian), call id (4 bytes), kind (1 byte), text. */
export function frame(kind, callId, text = "") {
  const length = Buffer.byteLength(text);
  const data = Buffer.allocUnsafe(length + 9);
  data.writeUInt32LE(length + 5, 0);
  data.writeUInt32LE(callId, 4);
  data.write(kind, 8, "latin1");
  data.write(text, 9);
  return data;
}

/** Calls `onFrame(callId, text, kind)` for each whole frame. A large one is put together once, not with each piece. */
export function readFrames(socket, onFrame) {
  let pieces = [];
  let length = 0;
  socket.on("data", (data) => {
    pieces.push(data);
    length += data.length;
    if (length < 4) return;
    if (pieces[0].length < 4) pieces = [Buffer.concat(pieces)];
    if (length < 4 + pieces[0].readUInt32LE(0)) return;
    const buffer = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    let at = 0;
    while (buffer.length - at >= 4) {
      const end = at + 4 + buffer.readUInt32LE(at);
      if (end > buffer.length) break;
      onFrame(
        buffer.readUInt32LE(at + 4),
        buffer.toString("utf8", at + 9, end),
        buffer.toString("latin1", at + 8, at + 9),
      );
      at = end;
    }
    length = buffer.length - at;
    pieces = length === 0 ? [] : [buffer.subarray(at)];
  });
}
