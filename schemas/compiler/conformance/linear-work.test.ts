import { afterAll, expect, test } from "vitest";
import { WorkCounter } from "./count-work.ts";
import { growingPrograms } from "./growing-programs.ts";

const counter = new WorkCounter((url) => url.includes("/schemas/compiler/"));
await counter.start();
afterAll(() => counter.stop());

// After the start, so that all of it is counted.
const { createCompiler, format } = await import("../index.ts");
const compiler = await createCompiler();

/** Parts of the smaller program, and how many times as many the larger one has. */
const size = 500;
const growth = 4;

/** Work may grow by this much more than the program: sorting, and tables that grow. A square would be 4. */
const allowed = 1.25;

const works = {
  compiling: (text: string) => void compiler.compile({ files: new Map([["main.pg", new TextEncoder().encode(text)]]) }),
  formatting: (text: string) => void format(text),
};

for (const [name, work] of Object.entries(works)) {
  test.each(Object.entries(growingPrograms))(`${name} %s takes linear work`, async (_title, program) => {
    work(program(size));
    const small = await counter.count(() => work(program(size)));
    const large = await counter.count(() => work(program(size * growth)));
    expect(large / small / growth).toBeLessThan(allowed);
  });
}
