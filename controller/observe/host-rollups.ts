import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { HostSample } from "@polyglot/contracts/service";
import type { HostRollup } from "../store/host-history.ts";
import { figuresOf } from "./host-figures.ts";

const limits = {
  /** In memory; figures of further hosts wait for the next flush. */
  rollups: 50_000,
} as const;

const minuteMs = 60_000;

/** Figures of hosts by minute, until they are written. */
export class HostRollups {
  #rollups = new Map<string, HostRollup>();

  add(agentId: string, sample: HostSample, now: number): void {
    const at = sample.at === undefined ? now : timestampMs(sample.at);
    const minute = Math.floor(at / minuteMs) * minuteMs;
    for (const { name, gpu, value } of figuresOf(sample)) {
      const key = `${agentId}\n${name}\n${gpu}\n${minute}`;
      const before = this.#rollups.get(key);
      if (before === undefined && this.#rollups.size >= limits.rollups) continue;
      const { samples, total, lowest, highest } = before ?? { samples: 0, total: 0, lowest: value, highest: value };
      this.#rollups.set(key, {
        ...{ agentId, name, gpu, minute },
        samples: samples + 1,
        total: total + value,
        lowest: Math.min(lowest, value),
        highest: Math.max(highest, value),
      });
    }
  }

  /** What has gathered; it begins anew. */
  take(): readonly HostRollup[] {
    const taken = [...this.#rollups.values()];
    this.#rollups.clear();
    return taken;
  }
}
