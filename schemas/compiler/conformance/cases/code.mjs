export function render(rows, { title }) {
  return title + rows.length;
}
export const add = (a, b = 1) => a + b;
export const all = (...items) => items;
