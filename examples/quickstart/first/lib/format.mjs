/** Writes reports. Ordinary JavaScript: nothing here knows of Polyglot. */
export function report(totals, currency) {
  const names = Object.keys(totals).sort();
  console.log(`${names.length} customers`);
  return names.map((name) => `${name}: ${totals[name].toFixed(2)} ${currency}`).join("; ");
}
