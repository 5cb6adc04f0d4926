/** Frames of JSON with a length of four bytes before each. */
export function toFrame(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

export function onFrames(stream: NodeJS.ReadableStream, take: (values: unknown[]) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on("data", (data: Buffer) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    const values: unknown[] = [];
    let at = 0;
    for (let end = endOfFrame(rest, at); end <= rest.length; end = endOfFrame(rest, at)) {
      values.push(JSON.parse(rest.toString("utf8", at + 4, end)));
      at = end;
    }
    rest = rest.subarray(at);
    if (values.length > 0) take(values);
  });
}

const endOfFrame = (data: Buffer, at: number): number =>
  data.length - at < 4 ? Number.POSITIVE_INFINITY : at + 4 + data.readUInt32LE(at);
