import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fragments } from "./conformance/fragments.ts";
import { createCompiler, type Diagnostic, formatDiagnostic } from "./index.ts";

const compiler = await createCompiler();

/** Contents that each file of the project may have. They declare, change and use each other's names. */
const variants: Readonly<Record<string, readonly string[]>> = {
  "a/one.pg": [
    '[@] x>A#1\n[D] @Py << py"./code.py"\n[D] @B << @x>B\n[D] py\\list >> py\\Rows\n[X]\n[|] Load\n[i] path: pg\\string\n[t] |T.Call\n[r] @Py|load << path >> rows\n[o] >> rows: py\\Rows\n[x]\n',
    '[@] x>A#1\n[D] @Py << py"./code.py"\n[D] @B << ../b\n[D] py\\int >> py\\Rows\n[X]\n[|] Load\n[i] path: pg\\string\n[i] n: pg\\int\n[t] |T.Call\n[Q] |Q.Kill.GracePeriod << T"5"\n[r] @B|Count << n >> rows\n[o] >> rows\n[x]\n',
    "[@] x>A#1\n[D] @Py << git+https://example.com/x.git@v1\n[X]\n[|] Loed\n[t] |T.Cli\n[r] @Py|Load\n[x]\n",
    "[@] x>A\n[X]\n[|] Load\n[t] |T.Cli\n[r] |Nope\n[r] |Lod\n[r] |U.Log.Inf\n[x]\n",
  ],
  "a/two.pg": [
    '[@] x>A#2\n[X]\n[m] Around\n[i] text: pg\\string\n[\\] |Load << text >> got\n[v]\n[o] >> got\n[x]\n[|] Two\n[t] |T.Cli\n[w] |Around << "a" >> rows\n[r] |Load << "b" >> more: py\\Rows\n[r] @B|Count << 5 >> number\n[o] >> more\n[o] >> number\n[o] >> rows\n[x]\n',
    '[@] x>A#2\n[X]\n[|] Two\n[Q] |Q.ToQueue << #Queue.Fast\n[t] |T.Cli\n[r] @Py|load << 5\n[r] kind << #Kind.Good\n[r] |U.Call << "x>B#Count" << {"n": 1}\n[r] |U.Collection.Map << [1] << "Load" >> _x\n[f] |Load\n[~][r] y << 1\n[~][o] >> y\n[j] |JoinAll\n[o] >> kind\n[x]\n',
    "[@] x>A#3\n[X]\n[|] Two\n[t] |T.Call\n[r] |Two\n[x]\n",
  ],
  "b/b.pg": [
    "[@] x>B\n[X]\n[#] Kind\n[D] Good\n[x]\n[#] Queue\n[D] Fast\n[x]\n[|] Count\n[i] n: pg\\int\n[t] |T.Call\n[r] m: pg\\int << n\n[o] >> m\n[x]\n",
    "[@] x>B\n[X]\n[#] Kind\n[D] Bad\n[x]\n[|] Count\n[i] n: pg\\string\n[t] |T.Call\n[r] m << unknown\n[o] >> m\n[x]\n[m] Around\n[v]\n[x]\n",
    "[@] x>B\n[D] @A << @x>A\n[X]\n[|] Count\n[i] Default n: pg\\int << 1\n[t] |T.Call\n[r] @A|Load << n\n[x]\n",
    `[@] x>B\n[X]\n[|] Count\n[t] |T.Call\n${"[r] |Cout\n".repeat(30)}[x]\n[|] Coont\n[t] |T.Call\n[r] |Coun\n[x]\n`,
    `[@] x>B\n[X]\n[|] Count\n[t] |T.Call\n${"[r] a << b\n".repeat(1_005)}[x]\n[|] More\n[t] |T.Call\n[r] a << b\n[x]\n`,
  ],
  "c.pg": [
    '[@] x>C\n[D] @B << ./b\n[D] @A << @x>A\n[X]\n[|] All\n[t] |T.Cli\n[w] |W.PostgreSQL << "db" >> _db\n[r] |Count << 1 >> n\n[r] |Two\n[r] |Load << "a" >> rows\n[o] >> n\n[o] >> rows\n[x]\n[|] Local\n[@] @Only << @x>B\n[t] |T.Cli\n[r] @Only|Count << 2 >> k\n[r] z << @Only#Kind.Bad\n[o] >> k\n[o] >> z\n[x]\n',
    "[@] x>C\n[X]\n[#] Queue\n[D] Fast\n[~][Q] |Q.MaxSize << 5\n[x]\n",
    "[@] x>B\n[X]\n",
  ],
  "a/code.py": ["def load(path): return [path]\n", "def load(path: int) -> int:\n    return 5\n", "def lode(: pass\n"],
  "objects.yaml": [
    "apiVersion: polyglot.dev/v1\nkind: Connection\nmetadata: { name: db }\nspec: { type: sqlite, url: 'sqlite:a' }\n",
    "apiVersion: polyglot.dev/v1\nkind: Queue\nmetadata: { name: Fast }\nspec: { deadLetter: { queue: Lost } }\n",
  ],
};
const paths = Object.keys(variants);

/** One of a file's contents, perhaps with a fragment put into it; or the file goes away. */
const edit = fc.constantFrom(...paths).chain((path) =>
  fc.tuple(
    fc.constant(path),
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...(variants[path] ?? [])) },
      { weight: 1, arbitrary: fc.constant(undefined) },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.constantFrom(...(variants[path] ?? [])), fc.constantFrom(...fragments), fc.nat())
          .map(([text, fragment, at]) => {
            const place = at % (text.length + 1);
            return text.slice(0, place) + fragment + text.slice(place);
          }),
      },
    ),
  ),
);

type Changes = readonly (readonly [string, string | undefined])[];

function compareWithCompiles(rounds: readonly Changes[]): void {
  const session = compiler.openSession();
  const files = new Map<string, Uint8Array>();
  const said = new Map<string, readonly Diagnostic[]>();
  for (const changes of rounds) {
    for (const [path, text] of changes) {
      if (text === undefined) files.delete(path);
      else files.set(path, new TextEncoder().encode(text));
    }
    for (const [path, found] of session.update(new Map(changes))) said.set(path, found);
    const all = [...said].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, found]) => found);
    expect(all).toEqual(compiler.compile({ files }).diagnostics);
  }
}

test("after any edits it says what a compile of all files says", () => {
  const round = fc.array(edit, { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(fc.array(round, { minLength: 1, maxLength: 12 }), compareWithCompiles), { numRuns: 100 });
}, 120_000);

const library = (lines: string): string => `[@] x>Lib\n[X]\n${lines}`;
const main = (lines: string, imports = "[D] @Lib << @x>Lib\n"): string =>
  `[@] x>Main\n${imports}[X]\n[|] Main\n[t] |T.Cli\n${lines}[x]\n`;
const around = (type: string): string => `[m] Around\n[\\] got: pg\\${type} << None\n[v]\n[o] >> got\n[x]\n`;
const wrong = (count: number): string => '[r] _n: pg\\int << "a"\n'.repeat(count);

/** Each is a project, and what an edit of another file of it changes for a pipeline whose lines stay the same. */
const scenarios: Readonly<Record<string, readonly Changes[]>> = {
  "the outputs of a macro": [
    [
      ["lib/lib.pg", library(around("any"))],
      ["main.pg", main("[w] @Lib|Around >> got\n[r] n: pg\\int << got\n[o] >> n\n")],
    ],
    [["lib/lib.pg", library('[m] Around\n[\\] got: pg\\string << "a"\n[v]\n[o] >> got\n[x]\n')]],
  ],
  "an import that a name without alias uses": [
    [
      ["lib/lib.pg", library("[|] Load\n[t] |T.Call\n[r] |U.Print << 1\n[x]\n")],
      ["main.pg", main("[r] |Load\n")],
    ],
    [["lib/lib.pg", library("[|] Load\n[t] |T.Call\n[r] |U.Print << 2\n[x]\n")]],
  ],
  "an import that only a member without alias may use": [
    [
      ["lib/lib.pg", library("")],
      ["main.pg", main("[r] _kind << #Kind.Good\n", "[D] @Far << git+https://example.com/x.git@v1\n")],
    ],
    [["lib/lib.pg", library("[#] Other\n[D] A\n[x]\n")]],
  ],
  "more findings than are kept": [
    [
      ["lib/lib.pg", library("[|] Load\n[i] text: pg\\string\n[t] |T.Call\n[r] |U.Print << text\n[x]\n")],
      ["main.pg", `${main("[r] @Lib|Load << 5\n".repeat(600))}[|] Second\n[t] |T.Cli\n${wrong(600)}[x]\n`],
    ],
    [["lib/lib.pg", library("[|] Load\n[i] text: pg\\int\n[t] |T.Call\n[r] |U.Print << text\n[x]\n")]],
  ],
};

// oxlint-disable-next-line vitest/expect-expect -- the comparison expects
test.each(Object.entries(scenarios))("what changes with %s", (_title, rounds) => {
  compareWithCompiles(rounds);
});

test("an update answers the files whose findings changed, and no others", () => {
  const session = compiler.openSession();
  const good = "[@] x>Lib\n[X]\n[|] Load\n[i] path: pg\\string\n[t] |T.Call\n[r] |U.Log.Info << path\n[x]\n";
  const caller = "[@] x>Main\n[D] @Lib << @x>Lib\n[X]\n[|] Main\n[t] |T.Cli\n[r] @Lib|Load << 5\n[x]\n";
  const other = '[@] x>Other\n[X]\n[|] Other\n[t] |T.Cli\n[r] |U.Log.Info << "x"\n[x]\n';
  const update = (changes: Readonly<Record<string, string | undefined>>) =>
    [...session.update(new Map(Object.entries(changes)))].map(([path, found]) => [path, found.map(formatDiagnostic)]);
  expect(update({ "lib/lib.pg": good, "main/main.pg": caller, "other/other.pg": other })).toEqual([
    ["main/main.pg", [expect.stringMatching(/^main\/main\.pg:6:15: error PG3001/)]],
  ]);
  expect(update({ "lib/lib.pg": good.replace("path: pg\\string", "path: pg\\int") })).toEqual([["main/main.pg", []]]);
  expect(update({ "other/other.pg": other.replace("x>Other", "x>Else") })).toEqual([]);
  expect(update({ "lib/lib.pg": undefined })).toEqual([
    ["main/main.pg", [expect.stringMatching(/^main\/main\.pg:2:13: error PG2003/)]],
  ]);
});
