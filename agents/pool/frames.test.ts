import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, maxFrameBytes } from "./frames.ts";

const stream = Buffer.concat([
  encodeFrame("v", 1, '{"a":"ä"}'),
  encodeFrame("b", 2, ""),
  encodeFrame("l", 0xffffffff, "x".repeat(300)),
]);
const frames = [
  { id: 1, kind: "v", body: '{"a":"ä"}' },
  { id: 2, kind: "b", body: "" },
  { id: 0xffffffff, kind: "l", body: "x".repeat(300) },
];

describe("a stream of frames", () => {
  it.each([1, 2, 3, 7, 64, 1000])("reads the same in pieces of %i bytes", (size) => {
    const reader = new FrameReader();
    const read = [];
    for (let at = 0; at < stream.length; at += size) read.push(...(reader.push(stream.subarray(at, at + size)) ?? []));
    expect(read).toEqual(frames);
  });

  it("is refused where a length is shorter than a frame's head", () => {
    expect(new FrameReader().push(Buffer.from([1, 0, 0, 0, 9, 9, 9, 9, 9, 9]))).toBeUndefined();
  });

  it("is refused where a length is over the limit, without waiting for the rest", () => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(maxFrameBytes + 1);
    const reader = new FrameReader();
    expect(reader.push(head)).toBeUndefined();
    expect(reader.isTooLong).toBe(true);
  });

  it("is told from a text that somebody wrote into it", () => {
    const reader = new FrameReader();
    expect(reader.push(Buffer.from("hello, world"))).toBeUndefined();
    expect(reader.isTooLong).toBe(false);
  });
});
