/** Writes reports. Ordinary JavaScript: nothing here knows of Polyglot. */
export function ranking(totals, currency) {
  const names = Object.keys(totals).sort((a, b) => totals[b] - totals[a]);
  console.log(`${names[0]} owes most`);
  return names.map((name, index) => `${index + 1}. ${name}: ${totals[name].toFixed(2)} ${currency}`).join("; ");
}
