import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { Args, Flags } from "@oclif/core";
import type { PolyglotClient } from "../client/api-client.ts";
import { Failure } from "../client/failure.ts";
import { nearest } from "../client/nearest.ts";
import type { View } from "../output/format.ts";
import type { Format } from "../output/formats.ts";
import { BaseCommand, connectionFlags, formatFlag } from "./base-command.ts";

const kinds = [
  "pipelines",
  "executions",
  "queues",
  "agents",
  "triggers",
  "schedules",
  "calendars",
  "alerts",
  "activations",
  "repositories",
  "deadletters",
  "artifacts",
  "secrets",
] as const;
type Kind = (typeof kinds)[number];

interface Filter {
  readonly pipeline: string;
  readonly state: string;
  readonly queue: string;
  readonly limit: number;
}

export class Get extends BaseCommand {
  static override summary = "Show what the controller knows.";
  static override description = `KIND is one of ${kinds.join(", ")}, or one of them in the singular.`;
  static override examples = [
    "<%= config.bin %> get pipelines",
    "<%= config.bin %> get executions --state failed -o json",
  ];
  static override args = {
    kind: Args.string({ required: true, description: "what to show" }),
    name: Args.string({
      description: "one object: its name, its id, or a beginning of its id that is unique; of artifacts: the execution",
    }),
  };
  static override flags = {
    ...connectionFlags,
    output: formatFlag,
    pipeline: Flags.string({ description: "only of this pipeline (executions, activations, schedules)", default: "" }),
    state: Flags.string({
      description: "only in this state (executions), or of this decision (activations)",
      default: "",
    }),
    queue: Flags.string({ description: "only of this queue (executions, deadletters)", default: "" }),
    limit: Flags.integer({ description: "at most so many, newest first", default: 50, min: 1, max: 1000 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Get);
    const kind = parseKind(args.kind);
    const views = await import("../output/views.ts");
    const text = await this.connect(flags, async (call) => {
      if (kind === "executions" && args.name !== undefined) {
        return one(views.executionDetailView, await call.getExecution({ executionId: args.name }), flags.output);
      }
      if (kind === "artifacts") return artifacts(call, args.name, flags.output);
      return this.#list(kind, call, flags, views, (view, rows) =>
        args.name === undefined
          ? list(view, rows, flags.output)
          : one(view, named(view, rows, args.name), flags.output),
      );
    });
    this.log("%s", text);
  }

  async #list(
    kind: Exclude<Kind, "artifacts">,
    call: PolyglotClient,
    filter: Filter,
    views: typeof import("../output/views.ts"),
    show: <Desc extends DescMessage>(view: View<Desc>, rows: readonly MessageShape<Desc>[]) => Promise<string>,
  ): Promise<string> {
    const { queue, state, limit } = filter;
    const read = {
      pipelines: async () => show(views.pipelineView, (await call.listPipelines({})).pipelines),
      executions: async () =>
        show(
          views.executionView,
          (await call.listExecutions({ pipelineId: filter.pipeline, state, queue, limit })).executions,
        ),
      queues: async () => show(views.queueView, (await call.listQueues({})).queues),
      agents: async () => show(views.agentView, (await call.listAgents({})).agents),
      schedules: async () =>
        show(views.scheduleView, (await call.listSchedules({ pipelineId: filter.pipeline })).schedules),
      calendars: async () => show(views.calendarView, (await call.listCalendars({})).calendars),
      alerts: async () => show(views.alertView, (await call.listAlerts({})).alerts),
      triggers: async () => show(views.triggerView, (await call.listTriggers({})).triggers),
      activations: async () =>
        show(
          views.activationView,
          (await call.listActivations({ pipelineId: filter.pipeline, decision: state, limit })).activations,
        ),
      repositories: async () => show(views.repositoryView, (await call.listRepositories({})).repositories),
      deadletters: async () => {
        const { deadLetterView } = await import("../output/dead-letter-views.ts");
        return show(deadLetterView, (await call.listDeadLetters({ filter: { queue }, limit })).deadLetters);
      },
      secrets: async () => show(views.secretView, (await call.listSecrets({})).secrets),
    } satisfies Record<typeof kind, () => Promise<string>>;
    return read[kind]();
  }
}

/** What one execution keeps. */
async function artifacts(call: PolyglotClient, executionId: string | undefined, format: Format): Promise<string> {
  if (executionId === undefined) throw new Failure("usage", "of which execution? polyglot get artifacts EXECUTION");
  const { artifactView } = await import("../output/views.ts");
  return list(artifactView, (await call.listArtifacts({ executionId })).artifacts, format);
}

function parseKind(word: string): Kind {
  const plural = kinds.find((kind) => kind === word || kind === `${word}s` || kind === word.replace(/y$/, "ies"));
  if (plural !== undefined) return plural;
  const near = nearest(word, kinds);
  const hint = near === undefined ? "" : `; did you mean '${near}'?`;
  throw new Failure("usage", `there is no kind '${word}': it is one of ${kinds.join(", ")}${hint}`);
}

function named<Desc extends DescMessage>(
  view: View<Desc>,
  rows: readonly MessageShape<Desc>[],
  name: string,
): MessageShape<Desc> {
  const exact = rows.filter((row) => view.name(row) === name || view.name(row).endsWith(`#${name}`));
  const found = exact.length > 0 ? exact : rows.filter((row) => view.name(row).startsWith(name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names = (found.length === 0 ? rows : found).map((row) => view.name(row));
  const near = found.length === 0 ? nearest(name, names) : names.slice(0, 5).join(", ");
  const hint = near === undefined ? "" : `; did you mean ${near}?`;
  throw new Failure("failed", `${found.length === 0 ? "nothing" : "more than one"} is named '${name}'${hint}`);
}

async function list<Desc extends DescMessage>(view: View<Desc>, rows: readonly MessageShape<Desc>[], format: Format) {
  const { formatList } = await import("../output/format.ts");
  return formatList(view, rows, format, Date.now());
}

async function one<Desc extends DescMessage>(view: View<Desc>, row: MessageShape<Desc>, format: Format) {
  const { formatOne } = await import("../output/format.ts");
  return formatOne(view, row, format, Date.now());
}
