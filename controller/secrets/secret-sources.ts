/**
 * Where values of secrets come from. What an object declares only chooses among what the controller's administrator has
 * opened: variables with one beginning of their names, files below one folder, the store. Read anew each time, so that
 * a value that is replaced counts from the next execution on.
 */
import { constants, open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { isForNamespace, type SecretSpec, secret } from "@polyglot/contracts";
import type { StoredSecret } from "../store/secrets.ts";
import { type MasterKey, WrongMasterKey } from "./master-key.ts";
import { parseValue, secretLimits } from "./secret-limits.ts";

export interface SecretSourceParts {
  readonly masterKey: MasterKey;
  /** Beginning of the variables that secrets may name; absent: none may be named. */
  readonly envPrefix?: string;
  /** Folder of the files that secrets may name; absent: none may be named. */
  readonly folder?: string;
  /** A variable of the controller's own process. */
  readonly variable: (name: string) => string | undefined;
}

export type SecretRead =
  | { readonly kind: "value"; readonly value: string }
  /** Nothing declares it, or it is of the store and has no value there. */
  | { readonly kind: "unknown"; readonly message: string }
  /** For others alone. */
  | { readonly kind: "forbidden"; readonly message: string }
  | { readonly kind: "unavailable"; readonly message: string };

export class SecretSources {
  readonly #parts: SecretSourceParts;

  constructor(parts: SecretSourceParts) {
    this.#parts = parts;
  }

  /** For a pipeline of `namespace`; absent: for nobody, to see whether it could be had. Messages tell nothing of a value. */
  async read(name: string, stored: StoredSecret, namespace?: string): Promise<SecretRead> {
    const spec = specOf(stored);
    if (spec === undefined) return { kind: "unknown", message: `no Secret '${name}' is declared` };
    if (namespace !== undefined && !isForNamespace(spec, namespace)) {
      return { kind: "forbidden", message: `secret '${name}' is not for pipelines of '${namespace}'` };
    }
    const read = await this.#readSource(name, spec, stored);
    return read.kind === "value" ? read : { ...read, message: `secret '${name}': ${read.message}` };
  }

  #readSource(name: string, spec: SecretSpec, stored: StoredSecret): Promise<SecretRead> | SecretRead {
    if (spec.env !== undefined) return this.#readVariable(spec.env);
    if (spec.file !== undefined) return this.#readFile(spec.file);
    return this.#readStore(name, stored);
  }

  #readVariable(variable: string): SecretRead {
    const { envPrefix } = this.#parts;
    if (envPrefix === undefined) return unavailable("the controller was started without --secret-env-prefix");
    if (!variable.startsWith(envPrefix)) {
      return unavailable(`'${variable}' does not begin with ${envPrefix}, as --secret-env-prefix demands`);
    }
    const value = this.#parts.variable(variable);
    if (value === undefined) return unavailable(`the controller has no variable '${variable}'`);
    return asRead(Buffer.from(value, "utf8"));
  }

  async #readFile(path: string): Promise<SecretRead> {
    const { folder } = this.#parts;
    if (folder === undefined) return unavailable("the controller was started without --secret-folder");
    try {
      const root = await realpath(folder);
      // Links are followed before it is looked at where they lead.
      const real = await realpath(resolve(root, path));
      if (!real.startsWith(root + sep)) return unavailable(`'${path}' is not below the folder of --secret-folder`);
      return asRead(withoutLastBreak(await readAtMost(real, secretLimits.bytes + 2)));
    } catch (error) {
      return unavailable(`'${path}' cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
    }
  }

  #readStore(name: string, { value }: StoredSecret): SecretRead {
    if (value === undefined) {
      return { kind: "unknown", message: `the store has no value; 'polyglot secret set ${name}' writes one` };
    }
    try {
      return { kind: "value", value: this.#parts.masterKey.open(name, value) };
    } catch (error) {
      if (error instanceof WrongMasterKey) return unavailable(error.message);
      throw error;
    }
  }
}

/** Undefined where nothing declares it, or what does is not of this version. */
export function specOf({ spec }: Pick<StoredSecret, "spec">): SecretSpec | undefined {
  const parsed = secret.shape.spec.safeParse(spec);
  return parsed.success ? parsed.data : undefined;
}

function asRead(bytes: Uint8Array): SecretRead {
  const parsed = parseValue(bytes);
  return "value" in parsed ? { kind: "value", value: parsed.value } : unavailable(parsed.problem);
}

const unavailable = (message: string): SecretRead => ({ kind: "unavailable", message });

async function readAtMost(path: string, maxBytes: number): Promise<Uint8Array> {
  // A pipe that nobody writes to would hold up the open without end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw Object.assign(new Error("no file"), { code: "not a file" });
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Editors and `echo` end a file with one that is no part of a password. */
function withoutLastBreak(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
