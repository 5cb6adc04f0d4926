/** `|U.Convert.`: what a value goes through at a border, as a line of its own. */
import type { Case } from "../case.ts";
import { float, gives, refuses } from "../library-case.ts";

const long = (digits: string) => ({ $int: digits });

export const conversions: readonly Case[] = [
  gives("U.Convert.Pg.Int.To.Py.Float", [3], float("3")),
  gives("U.Convert.Py.int.To.Js.Number", [long("9007199254740993")], long("9007199254740993")),
  gives("U.Convert.Pg.Float.To.Js.Number", [float("-0")], float("-0")),
  gives("U.Convert.Js.Number.To.Pg.Float", [float("NaN")], float("NaN")),
  gives("U.Convert.Polyglot.String.To.Python.Str", ["a\u{1F600}"], "a\u{1F600}"),
  gives("U.Convert.Pg.String.To.Pg.Enum", ["Quality.Good"], { $enum: "test.execute#Quality.Good" }),
  gives("U.Convert.Pg.Enum.To.Pg.String", [{ $enum: "test.execute#Quality.Good" }], "Quality.Good"),
  gives("U.Convert.Pg.Dict.To.Py.Dict", [{ $map: [[1, { $bytes: "AA==" }]] }], { $map: [[1, { $bytes: "AA==" }]] }),
  gives("U.Convert.Pg.List.To.Py.Tuple", [[]], []),
  gives("U.Convert.Pg.Any.To.Pg.Int", [5], 5),
  gives("U.Convert.Pg.Int.To.Rust.u64", [long("18446744073709551615")], long("18446744073709551615")),
  gives("U.Convert.Pg.Int.To.Rust.i8", [-128], -128),
  refuses("U.Convert.Pg.Int.To.Rust.i8", [128], "ConversionError", "value: the int does not fit rust\\i8: -128 to 127"),
  refuses("U.Convert.Pg.Int.To.Rust.u8", [-1], "ConversionError"),
  refuses("U.Convert.Pg.Int.To.Cpp.int", [2 ** 31], "ConversionError"),
  refuses("U.Convert.Pg.Int.To.Pg.Float", [long("9007199254740993")], "ConversionError"),
  refuses("U.Convert.Pg.Any.To.Pg.Int", ["5"], "ConversionError", "value: a text has no converter to pg\\int"),
  refuses("U.Convert.Js.Number.To.Pg.Int", [1.5], "ConversionError", "value: a float has no converter to pg\\int"),
  refuses("U.Convert.Pg.Dict.To.Py.Dict", [[1]], "ConversionError"),
];
