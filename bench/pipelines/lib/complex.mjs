const each = (data, change) =>
  Object.fromEntries(
    Object.entries(data).map(([group, rows]) => [
      group,
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(value)]))),
    ]),
  );

export const scale = (data) => each(data, (value) => value * 1.5);
export const negate = (data) => each(data, (value) => -value);
export const repair = (data) => each(data, (value) => Math.max(value, 0));
