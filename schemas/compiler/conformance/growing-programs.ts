/** Programs that may have any number of one part: by title, the program of a size. */
export const growingPrograms: Readonly<Record<string, (size: number) => string>> = {
  "blocks of comments": (size) => inPipeline(repeat(size, () => "\\* a *\\\n")),
  "brackets that nothing closes": (size) => inPipeline(`[r] |U.Log.Info << ${"[".repeat(size)}\n`),
  "comments that nothing closes": (size) => inPipeline(repeat(size, () => "\\* a\n")),
  "continued lines": (size) => inPipeline(`[r] |U.Log.Info << [\n${repeat(size, (n) => `[^] ${n},\n`)}[^] 0]\n`),
  defaults: (size) => pipeline(`${repeat(size, (n) => `[i] Default a${n}: pg\\int << ${n}\n`)}[t] |T.Call\n`),
  "enumeration members": (size) => `${head}[#] Sizes\n${repeat(size, (n) => `[D] S${n}\n`)}[x]\n`,
  "calls of a pipeline with many inputs": (size) =>
    `${head}[|] Wide\n${repeat(200, (n) => `[i] Default a${n}: pg\\int << 1\n`)}[t] |T.Call\n[x]\n` +
    mainOf(`[t] |T.Cli\n${repeat(size, () => "[r] |Wide\n")}`),
  "calls with many imports": (size) =>
    `[@] test>Space\n${repeat(size, (n) => `[D] @I${n} << @test>Space\n`)}[X]\n` +
    mainOf(`[t] |T.Cli\n${repeat(size, (n) => `[r] |Unknown${n}\n`)}`),
  "defaults of switches": (size) => inPipeline(`[r] x << 1\n${repeat(size, rowOfSwitches)}`),
  "error handlers": (size) =>
    inPipeline(`[r] |U.Assert << True\n${repeat(size, () => "[!] !> pg\\!Any\n[~][r] |U.Log.Info << 1\n")}`),
  forks: (size) => inPipeline(`${repeat(size, (n) => `[f] |U.Json.Parse << "1" >> f${n}\n`)}[j] |JoinAll\n`),
  "forks that wait": (size) =>
    inPipeline(
      `${repeat(size, (n) => `[f] |F${n}${n === 0 ? "" : ` <|< F${n - 1}`}\n[~][r] |U.Log.Info << 1\n`)}[j] |JoinAll\n`,
    ),
  "forks with handlers": (size) =>
    inPipeline(
      `${repeat(size, (n) => `[f] |U.Json.Parse << "1" >> f${n}\n[!] !> pg\\!Any\n[~][o] >> f${n} << 1\n`)}[j] |JoinAll\n`,
    ),
  imports: (size) => `[@] test>Space\n${repeat(size, (n) => `[D] @_I${n} << py"numpy"\n`)}[X]\n`,
  "inline forks": (size) =>
    inPipeline(`${repeat(size, (n) => `[f] |F${n}\n[~][r] a << 1\n[~][o] >> o${n} << a\n`)}[j] |JoinAll\n`),
  "input lines": (size) => pipeline(`${repeat(size, (n) => `[i] a${n}: pg\\int\n`)}[t] |T.Call\n`),
  interpolations: (size) => inPipeline(`[r] a << 1\n[r] |U.Log.Info << "${"{a}".repeat(size)}"\n`),
  "items of a list": (size) => inPipeline(`[r] |U.Log.Info << [${repeat(size, (n) => `${n}, `)}0]\n`),
  "items of a map": (size) => inPipeline(`[r] |U.Log.Info << {${repeat(size, (n) => `"k${n}": ${n}, `)}"k": 0}\n`),
  joins: (size) => inPipeline(repeat(size, (n) => `[f] |U.Json.Parse << "1" >> f${n}\n[j] |JoinAll\n`)),
  "lines in error": (size) => inPipeline(repeat(size, () => "[r] |U.Log.Info <<\n")),
  macros: (size) => `${head}${repeat(size, (n) => `[m] M${n}\n[v]\n[x]\n`)}`,
  "macros that are applied again": (size) =>
    `${head}[m] M\n${repeat(size, () => "[\\\\] |U.Log.Info << 1\n")}[v]\n[x]\n` +
    repeat(size, (n) => `[|] P${n}\n[t] |T.Cli\n[w] |M\n[x]\n`),
  "names that nothing binds": (size) => inPipeline(repeat(size, (n) => `[r] |U.Log.Info << nothing${n}\n`)),
  "outputs of switches": (size) =>
    inPipeline(`[r] a << 1\n${repeat(size, (n) => `[?] a ?> ${n}\n[~][o] >> o${n} << a\n`)}`),
  outputs: (size) => inPipeline(`[r] a << 1\n${repeat(size, (n) => `[o] >> o${n} << a\n`)}`),
  "pipelines that are called once": (size) =>
    head + repeat(size, (n) => `[|] P${n}\n[t] |T.Call\n[x]\n[|] C${n}\n[t] |T.Cli\n[r] |P${n}\n[x]\n`),
  quotes: (size) => inPipeline(`[r] |U.Log.Info << ${'"a" '.repeat(size)}\n`),
  "steps that bind": (size) => inPipeline(repeat(size, (n) => `[r] v${n} << ${n === 0 ? "0" : `v${n - 1}`}\n`)),
  switches: (size) => inPipeline(`[r] a << 1\n${repeat(size, (n) => `[?] a ?> ${n}\n[~][r] |U.Log.Info << 1\n`)}`),
  "types of types": (size) =>
    `[@] test>Space\n[D] cpp\\map<int,int> >> cpp\\a0\n${repeat(size, (n) => `[D] cpp\\map<a${n},a${n}> >> cpp\\a${n + 1}\n`)}[X]\n`,
  triggers: (size) => pipeline(repeat(size, (n) => `[t] |T.FileCreated << "in/${n}.csv"\n`)),
  "type arguments that nothing closes": (size) => inPipeline(`[r] a: rust\\${"Vec<".repeat(size)} << []\n`),
  "variables that are written again": (size) =>
    inPipeline(`[r] a << 1\n${repeat(size, () => "[r] a << 2\n")}[o] >> a\n`),
};

const rowOfSwitches = (n: number): string => `[?] x ?> ${n}\n[~][r] _a << 1\n[?] x ?> Default\n[~][r] _b << 1\n`;

const head = "[@] test>Space\n[X]\n";
const mainOf = (lines: string): string => `[|] Main\n${lines}[x]\n`;
const pipeline = (lines: string): string => head + mainOf(lines);
const inPipeline = (lines: string): string => pipeline(`[t] |T.Cli\n${lines}`);

const repeat = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join("");
