/** Functions of each language over large arrays, called in real workers, with values handed on as they came. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bundle, createBundle, type NativeTarget } from "@polyglot/contracts";
import { HeldValue, type Value } from "../../convert/held-value.ts";
import { wholePart } from "../../convert/shared-part.ts";
import type { HostRuntimes } from "../host-runtimes.ts";
import type { NativeOutcome } from "../native-call.ts";
import { testHost } from "./test-host.ts";

export type SharingLanguage = NativeTarget["lang"];

const texts = {
  py: `
import os
def echo(value): return value
def view(value: memoryview): return value
def numbers(value: "array.array"): return value
def change(value: memoryview):
    value[0] = value[0] + 1
    return value
def kind(value: memoryview): return [value.format, len(value)]
def shape(value: memoryview): return [value.format, *value.shape]
def narrow_floats(value):
    from array import array
    return array("f", value)
def narrow_ints(value):
    from array import array
    return array("i", value)
def pages(value: memoryview):
    import ctypes
    return page_of(ctypes.addressof(ctypes.c_char.from_buffer(value.cast("B"))))
def page_of(address):
    with open("/proc/self/maps") as maps:
        for line in maps:
            first, last = (int(end, 16) for end in line.split()[0].split("-"))
            if first <= address < last: return int(line.split()[4])
def hold(value: memoryview):
    print("holds", flush=True)
    while True: pass
class Bomb(dict):
    def items(self): os._exit(3)
def explode(value): return {"column": value, "rest": Bomb({1: 2})}
def refuse(value): return {"column": value, "rest": object()}
`,
  js: `
export const echo = (value) => value;
export const change = (values) => { values[0] += 1; return values; };
export const kind = (value) => value.constructor.name;
export const narrow_floats = (value) => Float32Array.from(value);
export const narrow_ints = (value) => Int32Array.from(value);
export const rows_of = (rows) => [rows.length, rows[0].constructor.name, rows[0].buffer === rows[1].buffer];
`,
  rust: `
use std::collections::HashMap;
pub fn floats(value: Vec<f64>) -> Vec<f64> { value }
pub fn ints(value: Vec<i64>) -> Vec<i64> { value }
pub fn bytes(value: Vec<u8>) -> Vec<u8> { value }
pub fn columns(value: HashMap<String, Vec<f64>>) -> HashMap<String, Vec<f64>> { value }
pub fn borrowed(value: &[f64]) -> Vec<f64> { value.to_vec() }
pub fn narrow(value: Vec<i32>) -> Vec<i32> { value }
pub fn narrow_floats(value: Vec<f32>) -> Vec<f32> { value }
pub fn narrow_ints(value: Vec<i32>) -> Vec<i32> { value }
pub fn rows(value: Vec<Vec<f64>>) -> Vec<Vec<f64>> { value }
pub fn triples(value: Vec<[f64; 4]>) -> Vec<[f64; 4]> { value }
pub fn borrowed_rows(value: &[[f64; 4]]) -> u64 { page_of(value.as_ptr() as usize) }
pub fn pages(value: &[f64]) -> u64 { page_of(value.as_ptr() as usize) }
fn page_of(address: usize) -> u64 {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| {
        let (first, last) = line.split(' ').next().unwrap().split_once('-').unwrap();
        (usize::from_str_radix(first, 16).unwrap()..usize::from_str_radix(last, 16).unwrap()).contains(&address)
    });
    line.unwrap().split_whitespace().nth(4).unwrap().parse().unwrap()
}
`,
  cpp: `
#include <cstdint>
#include <array>
#include <fstream>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <vector>
namespace {
unsigned long page_of(const void* address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long first, last, inode;
    std::string rest;
    char dash;
    std::istringstream words(line);
    words >> std::hex >> first >> dash >> last >> rest >> rest >> rest >> std::dec >> inode;
    const auto at = reinterpret_cast<unsigned long>(address);
    if (first <= at && at < last) return inode;
  }
  return 0;
}
}
std::vector<float> narrow_floats(std::vector<float> value) { return value; }
std::vector<int> narrow_ints(const std::vector<int>& value) { return value; }
std::vector<std::vector<double>> rows(const std::vector<std::vector<double>>& value) { return value; }
std::vector<std::array<double, 4>> triples(const std::vector<std::array<double, 4>>& value) { return value; }
std::span<const double> borrowed(std::span<const double> value) { return value; }
unsigned long borrowed_rows(const std::span<const std::array<double, 4>>& value) { return page_of(value.data()); }
unsigned long pages(std::span<const double> value) { return page_of(value.data()); }
std::span<double> change(std::span<double> value) {
  value[0] += 1;
  return value;
}
std::vector<double> floats(std::vector<double> value) { return value; }
std::vector<long> ints(const std::vector<long>& value) { return value; }
std::vector<std::uint8_t> bytes(const std::vector<std::uint8_t>& value) { return value; }
std::map<std::string, std::vector<double>> columns(const std::map<std::string, std::vector<double>>& value) { return value; }
`,
} as const;

const files = { py: "share.py", js: "share.mjs", rust: "share.rs", cpp: "share.cpp" } as const;

const compiledTypes: Readonly<Record<"rust" | "cpp", Readonly<Record<string, string>>>> = {
  rust: {
    floats: "Vec<f64>",
    ints: "Vec<i64>",
    bytes: "Vec<u8>",
    columns: "HashMap<String,Vec<f64>>",
    borrowed: "&[f64]",
    narrow: "Vec<i32>",
    narrow_floats: "Vec<f32>",
    narrow_ints: "Vec<i32>",
    rows: "Vec<Vec<f64>>",
    triples: "Vec<[f64;4]>",
    borrowed_rows: "&[[f64;4]]",
    pages: "&[f64]",
  },
  cpp: {
    floats: "vector<double>",
    ints: "vector<long>",
    bytes: "vector<uint8_t>",
    columns: "map<string,vector<double>>",
    narrow_floats: "vector<float>",
    narrow_ints: "vector<int>",
    rows: "vector<vector<double>>",
    triples: "vector<array<double,4>>",
    borrowed: "span<double>",
    borrowed_rows: "span<array<double,4>>",
    pages: "span<double>",
    change: "span<double>",
  },
};

export interface Asked {
  readonly language: SharingLanguage;
  readonly function: string;
  readonly value: Value;
  /** Under which the result is bound. */
  readonly bound: string;
  /** Under which the argument is taken, where the language does not say it. */
  readonly to?: string;
  readonly signal?: AbortSignal;
  readonly onLine?: (text: string) => void;
}

export class SharedBed implements AsyncDisposable {
  readonly #host: HostRuntimes;
  readonly #bundle: Bundle;
  readonly #folder: string;

  private constructor(host: HostRuntimes, bundle: Bundle, folder: string) {
    this.#host = host;
    this.#bundle = bundle;
    this.#folder = folder;
  }

  static async open(): Promise<SharedBed> {
    const folder = await mkdtemp(join(tmpdir(), "polyglot-shared-"));
    const bundle = createBundle(
      new Map(
        Object.entries(files).map(([lang, path]) => [path, new TextEncoder().encode(texts[lang as SharingLanguage])]),
      ),
    );
    const host = testHost(folder, async () => bundle.archive);
    await host.start();
    const bed = new SharedBed(host, bundle, folder);
    await Promise.all((["rust", "cpp"] as const).map((language) => bed.#build(language)));
    return bed;
  }

  call({ language, function: name, value, bound, to, signal, onLine }: Asked): Promise<NativeOutcome> {
    const target = this.#target(language, name);
    return this.#host.call(
      {
        ...attempt,
        node: "step",
        namespace: "sharing",
        target,
        arguments: [{ value, to: to ?? target.signature?.parameters[0]?.type ?? "pg\\any" }],
        results: [bound],
      },
      { signal: signal ?? new AbortController().signal, onLog: ({ text }) => onLine?.(text) },
    );
  }

  /** The one value that it answers. */
  async ask(asked: Asked): Promise<Value> {
    const outcome = await this.call(asked);
    if (outcome.kind !== "values") throw new Error(JSON.stringify(outcome));
    return outcome.values[0] ?? null;
  }

  endAttempt(): void {
    this.#host.endAttempt(attempt);
  }

  /** Of the file that the value's elements lie in. */
  async inode(value: Value): Promise<number> {
    const name = wholePart(value instanceof HeldValue ? value.text : "")?.name ?? "";
    return (await stat(join(this.folder, name))).ino;
  }

  /** Files that its workers share. */
  async files(): Promise<string[]> {
    return readdir(this.#host.sharedFolder ?? "");
  }

  get folder(): string {
    return this.#host.sharedFolder ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.stop();
    await rm(this.#folder, { recursive: true });
  }

  #build(language: "rust" | "cpp"): Promise<void> {
    const names = Object.keys(compiledTypes[language]);
    return this.#host.prepare(names.map((name) => ({ target: this.#target(language, name), version: undefined })));
  }

  #target(lang: SharingLanguage, name: string): NativeTarget {
    const type = lang === "rust" || lang === "cpp" ? compiledTypes[lang][name] : undefined;
    return {
      kind: "native",
      lang,
      origin: "bundle",
      path: files[lang],
      function: name,
      bundle_digest: this.#bundle.digest,
      signature: { parameters: [{ name: "value", optional: false, ...(type && { type: `${lang}\\${type}` }) }] },
    };
  }
}

const attempt = { executionId: "sharing", attemptNo: 1 };
