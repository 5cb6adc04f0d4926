/** The thread that compiles: a repository that is large or slow to compile does not hold up the controller's event loop. */
import { parentPort } from "node:worker_threads";
import { createCompiler } from "@polyglot/compiler";
import type { FileSet } from "@polyglot/contracts";

if (parentPort === null) throw new Error("compile-worker runs as a worker thread only");
const port = parentPort;
const compiler = await createCompiler();
port.on("message", (files: FileSet) => port.postMessage(compiler.compile({ files })));
