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
/**
 * One call's arguments or results, which the agent reads as a whole: JSON of small lists takes some fifteen times as much
 * memory when it is read, and the agent's heap is that of every execution.
 */
export const maxFrameBytes = 128 * 2 ** 20;
/** Four letters read as a length give more than this: what is longer is no frame but a text that user code wrote. */
const leastTextLength = 2 ** 29;

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
  #isTooLong = false;

  /** Why `push` gave nothing: a frame over the limit, and not what user code has written into the channel. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  /** Undefined when what came is no frame, or one over the limit. */
  push(chunk: Buffer): Frame[] | undefined {
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    const next = this.#nextLength();
    if (next === undefined) return [];
    if (next < headBytes || next > maxFrameBytes) return this.#refuse(next);
    if (this.#length < next) return [];
    return this.#cut(Buffer.concat(this.#pieces, this.#length));
  }

  #refuse(length: number): undefined {
    this.#isTooLong = length > maxFrameBytes && length < leastTextLength;
    return undefined;
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
      if (end - at < headBytes || end - at > maxFrameBytes) return this.#refuse(end - at);
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
