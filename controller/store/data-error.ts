/**
 * Whether PostgreSQL refused what was sent, rather than failed: rows that exclude each other (SQLSTATE class 21), a
 * value that its type cannot hold (22), a constraint (23), a limit of a row or index (54).
 */
export function isDataError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && /^(?:21|22|23|54)\w{3}$/.test(String(error.code));
}
