import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts", "**/*.test.tsx"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: [".ci/test-postgres.ts"],
    // A machine with ten processes to a core takes a minute for what takes a second; these are for what hangs.
    testTimeout: 180_000,
    hookTimeout: 300_000,
  },
});
