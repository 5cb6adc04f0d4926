/**
 * Frames between the agent and a worker: length of the rest (4 bytes, little-endian), call id (4 bytes), kind (1 byte),
 * then JSON in UTF-8. The id stands outside the JSON, so that text that cannot be read still says whose it is.
 */
export interface Frame {
  readonly id: number;
  readonly kind: string;
  readonly body: string;
}

const headBytes = 9;
const idAndKindBytes = 5;
/** One call's arguments or results. */
export const maxFrameBytes = 1 << 30;

export function encodeFrame(kind: string, id: number, body: string): Buffer {
  const length = Buffer.byteLength(body);
  const frame = Buffer.allocUnsafe(headBytes + length);
  frame.writeUInt32LE(idAndKindBytes + length, 0);
  frame.writeUInt32LE(id, 4);
  frame.write(kind, 8, "latin1");
  frame.write(body, headBytes);
  return frame;
}

/** Cuts a stream into frames. A large frame is put together once, when its last piece is here. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #length = 0;

  /** Undefined when what came is no frame: user code has written into the channel. */
  push(chunk: Buffer): Frame[] | undefined {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    const next = this.#nextLength();
    if (next === undefined) return [];
    if (next < headBytes || next > maxFrameBytes) return undefined;
    if (this.#length < next) return [];
    return this.#cut(Buffer.concat(this.#pieces, this.#length));
  }

  #nextLength(): number | undefined {
    if (this.#length < 4) return undefined;
    if ((this.#pieces[0]?.length ?? 0) < 4) this.#pieces = [Buffer.concat(this.#pieces, this.#length)];
    const rest = this.#pieces[0]?.readUInt32LE(0);
    return rest === undefined ? undefined : rest + 4;
  }

  #cut(buffer: Buffer): Frame[] | undefined {
    const frames: Frame[] = [];
    let at = 0;
    while (buffer.length - at >= headBytes) {
      const end = at + 4 + buffer.readUInt32LE(at);
      if (end - at < headBytes || end - at > maxFrameBytes) return undefined;
      if (end > buffer.length) break;
      frames.push({
        id: buffer.readUInt32LE(at + 4),
        kind: buffer.toString("latin1", at + 8, at + headBytes),
        body: buffer.toString("utf8", at + headBytes, end),
      });
      at = end;
    }
    this.#length = buffer.length - at;
    this.#pieces = this.#length === 0 ? [] : [buffer.subarray(at)];
    return frames;
  }
}
