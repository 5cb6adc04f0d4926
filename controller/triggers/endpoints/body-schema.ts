/** What `schema:` asks of a body: JSON Schema, draft 2020-12. Patterns are RE2's, so that no body can hold up the controller. */
import { type CanonicalValue, plainJson } from "@polyglot/contracts";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";

/** Faults that one answer names. */
const mostFaults = 10;

export interface BodyFault {
  /** JSON Pointer into the body; empty: the body itself. */
  readonly field: string;
  readonly message: string;
}

export class BodySchema {
  readonly #validate: ValidateFunction;

  private constructor(validate: ValidateFunction) {
    this.#validate = validate;
  }

  static compile(schema: CanonicalValue): BodySchema | { readonly fault: string } {
    try {
      const ajv = new Ajv2020({
        strict: false,
        validateFormats: false,
        allErrors: false,
        code: { regExp: createPattern },
      });
      return new BodySchema(ajv.compile(plainJson(schema) as object));
    } catch (error) {
      return { fault: (error as Error).message };
    }
  }

  /** Empty where the body is what it has to be. */
  faultsOf(body: unknown): BodyFault[] {
    if (this.#validate(body)) return [];
    return (this.#validate.errors ?? []).slice(0, mostFaults).map(toFault);
  }
}

/** A field that is missing, or one too many, is named itself rather than the map around it. */
function toFault({ instancePath, message = "is wrong", params }: ErrorObject): BodyFault {
  const name: unknown = params["missingProperty"] ?? params["additionalProperty"];
  const field =
    typeof name === "string" ? `${instancePath}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}` : instancePath;
  return { field, message };
}

function createPattern(pattern: string) {
  const compiled = RE2JS.compile(pattern);
  // Ajv tells compiled patterns apart by their text.
  return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
}
createPattern.code = "RE2";
