/** Numbers with a unit, as every kind writes them. */
import { z } from "zod";

const bytesPattern = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|K|M|G|T)?$/;

const unitBytes: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** Memory or disk space as YAML writes it: `512Mi`, `1.5G`. */
export function bytes(description: string) {
  const error = ({ input }: { input?: unknown }) =>
    `must be an amount of bytes such as "512Mi" or "2G", got "${String(input)}"`;
  return z.string().regex(bytesPattern, { error }).meta({ description });
}

const bytesOrPercentPattern = /^(?:\d+(?:\.\d+)?(?:Ki|Mi|Gi|Ti|K|M|G|T)?|(?:100|\d{1,2}(?:\.\d+)?)%)$/;

/** An amount as `bytes`, or a share: `80%`. */
export function bytesOrPercent(description: string) {
  const error = ({ input }: { input?: unknown }) =>
    `must be an amount of bytes such as "512Mi" or a share from "0%" to "100%", got "${String(input)}"`;
  return z.string().regex(bytesOrPercentPattern, { error }).meta({ description });
}

/** Undefined for a text of another form. */
export function parsePercent(text: string): number | undefined {
  return bytesOrPercentPattern.test(text) && text.endsWith("%") ? Number(text.slice(0, -1)) : undefined;
}

/** Undefined for a text of another form. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = ""] = bytesPattern.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (unitBytes[unit] ?? 1);
}

/** Parts of a core are allowed: 1.5. */
export const cores = (description: string) => z.number().positive().meta({ description });

export const percent = (description: string) => z.number().min(0).max(100).meta({ description });

/** From 0 to 1. */
export const share = (description: string) => z.number().min(0).max(1).meta({ description });

/** A whole number from 1 on. */
export const count = (description: string) => z.int().min(1).meta({ description });

/** A whole number from 0 on. */
export const size = (description: string) => z.int().min(0).meta({ description });
