/** Rows that a listing answers at most, and those where nothing is said. */
export const pageLimits = { max: 1_000, byDefault: 50 } as const;

export const pageSize = (asked: number): number => (asked > 0 ? Math.min(asked, pageLimits.max) : pageLimits.byDefault);
