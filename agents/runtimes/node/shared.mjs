/**
 * Memory that the workers of one attempt share: large arrays of numbers and bytes, each a file that never touches a disk.
 * What is taken is this process's own, so a change of it stays here.
 */
import { closeSync, fchmodSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";

/** As in `shared-part.ts`. */
const elementBytes = { f8: 8, i8: 8, n8: 8, u1: 1 };
/** Below, text is as fast as a file is. */
const leastBytes = 65_536;
export const leastItems = leastBytes / 8;

/** What one call may take and give. */
export class SharedMemory {
  #folder;
  #prefix;
  #room;
  #written = [];

  constructor([folder, prefix, room] = ["", "", 0]) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#room = room;
  }

  /** The value that a reference stands for: an array, or what its fourth part names. */
  take([name, type, shape, form]) {
    const count = shape.reduce((product, length) => product * length, 1);
    const buffer = this.#read(name, count * elementBytes[type]);
    if (type === "u1") return new Uint8Array(buffer);
    const elements = type === "i8" ? new BigInt64Array(buffer) : new Float64Array(buffer);
    if (form === elements.constructor.name && shape.length === 1) return elements;
    return nested(type === "i8" ? Array.from(elements, plainInt) : Array.from(elements), shape);
  }

  /** A reference to the elements of a typed array; undefined where there is no room, or too few for it to pay. */
  give(type, elements, length = elements.length) {
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    if (bytes.length < leastBytes || bytes.length > this.#room) return undefined;
    const name = this.#write(bytes);
    return name === undefined ? undefined : { $shared: [name, type, [length]] };
  }

  /** The same for an array, where all of it is numbers. */
  giveArray(values) {
    if (values.length < leastItems || this.#room < leastBytes) return undefined;
    const elements = new Float64Array(values.length);
    let integral = 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (typeof value !== "number") return undefined;
      if (Number.isInteger(value)) integral += 1;
      elements[index] = value;
    }
    return this.give(integral === 0 ? "f8" : "n8", elements);
  }

  /** What was written goes: the answer does not name it. */
  withdraw() {
    for (const name of this.#written.splice(0)) unlinkSync(this.#folder + name);
  }

  #read(name, size) {
    const buffer = new ArrayBuffer(size);
    const file = openSync(this.#folder + name, "r");
    try {
      if (fstatSync(file).size < size)
        throw new Error(`shared memory is shorter than the ${size} bytes of its elements`);
      const bytes = new Uint8Array(buffer);
      for (let at = 0; at < size; ) at += readSync(file, bytes, at, size - at, at);
    } finally {
      closeSync(file);
    }
    return buffer;
  }

  #write(bytes) {
    const name = this.#prefix + this.#written.length;
    let file;
    try {
      file = openSync(this.#folder + name, "wx", 0o600);
      this.#written.push(name);
      fchmodSync(file, 0o444);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
    } catch {
      this.#room = 0;
      this.withdraw();
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
    this.#room -= bytes.length;
    return name;
  }
}

/** An int beyond 2^53 stays what it is. */
function plainInt(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function nested(elements, [length, ...inner]) {
  if (inner.length === 0) return elements;
  const size = inner.reduce((product, one) => product * one, 1);
  return Array.from({ length }, (_, at) => nested(elements.slice(at * size, (at + 1) * size), inner));
}
