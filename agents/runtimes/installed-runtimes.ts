/** The runtimes of this host: which there are, which of them fits, and what to say where none does. */
import type { NativeTarget } from "@polyglot/contracts";
import type { Logger } from "@polyglot/service";
import type { Layer } from "../limits/containment.ts";
import type { WorkerUser } from "../limits/worker-user.ts";
import { lacksCompiler } from "./compiled/host-program.ts";
import { type CheckedRuntime, type ConfiguredRuntimes, findRuntimes } from "./find-runtimes.ts";
import type { Language } from "./language.ts";
import { languages } from "./languages.ts";
import type { FoundRuntime, RaisedError } from "./native-call.ts";
import { polyglotError } from "./polyglot-error.ts";
import type { SearchPlaces } from "./search-places.ts";

export interface InstalledRuntimesOptions extends SearchPlaces {
  /** Runtimes that the administrator names, by path. */
  readonly configured?: ConfiguredRuntimes;
  /** Without one of these nothing starts. */
  readonly requiredLayers?: readonly Layer[];
  readonly logger: Logger;
}

export const languageOf = (lang: NativeTarget["lang"]): Language | undefined =>
  languages.find((known) => known.lang === lang);

export class InstalledRuntimes {
  readonly #options: InstalledRuntimesOptions;
  #runtimes: readonly { readonly language: Language; readonly checked: CheckedRuntime }[] = [];

  constructor(options: InstalledRuntimesOptions) {
    this.#options = options;
  }

  /** Tries each as the user that its workers will be. */
  async find(user: WorkerUser): Promise<void> {
    this.#runtimes = (await Promise.all(languages.map((language) => this.#find(language, user)))).flat();
  }

  found(): readonly FoundRuntime[] {
    return this.#runtimes.map(({ checked }) => checked.found);
  }

  /** In the order of `findRuntimes`, so the first that fits is the one. */
  select(language: Language | undefined, version: string | undefined): CheckedRuntime | undefined {
    return this.#runtimes.find(
      ({ checked, language: own }) =>
        own === language &&
        checked.found.usable &&
        (version === undefined || own.offers(checked.found.version, version)),
    )?.checked;
  }

  /** What a call is told that asks for a runtime which is not here. */
  missing(lang: NativeTarget["lang"], version: string | undefined): RaisedError {
    const language = languageOf(lang);
    if (language === undefined) return polyglotError("DependencyError", `this agent has no runtime for ${lang}`);
    const wanted = `${language.title}${version === undefined ? "" : ` ${version}`}`;
    const own = this.#runtimes.filter((runtime) => runtime.language === language).map(({ checked }) => checked.found);
    const found = own.map((one) => (one.usable ? one.version : `${one.version} (not usable: ${one.problem})`));
    const there = found.join(", ") || `none; ${howToHave(language)}`;
    return polyglotError("DependencyError", `this agent has no ${wanted}; found: ${there}`);
  }

  /** Sentences on what steps in some language would miss here. */
  async lacks(): Promise<string[]> {
    const compiled = languages.filter((language) => language.kind === "compiled");
    const compilers = compiled.flatMap((language) => {
      const runtime = this.select(language, undefined);
      return runtime === undefined ? [] : [{ language, compiler: runtime.found }];
    });
    const beside = compilers.map(({ language, compiler }) => language.lacks(compiler, this.#options));
    const none = languages.filter((language) => this.select(language, undefined) === undefined);
    return [
      ...none.map((language) => `no ${language.title}: ${howToHave(language)}`),
      ...(compilers.length > 0 ? await lacksCompiler(this.#options) : []),
      ...(await Promise.all(beside)).flat(),
    ];
  }

  async #find(language: Language, user: WorkerUser) {
    const { configured, logger, requiredLayers = [] } = this.#options;
    const found = await findRuntimes(language, this.#options, configured?.[language.name] ?? [], user);
    const checked = requiredLayers.includes("other-user") ? found.map(refuseOwnUser) : found;
    for (const one of checked) logger.info(one.found, "runtime");
    return checked.map((one) => ({ language, checked: one }));
  }
}

const howToHave = ({ programs, name }: Language): string =>
  `install ${programs} where the agent finds it, or name one with --${name}`;

/** One that no user apart from the agent's can use. */
function refuseOwnUser({ found, user }: CheckedRuntime): CheckedRuntime {
  return user.owner === undefined ? { found: { ...found, usable: false }, user } : { found, user };
}
