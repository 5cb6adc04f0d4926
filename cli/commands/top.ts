import { BaseCommand, connectionFlags, tableOrJsonFlag } from "./base-command.ts";

/** Columns of the picture where there is no terminal that has any. */
const defaultColumns = 120;

export class Top extends BaseCommand {
  static override summary = "Show hosts, queues and executions, live.";
  static override description = "On a terminal it goes on until q; elsewhere, and with -o json, it prints one picture.";
  static override flags = {
    ...connectionFlags,
    output: tableOrJsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Top);
    const { url: address } = await this.endpoint(flags);
    const { readOverview } = await import("../top/watch-overview.ts");
    await this.connect(flags, async (call) => {
      if (flags.output === "json") {
        const { OverviewSchema } = await import("@polyglot/contracts/service");
        const { messageJson } = await import("../output/message-json.ts");
        this.log("%s", JSON.stringify(messageJson(OverviewSchema, await readOverview(call)), undefined, 2));
        return;
      }
      const { drawOnce, showLive } = await import("../top/live.tsx");
      if (process.stdout.isTTY) await showLive(call, address);
      else this.log("%s", drawOnce(await readOverview(call), address, defaultColumns));
    });
  }
}
