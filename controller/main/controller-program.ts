/**
 * Wires the parts of one controller. The port is bound first, because the leases that others see carry its address; it
 * serves last, when everything behind it has started.
 */
import { join } from "node:path";
import { type Clock, type Logger, ServiceGroup } from "@polyglot/service";
import { createAlerts } from "../alerts/create-alerts.ts";
import { AgentReports } from "../api/agent-reports.ts";
import { createAgentService } from "../api/agent-service.ts";
import { Authority } from "../api/authority.ts";
import { Endings } from "../api/endings.ts";
import type { Cache } from "../api/cache.ts";
import { MemoryCache } from "../api/memory-cache.ts";
import { RedisCache } from "../api/redis-cache.ts";
import { createPlainRoutes } from "../api/plain-routes.ts";
import { RunningAttempts } from "../api/running-attempts.ts";
import { createHandler } from "../api/routes.ts";
import { createTriggerRoutes } from "../api/trigger-routes.ts";
import { ApiServer } from "../api/server.ts";
import { createUserService } from "../api/user-service.ts";
import { ChangePlanner } from "../gitops/change-planner.ts";
import { CompilePool } from "../gitops/compile-pool.ts";
import { GitMirrors } from "../gitops/git-mirrors.ts";
import { ManualApply } from "../gitops/manual-apply.ts";
import { Preparation } from "../gitops/preparation.ts";
import { RepositorySource } from "../gitops/repository-files.ts";
import { RepositoryHook } from "../gitops/repository-hook.ts";
import { Reconciler } from "../gitops/reconciler.ts";
import { ShardHolder } from "../leader/shard-holder.ts";
import { MetricsHistory } from "../observe/history.ts";
import { QueueCounts } from "../observe/queue-counts.ts";
import { RecentFigures } from "../observe/queue-figures.ts";
import { InfluxWriter } from "../observe/influx-writer.ts";
import { ControllerMetrics } from "../observe/metrics.ts";
import { AgentLeases } from "../queue/agent-leases.ts";
import { QueueManager } from "../queue/queue-manager.ts";
import { QueueRegistry } from "../registry/queue-registry.ts";
import { MasterKey } from "../secrets/master-key.ts";
import { SecretSources } from "../secrets/secret-sources.ts";
import { PolicyBook } from "../policies/policy-book.ts";
import { Database } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { PlanCache } from "../store/plan-cache.ts";
import { ActivationLog } from "../triggers/activation-log.ts";
import { Activator } from "../triggers/activator.ts";
import { Aggregator } from "../triggers/aggregator.ts";
import { Catalog } from "../triggers/catalog.ts";
import { ConditionBook } from "../triggers/conditions/condition-book.ts";
import { ConditionTriggers } from "../triggers/conditions/condition-triggers.ts";
import { EndpointTable } from "../triggers/endpoints/endpoint-table.ts";
import { FileTriggers } from "../triggers/file-triggers.ts";
import { Occurrences } from "../triggers/occurrences.ts";
import { MessageTriggers } from "../triggers/messages/message-triggers.ts";
import { Scheduler } from "../triggers/scheduler.ts";
import { Retention } from "../upkeep/retention.ts";
import { readControllerId } from "./controller-id.ts";
import type { ControllerFlags } from "./flags.ts";
import { registerLocalToken } from "./local-token.ts";

export interface RunningController {
  readonly url: string;
  /** PEM file of the authority. */
  readonly authorityFile: string;
  stop(): Promise<void>;
}

/** Resolves when the controller takes requests. A start that fails undoes itself. */
export async function startController(
  flags: ControllerFlags,
  clock: Clock,
  logger: Logger,
  environment: NodeJS.ProcessEnv,
): Promise<RunningController> {
  const database = await Database.open(flags.databaseUrl, logger);
  const undo: (() => Promise<void>)[] = [() => database.close()];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const applied = await migrate(database);
    if (applied.length > 0) logger.info({ applied }, "the schema is up to date");
    if (flags.localTokenFile !== undefined) await registerLocalToken(database, flags.localTokenFile);
    const authority = await Authority.open(join(flags.dataFolder, "authority"), clock);
    const server = new ApiServer(authority, flags, clock, logger);
    undo.push(() => server.stop());
    const url = await server.bind();
    await serve({ flags, clock, logger, environment, database, authority, server, url }, undo);
    return { url, authorityFile: authority.certificateFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ground {
  readonly flags: ControllerFlags;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: NodeJS.ProcessEnv;
  readonly database: Database;
  readonly authority: Authority;
  readonly server: ApiServer;
  readonly url: string;
}

async function serve(ground: Ground, undo: (() => Promise<void>)[]): Promise<void> {
  const { clock, logger, database, authority, server, url } = ground;
  const metrics = new ControllerMetrics();
  const plans = new PlanCache(database);
  const catalog = new Catalog(database, plans, logger);
  const activationLog = new ActivationLog(database, clock, logger);
  const policies = new PolicyBook(database, logger);
  const registry = new QueueRegistry(database, logger);
  const history = new MetricsHistory(database, clock, logger);
  const counts = new QueueCounts(metrics, history.queues, clock);
  const figures = new RecentFigures(database, clock);
  const activator = new Activator(catalog, policies, registry, database, clock, activationLog, (activation) =>
    counts.enqueued(activation),
  );
  const occurrences = new Occurrences(catalog, activator, database, clock);
  const { id: controllerId, family } = readControllerId(ground.flags.dataFolder);
  const holder = new ShardHolder(database, clock, logger, { controllerId, family, url });
  const queue = new QueueManager(database, holder, registry, policies, plans, clock, logger, counts);
  const influx = ground.flags.influx === undefined ? [] : [new InfluxWriter(ground.flags.influx, clock, logger)];
  const preparation = new Preparation(database, plans, clock);
  const compiler = new CompilePool();
  undo.push(() => compiler.stop());
  const masterKey = MasterKey.open(ground.flags.secretKeyFile ?? join(ground.flags.dataFolder, "secrets.key"));
  const secrets = createSecretSources(ground, masterKey);
  const mirrors = createMirrors(ground, secrets);
  const reconciler = createReconciler(ground, metrics, mirrors, preparation, compiler, plans, holder);
  const retention = new Retention(database, holder, clock, logger);
  const scheduler = new Scheduler({
    catalog,
    policies,
    log: activationLog,
    occurrences,
    database,
    holder,
    clock,
    logger,
  });
  const conditions = new ConditionBook(clock);
  const aggregator = new Aggregator({
    ...{ catalog, activator, policies, registry, conditions, database, holder, clock, logger },
  });
  const conditionTriggers = new ConditionTriggers({
    ...{ book: conditions, catalog, activator, occurrences, policies, database, holder, clock, logger },
  });
  const messages = new MessageTriggers({
    ...{ catalog, activator, occurrences, database, secrets, holder, clock, logger },
    log: activationLog,
  });
  const services = new ServiceGroup("controller", [
    ...[holder, history, ...influx, policies, registry, catalog, queue, reconciler, scheduler, conditionTriggers],
    ...[aggregator, messages],
    retention,
  ]);
  undo.push(
    () => activationLog.stop(),
    () => services.stop(),
  );
  await services.start();

  const planner = new ChangePlanner(database, compiler);
  const manual = new ManualApply(database, clock, preparation, planner);
  const source = new RepositorySource({ database, mirrors });
  const endings = new Endings(queue, database, clock, logger);
  const reports = new AgentReports(database, [history, ...influx], {
    onAgents: (connected) => metrics.setAgents(connected),
    onHost: (agentId, sample) =>
      sample === undefined ? metrics.forgetHost(agentId) : metrics.setHost(agentId, sample),
    onPrepared: (agentId, bundle) => preparation.prepared(agentId, bundle),
  });
  undo.push(
    () => activator.drain(),
    () => endings.stop(),
  );

  const { allowNetworks = [] } = ground.flags;
  const alerts = createAlerts({ database, holder, activator, catalog, secrets, allowNetworks, clock, logger });
  undo.push(() => alerts.stop());
  await alerts.start();
  const shutdown = new AbortController();
  const running = new RunningAttempts();
  const endpoints = new EndpointTable(catalog);
  undo.push(async () => endpoints.stop());
  const users = createUserService({
    ...{
      database,
      registry,
      catalog,
      policies,
      activator,
      occurrences,
      queue,
      conditions,
      messages,
      endings,
      clock,
      metrics,
      running,
      endpoints,
      figures,
    },
    ...{ plans, reports, planner, source, manual, reconciler, authority, secrets, masterKey, logger },
  });
  const files = new FileTriggers(catalog, occurrences, database, clock);
  const leases = new AgentLeases(database);
  const cache = openCache(ground);
  undo.push(() => cache.close());
  const stream = {
    ...{
      queue,
      leases,
      holder,
      plans,
      catalog,
      policies,
      files,
      conditions,
      reports,
      preparation,
      running,
      metrics,
      clock,
      logger,
    },
  };
  const agents = createAgentService({
    ...{ database, queue, activator, clock, secrets, policies },
    cache,
    authority,
    logger,
    stream,
  });
  const triggers = createTriggerRoutes({
    ...{
      database,
      catalog,
      activator,
      occurrences,
      endings,
      metrics,
      secrets,
      endpoints,

      clock,
      logger,
      url,
    },
    log: activationLog,
    repositories: new RepositoryHook({ database, mirrors, reconciler, clock }),
  });
  const plain = { ...createPlainRoutes({ database, metrics, figures, registry }), ...triggers.plain };
  const handler = createHandler(
    { users, agents, plain, triggers: triggers.requests },
    database,
    logger,
    shutdown.signal,
  );
  undo.push(async () => {
    shutdown.abort();
    await server.stop();
  });
  server.serve(handler);
}

/** Without a Redis each controller remembers for itself. */
const openCache = ({ flags, logger }: Ground): Cache =>
  flags.redisUrl === undefined ? new MemoryCache() : new RedisCache(flags.redisUrl, logger);

function createSecretSources({ flags, environment }: Ground, masterKey: MasterKey): SecretSources {
  const { secretEnvPrefix: envPrefix, secretFolder: folder } = flags;
  return new SecretSources({
    masterKey,
    ...(envPrefix === undefined ? {} : { envPrefix }),
    ...(folder === undefined ? {} : { folder }),
    variable: (name) => environment[name],
  });
}

function createMirrors({ flags, environment, database, clock }: Ground, secrets: SecretSources): GitMirrors {
  const { dataFolder, allowFileRepositories: allowFile } = flags;
  const searchPath = environment["PATH"] ?? "";
  return new GitMirrors({ database, clock, dataFolder, allowFile, searchPath, secrets });
}

function createReconciler(
  { clock, logger, database }: Ground,
  metrics: ControllerMetrics,
  mirrors: GitMirrors,
  preparation: Preparation,
  compiler: CompilePool,
  plans: PlanCache,
  holder: ShardHolder,
): Reconciler {
  const parts = { database, clock, logger, metrics, preparation, compiler, plans, mirrors };
  return new Reconciler(parts, holder);
}
