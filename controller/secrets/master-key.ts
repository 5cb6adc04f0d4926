/**
 * The key that wraps the keys of all values in the store. It is a file of the controller and never in the store, so that
 * a copy of the database tells no secret. Controllers that share a database share it too.
 */
import { createHmac, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SealedValue } from "../store/secrets.ts";
import { decrypt, encrypt, keyBytes } from "./cipher.ts";

/** A value in the store that this key does not open. */
export class WrongMasterKey extends Error {
  override readonly name = "WrongMasterKey";
}

export class MasterKey {
  /** Tells keys apart, and nothing of the key. */
  readonly id: string;
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
    this.id = createHmac("sha256", key).update("polyglot master key id").digest("hex").slice(0, 16);
  }

  /** Reads the file, or makes it. Throws with a sentence for the person who started the controller. */
  static open(file: string): MasterKey {
    const text = readKeyFile(file) ?? createKeyFile(file);
    const key = Buffer.from(text.trim(), "base64");
    if (key.length === keyBytes) return new MasterKey(key);
    throw new Error(`the master key in ${file} is to be ${keyBytes} bytes as base64, and is ${key.length} bytes`);
  }

  /** The value gets a key of its own, which stands wrapped beside it. Both are bound to the secret's name. */
  seal(name: string, value: string): SealedValue {
    const own = randomBytes(keyBytes);
    return {
      masterKeyId: this.id,
      wrappedKey: encrypt(this.#key, own, `key of ${name}`),
      sealed: encrypt(own, Buffer.from(value, "utf8"), `value of ${name}`),
    };
  }

  open(name: string, { masterKeyId, wrappedKey, sealed }: SealedValue): string {
    if (masterKeyId !== this.id) {
      throw new WrongMasterKey(`its value was sealed under the master key ${masterKeyId}, and this one is ${this.id}`);
    }
    try {
      return decrypt(decrypt(this.#key, wrappedKey, `key of ${name}`), sealed, `value of ${name}`).toString("utf8");
    } catch (cause) {
      throw new WrongMasterKey("its value in the store is not what was written there", { cause });
    }
  }
}

function readKeyFile(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const mode = statSync(file).mode & 0o077;
    if (mode === 0) return text;
    throw new Error(`others than its owner can use the master key in ${file}: chmod 600 it, or make a new one`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole at once, and never over another one: controllers that start together on one folder come to one key. */
function createKeyFile(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${randomBytes(8).toString("hex")}`;
  writeFileSync(partial, `${randomBytes(keyBytes).toString("base64")}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(partial, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(partial);
  }
  return readFileSync(file, "utf8");
}
