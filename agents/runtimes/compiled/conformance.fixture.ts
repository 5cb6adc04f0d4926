/** What the conformance suite needs to know of the compiled languages: functions by kind, and what they cannot have. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { ConformanceFailure, ConformanceHost } from "../conformance/case.ts";

type Facts = Pick<ConformanceHost, "echoes" | "lacks" | "lineageOfRejected" | "failures" | "misfits"> & {
  readonly path: string;
  readonly other: Readonly<Record<string, string>>;
  /** Functions that answer what they are given, beyond one for each kind. */
  readonly besides: readonly (readonly [name: string, given: CanonicalValue, answer?: CanonicalValue])[];
};

const typed = "a function has one type for its parameter and its result";
const lackedByBoth = {
  mixedMap: typed,
  mixed: typed,
  datetime: "its standard library has no calendar",
  "an asynchronous function is awaited": "functions are called as they are, without an executor",
  "what a generator yields is a list, also of an asynchronous one": "functions return values",
  "the trace of an error has the user's own frames": "errors carry no frames; a panic says its place",
  "what is printed after its function has returned is no other call's":
    "prints go to the process's own streams, which do not say who wrote",
  "one result takes the whole of a tuple whose function is not known": "a function is built, so it is known",
  "defaults hold for what is left out before another argument": "a call leaves out at the end",
} as const;

const failure = (name: string, argument: CanonicalValue, lineage: string[], message: RegExp): ConformanceFailure => ({
  call: { function: name, arguments: [{ value: argument }], results: ["pg\\any"] },
  lineage,
  message,
});

const misfit = (name: string, value: CanonicalValue, message: RegExp): ConformanceHost["misfits"][number] => ({
  call: { function: name, arguments: [{ value }], results: ["pg\\any"] },
  message,
});

const rust: Facts = {
  path: "lib/functions.rs",
  echoes: {
    bool: { function: "echo_bool", type: "rust\\bool" },
    int: { function: "echo_int", type: "rust\\i64" },
    largeInt: { function: "echo_unsigned", type: "rust\\u64" },
    unboundedInt: { function: "echo_huge", type: "rust\\i128" },
    float: { function: "echo_float", type: "rust\\f64" },
    text: { function: "echo_text", type: "rust\\&str" },
    bytes: { function: "echo_bytes", type: "rust\\&[u8]" },
    ints: { function: "echo_ints", type: "rust\\&Vec<i64>" },
    floats: { function: "echo_floats", type: "rust\\&[f64]" },
    map: { function: "echo_map", type: "rust\\HashMap<String,i64>" },
    taggedMap: { function: "echo_map", type: "rust\\HashMap<String,i64>" },
    intMap: { function: "echo_int_map", type: "rust\\&BTreeMap<i64,String>" },
    optional: { function: "echo_optional", type: "rust\\Option<i64>" },
    array: { function: "echo_array", type: "rust\\[i32;3]" },
    nested: { function: "echo_nested", type: "rust\\Vec<HashMap<String,Vec<Option<i64>>>>" },
  },
  besides: [
    ["echo_byte", -128],
    ["echo_single", { $float: "0.5" }, 0.5],
    ["echo_owned_text", "text"],
    ["echo_text_reference", "text"],
    ["echo_character", "\u{1F600}"],
    ["echo_set", ["b", "a", "b"], ["a", "b"]],
    ["echo_pairs", [["a", 1]]],
    ["echo_bytes", [0, 255], { $bytes: "AP8=" }],
    ["shapes.inner.twice", 4, 8],
    ["match", 5],
  ],
  lacks: {
    ...lackedByBoth,
    "defaults hold for what is left out at the end": "parameters have no defaults",
    "a result that no converter takes is an error with the path to the element": "every value of its types converts",
  },
  lineageOfRejected: ["Rejected"],
  failures: [
    failure("refuse", 7, ["Refused"], /^ByRule\(7\)$/),
    failure("parse", "seven", ["ParseIntError", "ParseError", "num::error::ParseIntError"], /invalid digit/),
    failure("panic_by", "index", ["Panic"], /len is 0 but the index is 3/),
    failure("panic_by", "none", ["NoneError", "Panic"], /`None` value/),
    failure("panic_by", "borrow", ["BorrowError", "Panic"], /already mutably borrowed/i),
    failure("panic_by", "lock", ["LockError", "Panic"], /PoisonError/),
    failure("panic_by", "thread", ["ThreadError", "Panic"], /Any/),
    failure("panic_by", "you", ["Panic"], /^as you asks$/),
  ],
  misfits: [
    misfit("echo_byte", 128, /^value: the int 128 does not fit i8$/),
    misfit("echo_unsigned", -1, /^value: the int -1 does not fit u64$/),
    misfit("echo_int", { $int: "9223372036854775808" }, /^value: the int 9223372036854775808 does not fit i64$/),
    misfit("echo_int", 1.5, /^value: a float has no converter to rust\\i64$/),
    misfit("echo_character", "ab", /^value: a text of 2 characters is no char$/),
    misfit("echo_array", [1, 2], /^value: 2 elements where the array takes 3$/),
    misfit("echo_pairs", [["a", 1], ["b"]], /^value\[1\](\[1\])?: 1 elements where the tuple takes 2$/),
    misfit("echo_nested", [{}, { a: [1, "2"] }], /^value\[1\]\.a\[1\]: a text has no converter to rust\\i64$/),
    misfit("echo_bytes", [1, 256], /^value\[1\]: the int 256 does not fit u8$/),
  ],
  other: { "lib/helper.rs": 'pub fn name() -> &\'static str {\n    "another helper"\n}\n' },
};

const cpp: Facts = {
  path: "lib/functions.cpp",
  echoes: {
    bool: { function: "echo_bool", type: "cpp\\bool" },
    int: { function: "echo_int", type: "cpp\\int64_t" },
    largeInt: { function: "echo_unsigned", type: "cpp\\uint64_t" },
    float: { function: "echo_float", type: "cpp\\double" },
    text: { function: "echo_text", type: "cpp\\string" },
    bytes: { function: "echo_bytes", type: "cpp\\vector<uint8_t>" },
    ints: { function: "echo_ints", type: "cpp\\vector<long>" },
    floats: { function: "echo_floats", type: "cpp\\vector<double>" },
    map: { function: "echo_map", type: "cpp\\unordered_map<string,int>" },
    taggedMap: { function: "echo_map", type: "cpp\\unordered_map<string,int>" },
    intMap: { function: "echo_int_map", type: "cpp\\map<int,string>" },
    optional: { function: "echo_optional", type: "cpp\\optional<int>" },
    array: { function: "echo_array", type: "cpp\\array<int,3>" },
    nested: { function: "echo_nested", type: "cpp\\vector<map<string,vector<optional<int>>>>" },
  },
  besides: [
    ["echo_byte", -128],
    ["echo_single", 0.5],
    ["echo_set", ["b", "a", "b"], ["a", "b"]],
    ["echo_flags", [true, false]],
    ["echo_pairs", [["a", 1]]],
    ["echo_rows", [{ a: [1, 2] }]],
    ["echo_bytes", [0, 255], { $bytes: "AP8=" }],
    ["shapes.inner.twice", 4, 8],
  ],
  lacks: { ...lackedByBoth, unboundedInt: "its largest int has 64 bits" },
  lineageOfRejected: [
    "Rejected",
    "InvalidArgument",
    "invalid_argument",
    "LogicError",
    "logic_error",
    "Exception",
    "exception",
  ],
  failures: [
    failure("fail_by", "number", ["int", "Exception"], /^a value of the type int was thrown$/),
    failure("fail_by", "text", ["std::string", "Exception"], /a value of the type std::string/),
    failure("fail_by", "memory", ["BadAlloc", "bad_alloc", "Exception", "exception"], /bad_alloc/),
    failure("fail_by", "cast", ["BadCast", "bad_cast", "Exception", "exception"], /bad_cast/),
    failure(
      "fail_by",
      "range",
      ["OutOfRange", "out_of_range", "LogicError", "logic_error", "Exception", "exception"],
      /vector/,
    ),
    failure("fail_by", "runtime", ["RuntimeError", "runtime_error", "Exception", "exception"], /^at runtime$/),
    failure("fail_by", "bytes", ["RuntimeError", "runtime_error", "Exception", "exception"], /not UTF-8/),
    failure("fail_by", "logic", ["LogicError", "logic_error", "Exception", "exception"], /^no logic$/),
    failure(
      "fail_by",
      "else",
      ["InvalidArgument", "invalid_argument", "LogicError", "logic_error", "Exception", "exception"],
      /stoi/,
    ),
  ],
  misfits: [
    misfit("echo_byte", 128, /^value: the int 128 does not fit 8 bits$/),
    misfit("echo_unsigned", -1, /^value: the int -1 does not fit 64 bits without sign$/),
    misfit("echo_int", { $int: "9223372036854775808" }, /^value: the int 9223372036854775808 does not fit 64 bits$/),
    misfit("echo_int", 1.5, /^value: a float has no converter to cpp\\int$/),
    misfit("echo_array", [1, 2], /^value: 2 elements where the array takes 3$/),
    misfit("echo_pairs", [["a", 1], ["b"]], /^value\[1\].*: .*2 elements of the tuple$/),
    misfit("echo_rows", [{}, { a: [1, "2"] }], /^value\[1\]\.a\[1\]: a text has no converter to cpp\\int$/),
    misfit("echo_bytes", [1, 256], /^value\[1\]: the int 256 does not fit 8 bits without sign$/),
  ],
  other: { "lib/helper.hpp": 'namespace helper {\ninline const char* name() { return "another helper"; }\n}\n' },
};

/** Before C++17 there is no `std::optional`: rows without it stand in. */
const cpp11: Facts = {
  ...cpp,
  echoes: {
    ...Object.fromEntries(Object.entries(cpp.echoes).filter(([kind]) => kind !== "optional" && kind !== "nested")),
  },
  lacks: {
    ...cpp.lacks,
    optional: "std::optional is of C++17",
    nested: "std::optional is of C++17",
    "a result that does not fit its type is an error with the path to the element": "std::optional is of C++17",
  },
};

export interface CompiledConformance extends Facts {
  readonly lang: "rust" | "cpp";
  readonly title: string;
  /** As the pipeline asks for it. */
  readonly version?: string;
  /** One standard of a language is asked for everything, the others for what a standard can change. */
  readonly about: "all" | "functions";
}

const view = ["echo_view", "text"] as const;

export const compiledConformance: readonly CompiledConformance[] = [
  { ...rust, lang: "rust", title: "Rust", about: "all" },
  { ...cpp11, lang: "cpp", title: "C++11", version: "11", about: "functions" },
  { ...cpp, lang: "cpp", title: "C++17", version: "17", about: "all", besides: [...cpp.besides, view] },
  { ...cpp, lang: "cpp", title: "C++20", version: "20", about: "functions", besides: [...cpp.besides, view] },
];
