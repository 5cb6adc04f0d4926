import type { Overview } from "@polyglot/contracts/service";
import { Box, render, renderToString, Text, useApp, useInput, useWindowSize } from "ink";
import { type ReactNode, useEffect, useState } from "react";
import type { PolyglotClient } from "../client/api-client.ts";
import { Screen } from "./screen.tsx";
import { watchOverview } from "./watch-overview.ts";

interface LiveProps {
  readonly call: PolyglotClient;
  readonly address: string;
}

function Live({ call, address }: LiveProps): ReactNode {
  const { exit } = useApp();
  const { columns, rows } = useWindowSize();
  const [overview, setOverview] = useState<Overview>();
  const [problem, setProblem] = useState("");
  useInput(
    (input) => {
      if (input === "q") exit();
    },
    // Keys can be read from a terminal only; without one, Ctrl-C remains.
    { isActive: process.stdin.isTTY },
  );
  useEffect(() => {
    const stop = new AbortController();
    const show = (next: Overview) => {
      setOverview(next);
      setProblem("");
    };
    void watchOverview(call, stop.signal, show, setProblem);
    return () => stop.abort();
  }, [call]);
  if (overview === undefined) return <Text>{problem === "" ? `waiting for ${address}` : problem}</Text>;
  return (
    // One line less than the terminal has: a full one would scroll.
    <Box height={rows - 1} flexDirection="column" overflow="hidden">
      <Screen overview={overview} address={address} columns={columns} lines={rows - 1} problem={problem} />
    </Box>
  );
}

/** Shows the picture until `q` or Ctrl-C, on a screen of its own, and redraws only the lines that change. */
export async function showLive(call: PolyglotClient, address: string): Promise<void> {
  const app = render(<Live call={call} address={address} />, { alternateScreen: true, incrementalRendering: true });
  await app.waitUntilExit();
}

/** The picture once, as text. */
export function drawOnce(overview: Overview, address: string, columns: number): string {
  const lines = 1000;
  return renderToString(<Screen overview={overview} address={address} columns={columns} lines={lines} problem="" />, {
    columns,
  });
}
