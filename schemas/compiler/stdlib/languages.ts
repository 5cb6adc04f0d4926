import type { NativeLanguage } from "@polyglot/contracts";

/** The version from which functions of a language run; null while that is open. */
export const nativeSince = { py: "0.1.0", js: "0.1.0", rust: null, cpp: null } as const satisfies Record<
  NativeLanguage,
  string | null
>;

export const languageTitle = { py: "Python", js: "JavaScript", rust: "Rust", cpp: "C++" } as const satisfies Record<
  NativeLanguage,
  string
>;
