export function render(rows) {
  return rows.map((row) => `<li>${row}</li>`).join("\n");
}
