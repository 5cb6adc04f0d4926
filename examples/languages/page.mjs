import slugify from "slugify";

/** A name for the file, and what stands in it. */
export function page(name, { low, high, fingerprint }) {
  if (name === "") throw new RangeError("a page needs a name");
  const text = `${name}: ${low.toFixed(2)} to ${high.toFixed(2)} (${fingerprint})`;
  return [`${slugify(name, { lower: true })}.txt`, text];
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
