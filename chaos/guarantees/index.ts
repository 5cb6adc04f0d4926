import type { Guarantee } from "../guarantee.ts";
import { acknowledgedIsKept } from "./acknowledged.ts";
import { atMostOnce } from "./at-most-once.ts";
import { cleanupIsOwed } from "./cleanup.ts";
import { crashStaysAlone } from "./crash.ts";
import { deadLetterKeepsAll } from "./dead-letter.ts";
import { killBites } from "./kill.ts";
import { eventIsOnce } from "./once.ts";
import { ownersFollow } from "./handover.ts";
import { overloadIsRefused } from "./overload.ts";
import { schedulesAreKept } from "./schedules.ts";
import { slotsAreKept } from "./slots.ts";
import { staleChangesNothing } from "./stale-attempt.ts";

export const guarantees: readonly Guarantee[] = [
  acknowledgedIsKept,
  eventIsOnce,
  staleChangesNothing,
  atMostOnce,
  ownersFollow,
  schedulesAreKept,
  deadLetterKeepsAll,
  cleanupIsOwed,
  killBites,
  crashStaysAlone,
  overloadIsRefused,
  slotsAreKept,
];
