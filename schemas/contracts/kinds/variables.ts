import { z } from "zod";

/**
 * Variables that decide which code a program loads, or where the agent has put a worker. The tools that shut a worker in
 * start with the same variables and with more rights than it.
 */
const kept =
  /^(PATH|HOME|TMPDIR|IFS|ENV|BASH.*|SHELLOPTS|PS4|(LD|DYLD|POLYGLOT|MALLOC)_.*|GLIBC_TUNABLES|GCONV_PATH|GETCONF_DIR|LOCPATH|NLSPATH|TZDIR|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|RESOLV_HOST_CONF|PYTHONHOME|PYTHONPATH)$/;

export const isKeptVariable = (name: string): boolean => kept.test(name);

export const isVariableName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** The name of a variable that user code may be given. */
export const environmentVariable = z.string().refine((name) => isVariableName(name) && !isKeptVariable(name), {
  error: ({ input }) =>
    isKeptVariable(String(input))
      ? `the agent decides ${String(input)}`
      : `a variable's name is of letters, digits and '_', got ${JSON.stringify(String(input).slice(0, 100))}`,
});
