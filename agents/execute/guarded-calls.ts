/** What a step asks of the controller, with an eye on secrets: those that come are remembered, and none is given to be kept. */
import type { CanonicalValue } from "@polyglot/contracts";
import type { ControllerCalls, NamedConnection } from "../stdlib/controller-calls.ts";
import { Refused } from "../stdlib/given.ts";
import type { ObtainedSecrets } from "./obtained-secrets.ts";

export class GuardedCalls implements ControllerCalls {
  readonly #calls: ControllerCalls;
  readonly #secrets: ObtainedSecrets;
  readonly #connections: Map<string, NamedConnection>;
  readonly #pipelineId: string;

  /** `secrets`, `connections`: what the attempt has got until now. */
  constructor(
    calls: ControllerCalls,
    secrets: ObtainedSecrets,
    connections: Map<string, NamedConnection>,
    pipelineId: string,
  ) {
    this.#calls = calls;
    this.#secrets = secrets;
    this.#connections = connections;
    this.#pipelineId = pipelineId;
  }

  /** For each pipeline by itself: which secrets it may have is its namespace's. */
  async getSecret(name: string): Promise<string> {
    const known = this.#secrets.kept(this.#pipelineId, name);
    if (known !== undefined) return known;
    return this.#secrets.keep(this.#pipelineId, name, await this.#calls.getSecret(name));
  }

  /** An attempt sees one state of a connection throughout, as of a secret. */
  async getConnection(name: string): Promise<NamedConnection> {
    const key = `${this.#pipelineId}\n${name}`;
    const known = this.#connections.get(key);
    if (known !== undefined) return known;
    const found = await this.#calls.getConnection(name);
    const proof = found.credentials?.password ?? found.credentials?.token;
    // Under a key of its own: between two calls the secret may have been replaced, and both values are to be left out.
    if (proof !== undefined) this.#secrets.keep(`connection ${key}`, found.credentials?.secret ?? "", proof);
    this.#connections.set(key, found);
    return found;
  }

  readState(key: string): Promise<CanonicalValue | undefined> {
    this.#refuse("a state's key", key);
    return this.#calls.readState(key);
  }

  writeState(key: string, value: CanonicalValue | undefined): Promise<void> {
    this.#refuse("the state", [key, value ?? null]);
    return this.#calls.writeState(key, value);
  }

  incrementState(key: string, by: number): Promise<number> {
    this.#refuse("the state", [key, by]);
    return this.#calls.incrementState(key, by);
  }

  readCache(key: string): Promise<CanonicalValue | undefined> {
    this.#refuse("a cache's key", key);
    return this.#calls.readCache(key);
  }

  writeCache(key: string, value: CanonicalValue, validMs: number): Promise<void> {
    this.#refuse("the cache", [key, value]);
    return this.#calls.writeCache(key, value, validMs);
  }

  putArtifact(name: string, content: Uint8Array): Promise<void> {
    this.#refuse("an artifact's name", name);
    this.#refuseName("an artifact", this.#secrets.nameInBytes(content));
    return this.#calls.putArtifact(name, content);
  }

  getArtifact(name: string, executionId: string | undefined): Promise<Uint8Array | undefined> {
    return this.#calls.getArtifact(name, executionId);
  }

  startExecution(pipelineId: string, inputs: CanonicalValue): Promise<string> {
    this.#refuse("another execution's inputs", [pipelineId, inputs]);
    return this.#calls.startExecution(pipelineId, inputs);
  }

  #refuse(place: string, value: CanonicalValue): void {
    this.#refuseName(place, this.#secrets.nameIn(value));
  }

  #refuseName(place: string, name: string | undefined): void {
    if (name === undefined) return;
    throw new Refused(
      "PermissionError",
      `${place} may not hold the value of secret '${name}': it is kept in the clear`,
    );
  }
}
