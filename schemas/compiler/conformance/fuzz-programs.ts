/** Odd programs, by seed and corpus: fragments in any order, changed programs of the corpus, and times of any form. */
import { type Program, readCorpus } from "./corpus.ts";
import { fragments } from "./fragments.ts";
import { mutate } from "./mutate.ts";
import { choose, createRandom, type Random } from "./random.ts";

/** Fragments of one program. */
const maxFragments = 24;
/** Characters between the quotes of a time. */
const maxTimeLength = 14;

const head = "[@] test>Space\n[X]\n[|] Main\n[t] |T.Cli\n";

type Files = ReadonlyMap<string, string>;
type Maker = (random: Random, corpus: readonly Program[]) => Files;

const makers: readonly [Maker, ...Maker[]] = [changeProgram, changeProgram, changeProgram, joinFragments, writeTimes];

export function* fuzzPrograms(seed: number, count: number): Generator<Files> {
  const random = createRandom(seed);
  const corpus = readCorpus();
  for (let index = 0; index < count; index++) yield choose(makers, random)(random, corpus);
}

function changeProgram(random: Random, corpus: readonly Program[]): Files {
  const { files } = corpus[random(corpus.length)] ?? { files: new Map<string, string>() };
  const others = [...(corpus[random(corpus.length)]?.files.values() ?? [])];
  const changed = random(Math.max(1, files.size));
  return new Map(
    [...files].map(([path, text], index) => [path, index === changed ? mutate(text, random, others[0] ?? "") : text]),
  );
}

function joinFragments(random: Random): Files {
  const parts = Array.from({ length: 1 + random(maxFragments) }, () => fragments[random(fragments.length)] ?? "");
  return new Map([["main.pg", random(2) === 0 ? parts.join("") : `${head}${parts.join("")}[x]\n`]]);
}

function writeTimes(random: Random): Files {
  const lines = Array.from({ length: 8 }, () => `[r] |U.Log.Info << T"${createTime(random)}"\n`);
  return new Map([["main.pg", `${head}${lines.join("")}[x]\n`]]);
}

const timeParts = [
  "0",
  "1",
  "5",
  "12",
  "31",
  "59",
  "99",
  "2026",
  "-",
  "-",
  ":",
  ":",
  "|",
  ".",
  "02",
  "29",
  "T",
  "{a}",
] as const;

function createTime(random: Random): string {
  const length = random(maxTimeLength / 2);
  return Array.from({ length }, () => choose(timeParts, random)).join("");
}
