import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, polyglotCommand, session } from "./session.fixture.ts";
import { RunningUp } from "./up.fixture.ts";

const load = (at: string, step: string) => `\
[@] io.example>Load
[X]

[|] Load
[i] Default row: pg\\int << 3
[t] |T.Daily << "${at}" << timezone: "Europe/Berlin"
[r] |U.Math.Add << row << 1 >> sum: pg\\int
${step}
[o] sum
[x]
`;

test("a plan shows what an apply would change; its hash applies that, or nothing", async () => {
  const folder = createFolder({ "load.pg": load("07:30", '[r] |U.Log << "sum {sum}"') });
  await RunningUp.start(folder);
  const next = createFolder();
  writeFileSync(join(next, "load.pg"), load("07:30", '[r] |U.Log << "total {sum}"'));
  const secret = "apiVersion: polyglot.dev/v1\nkind: Secret\nmetadata: { name: key }\nspec: { store: true }\n";
  writeFileSync(join(next, "key.yaml"), secret);

  const shown = await session(folder, `plan -f ${next}`);
  const hash = /plan ([0-9a-f]{16})/.exec(shown)?.[1] ?? "";
  expect(shown).toBe(`\
$ polyglot plan -f ${next}
+ Secret/key created
    + store: true
~ Pipeline/io.example>Load#Load changed
    …
      [Q] queue: Default
      [r] |U.Math.Add << a: row << b: 1 >> sum: pg\\int
    - [r] |U.Log << message: "sum {sum}"
    + [r] |U.Log << message: "total {sum}"
      [o] sum: pg\\int
1 created, 1 changed, 0 as they are; plan ${hash}
(10)`);
  expect(await polyglotCommand(folder, ["apply", "-f", next, "--plan", "0000000000000000"])).toMatchObject({ code: 1 });
  expect(await session(folder, `apply -f ${next} --wait --plan ${hash}`, `plan -f ${next}`)).toBe(`\
$ polyglot apply -f ${next} --wait --plan ${hash}
Secret/key created
Pipeline/io.example>Load#Load changed
$ polyglot plan -f ${next}
nothing to change, 2 as they are`);
  expect(await polyglotCommand(folder, ["apply", "-f", next, "--plan", hash])).toMatchObject({ code: 1 });
  expect(await polyglotCommand(folder, ["plan", "-f", next, "-o", "json"])).toMatchObject({ code: 0 });

  writeFileSync(join(next, "load.pg"), load("08:15", "").replace("Load\n[i]", "Other\n[i]"));
  const pruned = await session(folder, `plan -f ${next} --prune`);
  expect(pruned).toContain("- Pipeline/io.example>Load#Load removed");
  expect(pruned).toContain("> |T.Schedule.Daily fires at ");
  expect(await session(folder, `apply -f ${next} --prune`)).toContain("Pipeline/io.example>Load#Load removed");
  expect((await polyglotCommand(folder, ["get", "pipelines", "-o", "name"])).stdout).toBe("io.example>Load#Other\n");
});

const queue = (spec: string) =>
  `apiVersion: polyglot.dev/v1\nkind: Queue\nmetadata: { name: Etl }\nspec: { paused: true, ${spec} }\n`;

test("a plan says which waiting executions would stand elsewhere, and what would not be let in any more", async () => {
  const config = "kind: PipelineConfig\nmetadata: { name: load }\nspec: { selector: {}, queue: Etl }\n";
  const folder = createFolder({
    "load.pg": load("07:30", ""),
    "etl.yaml": `${queue("type: fifo")}---\napiVersion: polyglot.dev/v1\n${config}`,
  });
  await RunningUp.start(folder);
  const started: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    const { stdout } = await polyglotCommand(folder, ["run", "io.example>Load#Load"]);
    started.push(stdout.trim());
  }
  const [first, , last] = started;
  const next = createFolder({ "etl.yaml": queue("type: lifo, maxSize: 3") });
  expect(await session(folder, `plan -f ${next}`)).toMatch(
    `\
~ Queue/Etl changed
    ~ type: "fifo" -> "lifo"
    + maxSize: 3
    > 2 waiting executions stand elsewhere
        3 -> 1  ${last} io.example>Load#Load
        1 -> 3  ${first} io.example>Load#Load
    ! 3 wait, at most 3 may: new ones are refused until there is room
0 created`.replace("\n0 created", ""),
  );
});

test("a plan needs files or a repository", async () => {
  expect(await session(createFolder(), "plan")).toBe(`\
$ polyglot plan
! plan of what? -f PATH, or --repository NAME for its newest commit
(2)`);
});
