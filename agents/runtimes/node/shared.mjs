/**
 * Memory that the workers of one attempt share: large arrays of numbers and bytes, each a file that never touches a disk.
 * What is taken is this process's own, so a change of it stays here.
 */
import { closeSync, fchmodSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";

/** As in `shared-part.ts`. */
const elementTypes = {
  f8: Float64Array,
  f4: Float32Array,
  i8: BigInt64Array,
  i4: Int32Array,
  n8: Float64Array,
  u1: Uint8Array,
};
const typeOfArray = new Map([
  [Float64Array, "f8"],
  [Float32Array, "f4"],
  [BigInt64Array, "i8"],
  [Int32Array, "i4"],
]);
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

  /** The value that a reference stands for: an array, or what its fourth part names, of which the rows are parts. */
  take([name, type, shape, form]) {
    const count = shape.reduce((product, length) => product * length, 1);
    const elementType = elementTypes[type];
    const elements = new elementType(this.#read(name, count * elementType.BYTES_PER_ELEMENT));
    if (type === "u1") return elements;
    if (form !== undefined) return nested(form === elementType.name ? elements : typedArrays[form](elements), shape);
    return nested(Array.from(elements, type === "i8" ? plainInt : (value) => value), shape);
  }

  /** A reference to the elements of a typed array; undefined where there is no room, or too few for it to pay. */
  give(type, elements, shape = [elements.length]) {
    const bytes = new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
    if (bytes.length < leastBytes || bytes.length > this.#room) return undefined;
    const name = this.#write(bytes);
    return name === undefined ? undefined : { $shared: [name, type, shape] };
  }

  /** The same for a typed array, by its class; undefined for classes whose elements are not shared. */
  giveTyped(elements) {
    const type = typeOfArray.get(elements.constructor);
    return type === undefined ? undefined : this.give(type, elements);
  }

  /** The same for an array, where all of it is numbers, or rows of one length of them. */
  giveArray(values) {
    if (this.#room < leastBytes) return undefined;
    const [first] = values;
    if (typeof first === "number") return this.#giveNumbers(values);
    const isRow = Array.isArray(first) || typeOfArray.has(first?.constructor);
    return isRow && values.length * first.length * rowBytes(first) >= leastBytes ? this.#giveRows(values) : undefined;
  }

  #giveRows(rows) {
    const [{ length, constructor }] = rows;
    if (!rows.every((row) => row?.constructor === constructor && row.length === length)) return undefined;
    if (constructor === Array) return this.#giveNumbers(rows.flat(), [rows.length, length]);
    const elements = new constructor(rows.length * length);
    for (const [at, row] of rows.entries()) elements.set(row, at * length);
    return this.give(typeOfArray.get(constructor), elements, [rows.length, length]);
  }

  #giveNumbers(values, shape) {
    if (values.length < leastItems) return undefined;
    const elements = new Float64Array(values.length);
    let integral = 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      if (typeof value !== "number") return undefined;
      if (Number.isInteger(value)) integral += 1;
      elements[index] = value;
    }
    return this.give(integral === 0 ? "f8" : "n8", elements, shape);
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

const rowBytes = (row) => row.BYTES_PER_ELEMENT ?? 8;

/** Typed arrays of elements of another type. Throws a text for one that does not fit. */
export const typedArrays = {
  Float64Array: (items) => Float64Array.from(items),
  Float32Array: (items) => Float32Array.from(items, narrowFloat),
  BigInt64Array: (items) => BigInt64Array.from(items, BigInt),
  Int32Array: (items) => Int32Array.from(items, narrowInt),
};

function narrowFloat(value) {
  if (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
    throw new RangeError(`the float ${value} does not fit 32 bits`);
  return value;
}

function narrowInt(value) {
  const number = Number(value);
  if (number !== (number | 0)) throw new RangeError(`the int ${value} does not fit 32 bits`);
  return number;
}

/** An int beyond 2^53 stays what it is. */
function plainInt(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function nested(elements, [length, ...inner]) {
  if (inner.length === 0) return elements;
  const size = inner.reduce((product, one) => product * one, 1);
  const part = Array.isArray(elements) ? "slice" : "subarray";
  return Array.from({ length }, (_, at) => nested(elements[part](at * size, (at + 1) * size), inner));
}
