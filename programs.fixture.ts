/** Programs with what comes of them, and the native code that they call. */
import type { CanonicalValue } from "@polyglot/contracts";

export const library = {
  "lib.py": `
def add(a, b):
    return a + b

def pair(a):
    return a, a * 2

def fail(kind, message):
    raise {"ValueError": ValueError, "KeyError": KeyError}[kind](message)

def is_big(x):
    return x > 10

def rows(n):
    return [{"id": i, "name": f"row {i}"} for i in range(n)]

def hang():
    import time
    time.sleep(600)
`,
  "lib.mjs": `
export const shout = (text) => text.toUpperCase();
export const greet = (name, { greeting = "hello" } = {}) => greeting + " " + name;
export const ids = (rows) => rows.map(({ id }) => ({ id }));
export const sum = (rows) => rows.reduce((total, row) => total + row.id, 0);
export function fail(message) {
  throw new TypeError(message);
}
`,
  "lib.rs": `
use std::collections::HashMap;

pub fn totals(rows: &[HashMap<String, i64>]) -> HashMap<String, i64> {
    HashMap::from([("total".to_owned(), rows.iter().filter_map(|row| row.get("id")).sum())])
}

pub fn divide(a: i64, b: i64) -> Result<i64, String> {
    a.checked_div(b).ok_or_else(|| format!("{a} cannot be divided by {b}"))
}
`,
  "Cargo.toml": `
[workspace]
members = ["sums"]
resolver = "2"
[workspace.package]
version = "0.1.0"
[workspace.dependencies]
itoa = "1.0.15"
[profile.release]
panic = "abort"
lto = true
`,
  "Cargo.lock": `
version = 4

[[package]]
name = "itoa"
version = "1.0.15"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c"

[[package]]
name = "row-sums"
version = "0.1.0"
dependencies = [
 "itoa",
]
`,
  "sums/Cargo.toml": `
[package]
name = "row-sums"
version.workspace = true
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
itoa.workspace = true
`,
  "sums/src/lib.rs": "pub mod squares;\n",
  "sums/src/squares.rs": `
pub fn of(values: &[i64]) -> i64 {
    values.iter().map(|value| value * value).sum()
}
pub fn text_of(values: &[i64]) -> String {
    itoa::Buffer::new().format(of(values)).to_owned()
}
`,
  "deps/Cargo.toml": `
[dependencies]
itoa = "1"
`,
  "digits.rs": `
pub fn count(value: i64) -> usize {
    itoa::Buffer::new().format(value).len()
}
`,
  "geo/CMakeLists.txt": `
cmake_minimum_required(VERSION 3.16)
project(geo C CXX)
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Werror)
add_library(sizes INTERFACE)
target_include_directories(sizes INTERFACE include)
add_library(area SHARED src/area.cpp)
target_link_libraries(area PUBLIC sizes PRIVATE unit)
add_subdirectory(unit)
add_library(rounding OBJECT src/rounding.cpp)
add_executable(tool src/tool.cpp)
target_link_libraries(tool area)
`,
  "geo/include/geo/area.hpp": `
#pragma once
#include <vector>
namespace geo {
/// The area of a polygon; see scaled().
double area(const std::vector<double>& sides, double unit = 1.0);
inline double twice(double value) { return 2 * value; }
}  // namespace geo
`,
  "geo/src/area.cpp": `
#include "geo/area.hpp"
#include "unit.h"
namespace geo {
double area(const std::vector<double>& sides, double unit) {
  double product = scaled(unit);
  for (double side : sides) product *= side;
  return product;
}
}  // namespace geo
`,
  "geo/unit/CMakeLists.txt": `
add_library(unit STATIC unit.c)
target_include_directories(unit PUBLIC \${CMAKE_CURRENT_SOURCE_DIR})
target_compile_definitions(unit PRIVATE SCALE=10)
`,
  "geo/unit/unit.h": `
#pragma once
#ifdef __cplusplus
extern "C"
#endif
double scaled(double unit);
`,
  "geo/unit/unit.c": `
#include "unit.h"
double scaled(double unit) { return unit * SCALE; }
`,
  "geo/src/rounding.cpp": `
#include <cmath>
static int calls = 0;
int rounded(double value) { return static_cast<int>(std::lround(value)) + 0 * ++calls; }
`,
  "geo/src/tool.cpp": "int main() { return 0; }\n",
  "lib.cpp": `
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace report {
std::pair<std::string, int> lines(const std::map<std::string, int>& totals, const std::string& unit = "rows") {
  return {std::to_string(totals.at("total")) + " " + unit, static_cast<int>(totals.size())};
}
}  // namespace report

int half(int value) {
  if (value % 2 != 0) throw std::domain_error(std::to_string(value) + " is odd");
  return value / 2;
}
`,
};

export const head = String.raw`[@] test.programs>All
[D] @Py << py"./lib.py"
[D] @Js << js"./lib.mjs"
[D] @Rs << rust"./lib.rs"
[D] @Sums << rust"./sums"
[D] @Digits << rust"./digits.rs"
[D] @Cpp << cpp"./lib.cpp"
[D] @Geo << cpp"./geo"
[X]
`;

export interface Program {
  readonly title: string;
  /** Holds a pipeline Main, which is run. */
  readonly text: string;
  readonly inputs?: Readonly<Record<string, CanonicalValue>>;
  readonly outcome?: string;
  readonly outputs?: Readonly<Record<string, CanonicalValue>>;
  readonly error?: string;
  readonly exitCode?: number;
  readonly said?: readonly string[];
}

const raw = String.raw;

export const programs: readonly Program[] = [
  {
    title: "values go from Python to JavaScript and back",
    text: raw`
[|] Main
[i] n: pg\int
[t] |T.Call
[r] @Py|rows << n >> rows: py\list
[r] @Js|sum << rows >> total: js\number
[r] @Py|add << total << 1 >> more: py\int
[o] >> more
[x]`,
    inputs: { n: 4 },
    outputs: { more: 7 },
  },
  {
    title: "values go through Python, JavaScript, Rust and C++",
    text: raw`
[|] Main
[i] n: pg\int
[t] |T.Call
[r] @Py|rows << n >> rows: py\list
[r] @Js|ids << rows >> ids: js\Array
[r] @Rs|totals << ids >> totals: rust\HashMap<String,i64>
[r] @Cpp|report.lines << totals >> text: cpp\string >> count: cpp\int
[o] >> text
[o] >> count
[x]`,
    inputs: { n: 5 },
    outputs: { text: "10 rows", count: 1 },
  },
  {
    title: "functions of a crate of a workspace, with a package of the lock file, in a public module of its own file",
    text: raw`
[|] Main
[i] values: pg\list<int>
[t] |T.Call
[r] @Sums|squares.of << values >> sum: rust\i64
[r] @Sums|squares.text_of << values >> text: rust\String
[o] >> sum
[o] >> text
[x]`,
    inputs: { values: [1, 2, 3] },
    outputs: { sum: 14, text: "14" },
  },
  {
    title: "a Rust file with the packages that its pipeline names",
    text: raw`
[|] Main
[t] |T.Call
[w] |W.Rust << crate: "deps/Cargo.toml"
[r] @Digits|count << 1234 >> digits: rust\usize
[o] >> digits
[x]`,
    outputs: { digits: 4 },
  },
  {
    title: "functions of a CMake folder: of its libraries, of a header, of a source file that no header names",
    text: raw`
[|] Main
[t] |T.Call
[w] |W.Cpp17
[r] @Geo|geo.area << [2.0, 3.0] >> area: cpp\double
[r] @Geo|geo.twice << area >> twice: cpp\double
[r] @Geo|rounded << twice >> size: cpp\int
[o] >> size
[x]`,
    outputs: { size: 120 },
  },
  {
    title: "an Err of Rust and an exception of C++ are handled by their names",
    text: raw`
[|] Main
[t] |T.Call
[r] @Rs|divide << 1 << 0 >> never: rust\i64
[~][!] !> e: rust\!String
[~][~][r] |U.Log.Info << e.message
[r] @Cpp|half << 3 >> half: cpp\int
[o] >> half
[x]`,
    outcome: "failed",
    error: "cpp\\!domain_error",
    said: ["1 cannot be divided by 0"],
  },
  {
    title: "phases in order, interpolation, defaults",
    text: raw`
[|] Main
[i] who: pg\string
[i] Default mark: pg\string << "!"
[t] |T.Call
[\] |U.Log.Info << "setup {who}"
[r] said: pg\string << "hello {who}{mark}"
[/] |U.Log.Info << "cleanup"
[o] >> said
[x]`,
    inputs: { who: "you" },
    outputs: { said: "hello you!" },
    said: ["setup you", "cleanup"],
  },
  {
    title: "a tuple binds to several results, the flow form gives arguments",
    text: raw`
[|] Main
[t] |T.Call
[r] @Py|pair << 4 >> a: py\int >> b: py\int
[r] a, b >> @Py|add >> sum: py\int
[o] >> sum
[o] >> b
[x]`,
    outputs: { sum: 12, b: 8 },
  },
  {
    title: "named arguments go by keyword in Python",
    text: raw`
[|] Main
[t] |T.Call
[r] @Py|add << b: "b" << "a" >> text: py\str
[o] >> text
[x]`,
    outputs: { text: "ab" },
  },
  {
    title: "forks, an inline branch, an order, a join",
    text: raw`
[|] Main
[i] n: pg\int
[t] |T.Call
[f] |Left
[~][r] @Py|add << n << 1 >> x: py\int
[~][r] |U.Log.Info << "left"
[~][o] >> x
[f] @Py|add << n << 10 >> y: py\int
[f] |Third
[~]<|< Left
[~][r] |U.Log.Info << "third"
[j] |JoinAll
[r] @Py|add << x << y >> sum: py\int
[o] >> sum
[x]`,
    inputs: { n: 1 },
    outputs: { sum: 13 },
    said: ["left", "third"],
  },
  {
    title: "a later fork reads an earlier one's variable and waits for it",
    text: raw`
[|] Main
[t] |T.Call
[f] @Py|add << 1 << 2 >> x: py\int
[f] @Py|add << x << 10 >> y: py\int
[j] |JoinAll
[o] >> y
[x]`,
    outputs: { y: 13 },
  },
  {
    title: "JoinFirst takes the one that comes first, and the other is killed",
    text: raw`
[|] Main
[t] |T.Call
[f] @Py|add << 1 << 2 >> a: py\int
[f] @Py|hang >> b: py\int
[j] |JoinFirst >> winner: py\int
[o] >> winner
[x]`,
    outputs: { winner: 3 },
  },
  {
    title: "a nested fork",
    text: raw`
[|] Main
[t] |T.Call
[f] |Outer
[~][f] @Py|add << 1 << 1 >> a: py\int
[~][f] @Py|add << 2 << 2 >> b: py\int
[~][j] |JoinAll
[~][r] @Py|add << a << b >> sum: py\int
[~][o] >> sum
[j] |JoinAll
[o] >> sum
[x]`,
    outputs: { sum: 6 },
  },
  {
    title: "the error of a branch is handled at the join",
    text: raw`
[|] Main
[t] |T.Call
[f] |Bad
[~][r] @Py|fail << "ValueError" << "boom"
[f] @Py|add << 1 << 1 >> y: py\int
[j] |JoinAll
[~][!] !> e: py\!ValueError
[~][~][r] |U.Log.Info << "{e.message}"
[o] >> y
[x]`,
    outputs: { y: 2 },
    said: ["boom"],
  },
  {
    title: "handlers match along the class hierarchy, the first that matches runs",
    text: raw`
[|] Main
[t] |T.Call
[r] r: pg\string << "before"
[r] @Py|fail << "ValueError" << "boom"
[~][!] !> py\!KeyError
[~][~][r] |U.Log.Info << "no"
[~][!] !> e: py\!Exception
[~][~][r] |U.Log.Info << "{e.type}: {e.message}"
[~][~][r] r << "mended"
[!] !> pg\!Any
[~][r] |U.Log.Info << "never"
[o] >> r
[x]`,
    outputs: { r: "mended" },
    said: [raw`py\!ValueError: boom`],
  },
  {
    title: "an error of JavaScript that nobody handles is the outcome, after cleanup",
    text: raw`
[|] Main
[t] |T.Call
[r] @Js|fail << "no way"
[!] !> py\!Exception
[~][r] |U.Log.Info << "no"
[/] |U.Log.Info << "cleanup"
[x]`,
    outcome: "failed",
    error: raw`js\!TypeError`,
    said: ["cleanup"],
  },
  {
    title: "a retry whose tries are used up runs the fallback",
    text: raw`
[|] Main
[t] |T.Call
[r] @Py|fail << "ValueError" << "boom"
[~][!] !> pg\!Any
[~][~][r] |U.Error.Retry << max_attempts: 2
[~][~][r] |U.Log.Info << "fallback"
[~][~][x] |Exit << 4
[/] |U.Log.Info << "cleanup"
[x]`,
    outcome: "failed",
    exitCode: 4,
    said: ["fallback", "cleanup"],
  },
  {
    title: "an output of a handler counts behind the block's own, and is None when not reached",
    text: raw`
[|] Main
[t] |T.Call
[r] @Py|add << 1 << 1 >> x: py\int
[~][!] !> e: pg\!Any
[~][~][o] >> problem << e.message
[o] >> x
[x]`,
    outputs: { x: 2, problem: null },
  },
  {
    title: "switches are tested in turn, Default belongs to its run",
    text: raw`
[|] Main
[i] n: pg\int
[t] |T.Call
[?] n ?> 1
[~][r] |U.Log.Info << "one"
[?] n ?> 2
[~][r] |U.Log.Info << "two"
[~][o] >> was << "two"
[?] n ?> Default
[~][r] |U.Log.Info << "other"
[?] @Py|is_big << n
[~][r] |U.Log.Info << "big"
[o] >> was << "none"
[x]`,
    inputs: { n: 2 },
    outputs: { was: "two" },
    said: ["two"],
  },
  {
    title: "Default and a call, for another value",
    text: raw`
[|] Main
[i] n: pg\int
[t] |T.Call
[?] n ?> 1
[~][r] |U.Log.Info << "one"
[?] n ?> Default
[~][r] |U.Log.Info << "other"
[?] @Py|is_big << n
[~][r] |U.Log.Info << "big"
[x]`,
    inputs: { n: 11 },
    outputs: {},
    said: ["other", "big"],
  },
  {
    title: "a range of the library",
    text: raw`
[|] Main
[i] n: pg\int
[t] |T.Call
[r] |U.IntRange << 1 << 5 >> low
[?] n ?> low
[~][r] |U.Log.Info << "low"
[x]`,
    inputs: { n: 5 },
    outputs: {},
    said: ["low"],
  },
  {
    title: "enums compare, and read as their member",
    text: raw`
[#] Quality
[D] Good
[D] Poor
[x]
[|] Main
[t] |T.Call
[r] q: pg\Enum << #Quality.Good
[?] q ?> #Quality.Poor
[~][r] |U.Log.Info << "poor"
[?] q ?> #Quality.Good
[~][r] |U.Log.Info << "is {q}"
[x]`,
    outputs: {},
    said: ["is Quality.Good"],
  },
  {
    title: "a called pipeline has its own scope, cleanup and defaults",
    text: raw`
[|] Inner
[i] t: pg\string
[i] Default times: pg\int << 3
[t] |T.Call
[r] @Js|shout << t >> loud: js\string
[/] |U.Log.Info << "inner cleanup"
[o] >> loud
[o] >> times
[x]
[|] Main
[t] |T.Call
[r] |Inner << "abc" >> up >> n
[r] |U.Log.Info << "{up} {n}"
[o] >> up
[x]`,
    outputs: { up: "ABC" },
    said: ["inner cleanup", "ABC 3"],
  },
  {
    title: "exit in a called pipeline ends the caller, with the cleanup of both",
    text: raw`
[|] Inner
[t] |T.Call
[x] |Exit << 7
[/] |U.Log.Info << "inner cleanup"
[x]
[|] Main
[t] |T.Call
[r] |Inner
[r] |U.Log.Info << "never"
[/] |U.Log.Info << "outer cleanup"
[x]`,
    outcome: "failed",
    exitCode: 7,
    said: ["inner cleanup", "outer cleanup"],
  },
  {
    title: "a pipeline that calls itself inside of a switch",
    text: raw`
[|] Down
[i] n: pg\int
[t] |T.Call
[r] |U.Log.Info << "{n}"
[r] |U.Compare.GreaterThan << n << 0 >> more
[?] more ?> True
[~][r] @Py|add << n << -1 >> m: pg\int
[~][r] |Down << m
[x]
[|] Main
[t] |T.Call
[r] |Down << 2
[x]`,
    outputs: {},
    said: ["2", "1", "0"],
  },
  {
    title: "a macro around the phases, with an input and an output",
    text: raw`
[m] Frame
[i] name: pg\string
[\] |U.Log.Info << "open {name}"
[v]
[/] |U.Log.Info << "close {name}"
[o] >> tag << "<{name}>"
[x]
[|] Main
[t] |T.Call
[w] |Frame << "x" >> tag
[\] |U.Log.Info << "setup"
[r] |U.Log.Info << "run {tag}"
[/] |U.Log.Info << "cleanup"
[x]`,
    outputs: {},
    said: ["open x", "setup", "run <x>", "cleanup", "close x"],
  },
  {
    title: "the library over values: text, math, collections, JSON, time",
    text: raw`
[|] Main
[t] |T.Call
[r] |U.String.Split << "b,a,c" << "," >> parts
[r] |U.Collection.Sort << parts >> sorted
[r] |U.String.Join << sorted << "-" >> joined
[r] |U.Math.Divide << 7 << 2 >> half
[r] |U.Json.Stringify << {"a": [1, True, None]} >> json
[r] |U.Time.Add << T"2026-01-31" << T"0-1-" >> later
[r] |U.Log.Info << "{joined} {half} {json} {later}"
[x]`,
    outputs: {},
    said: ['a-b-c 3.5 {"a":[1,true,null]} 2026-02-28T00:00:00Z'],
  },
  {
    title: "an assignment that does not convert is handled like any other step",
    text: raw`
[|] Main
[i] n: pg\any
[t] |T.Call
[r] small: pg\int << n
[!] !> pg\!ConversionError
[~][r] small: pg\int << -1
[o] >> small
[x]
`,
    inputs: { n: "not a number" },
    outputs: { small: -1 },
  },
  {
    title: "a raised error with a type is handled by its name",
    text: raw`
[|] Main
[t] |T.Call
[r] |U.Error.Raise << "too late" << "pg\\!TimeoutError"
[x]`,
    outcome: "failed",
    error: raw`pg\!TimeoutError`,
  },
  {
    title: "a background branch does not hold up the end, and goes on as an execution of its own",
    text: raw`
[|] Main
[t] |T.Call
[b] |Aside
[~][r] |U.Sleep << T"1"
[~][r] |U.Log.Info << "aside"
[r] |U.Log.Info << "main"
[x]`,
    outputs: {},
    said: ["main"],
  },
  {
    title: "a timeout kills, and cleanup runs",
    text: raw`
[|] Main
[t] |T.Call
[q] |Q.Kill.ExecutionTimeout << T"0.05"
[r] |U.Sleep << T"600"
[/] |U.Log.Info << "cleanup"
[x]`,
    outcome: "killed",
    error: raw`pg\!TimeoutError`,
    said: ["cleanup"],
  },
  {
    title: "a pipeline for each item of a list, with another one inside",
    text: raw`
[|] Row
[i] row: pg\list<int>
[t] |T.Call
[r] |U.Collection.Map << row << "Twice" << parallel: 2 >> twice
[r] |U.Collection.Reduce << twice << "Sum" << start: 0 >> sum
[o] >> sum
[x]
[|] Twice
[i] n: pg\int
[t] |T.Call
[r] @Py|add << n << n >> twice: py\int
[o] >> twice
[x]
[|] Sum
[i] total: pg\int
[i] n: pg\int
[t] |T.Call
[r] |U.Math.Add << total << n >> sum: pg\int
[o] >> sum
[x]
[|] IsBig
[i] n: pg\int
[t] |T.Call
[r] @Py|is_big << n >> big: py\bool
[o] >> big
[x]
[|] Main
[i] rows: pg\list<list<int>>
[t] |T.Cli
[f] |Sums
[~][r] |U.Collection.Map << rows << "Row" << parallel: 3 >> sums
[~][o] >> sums
[j] |JoinAll
[r] |U.Collection.Filter << sums << "IsBig" >> big
[o] >> sums
[o] >> big
[x]
`,
    inputs: { rows: [[1, 2], [], [10, 20]] },
    outputs: { sums: [6, 0, 60], big: [60] },
  },
  {
    title: "tables, documents, times and conversions of the library",
    text: raw`
[|] Main
[i] table: pg\string
[t] |T.Cli
[w] |W.Record.Timer << "all"
[r] |U.Csv.Parse << table << delimiter: ";" >> rows
[r] |U.Yaml.Stringify << rows >> yaml
[r] |U.Yaml.Parse << yaml >> again
[r] |U.Compare.Equal << rows << again >> same
[r] |U.String.Matches << yaml << "(?m)^- name: A" >> found
[r] |U.Time.Parse << "15.07.2026 12:30" << "dd.MM.yyyy HH:mm" << "Europe/Berlin" >> time
[r] |U.Time.Format << time >> iso
[r] |U.Collection.Size << rows >> size
[r] |U.Convert.Pg.Int.To.Py.Float << size >> count: pg\float
[?] |T.Assert << found << "nobody"
[~][r] |U.Log.Info << "found at {iso}"
[o] >> same
[o] >> count
[x]
`,
    inputs: { table: "name;age\nAnn;30\nBob;7\n" },
    outputs: { same: true, count: { $float: "2" } },
    said: ["found at 2026-07-15T10:30:00Z"],
  },
  {
    title: "an error of a class runs a pipeline, and the run ends in order",
    text: raw`
[|] Recover
[i] error: pg\dict
[t] |T.Call
[r] |U.Log.Warning << "recover from {error.type}"
[x]
[|] Main
[t] |T.Cli
[r] |U.Error.Raise << "full" << "pg\\!DiskFullError"
[~][!] !> e: pg\!Any
[~][~][r] |U.Error.Handle.Timeout << "Recover" >> late
[~][~][r] |U.Error.Handle.ResourceLimit << "Recover" >> full
[~][~][r] |U.Log.Info << "{late} {full}"
[~][~][r] |U.Shutdown << "{e.message}"
[/] |U.Log.Info << "cleanup"
[x]
`,
    outcome: "failed",
    exitCode: 1,
    said: ["recover from pg\\!DiskFullError", "False True", "full", "cleanup"],
  },
];
