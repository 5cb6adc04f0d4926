/**
 * Brokers of the tests' own: real programs on free ports, with data folders of their own. RabbitMQ is of this machine;
 * Kafka's archives are fetched once by Maven. Where one cannot be had its tests are skipped, and say why.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface BrokerServer {
  readonly url: string;
  stop(): Promise<void>;
}

export type ServerStart = { readonly start: () => Promise<BrokerServer> } | { readonly missing: string };

const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

function cached(name: string): string {
  return fileURLToPath(new URL(`../../../node_modules/.cache/${name}`, import.meta.url));
}

/** None may run as root, nor leave files that only root can remove. */
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

function ownFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `polyglot-${name}-`));
  if (isRoot) chownSync(folder, nobody, nobody);
  return folder;
}

async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map(async (probe) => void (await once(probe.close(), "close"))));
  return ports;
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A line of its output that says that it takes connections. */
  readonly ready: RegExp;
}

/** Answers how to end it: with all that it has started. */
async function startProgram({ command, args, folder, env, ready }: Program): Promise<() => Promise<void>> {
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8", HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  const exit = once(child, "exit");
  const lines: string[] = [];
  const note = (chunk: Buffer): void => void lines.push(chunk.toString());
  child.stderr.on("data", note);
  let isReady = false;
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    isReady = ready.test(line);
    if (isReady) break;
  }
  if (!isReady) throw new Error(`${command} did not start: ${lines.slice(-20).join("\n")}`);
  child.stdout.resume();
  return async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, "SIGKILL");
    await exit;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** Of this machine, or what other tests have fetched. */
const redisProgram = ["redis-server", cached("polyglot-redis/redis-server")].find((path) => has(path, "--version"));

export const redis: ServerStart =
  redisProgram === undefined ? { missing: "redis-server is not installed" } : { start: () => startRedis(redisProgram) };

async function startRedis(command: string): Promise<BrokerServer> {
  const folder = ownFolder("redis");
  const [port = 0] = await freePorts(1);
  const stop = await startProgram({
    command,
    args: ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    folder,
    ready: /Ready to accept connections/,
  });
  return { url: `redis://127.0.0.1:${port}`, stop };
}

const rabbitProgram = ["/usr/lib/rabbitmq/bin/rabbitmq-server", "/opt/homebrew/sbin/rabbitmq-server"].find((path) =>
  existsSync(path),
);

export const rabbit: ServerStart =
  rabbitProgram === undefined
    ? { missing: "rabbitmq-server is not installed" }
    : { start: () => startRabbit(rabbitProgram) };

async function startRabbit(command: string): Promise<BrokerServer> {
  const folder = ownFolder("rabbitmq");
  const [port = 0, between = 0, epmd = 0] = await freePorts(3);
  // Erlang would start one as a daemon, which nothing ends.
  const names = spawn("epmd", ["-address", "127.0.0.1", "-port", String(epmd)], { stdio: "ignore" });
  const gone = once(names, "exit");
  const stopServer = await startProgram({
    command,
    args: [],
    folder,
    env: {
      RABBITMQ_NODENAME: `polyglot-${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(between),
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      RABBITMQ_MNESIA_BASE: join(folder, "data"),
      RABBITMQ_LOG_BASE: join(folder, "log"),
      RABBITMQ_LOGS: "-",
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
      RABBITMQ_CONF_ENV_FILE: join(folder, "none"),
      RABBITMQ_CONFIG_FILE: join(folder, "none"),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1",
    },
    ready: /Server startup complete/,
  });
  const stop = async (): Promise<void> => {
    await stopServer();
    names.kill("SIGKILL");
    await gone;
  };
  return { url: `amqp://guest:guest@127.0.0.1:${port}`, stop };
}

const kafkaVersion = "3.9.1";
const kafkaCache = cached("polyglot-kafka");

export const kafka: ServerStart = findKafka();

/** Fetched where it may be, once. */
function findKafka(): ServerStart {
  if (!has("java", "-version")) return { missing: "Java is not installed" };
  if (existsSync(kafkaCache)) return { start: startKafka };
  if (!has("mvn", "--version")) return { missing: "Maven is not installed" };
  try {
    fetchKafka();
  } catch {
    // Another test may have fetched it at the same time.
    if (!existsSync(kafkaCache)) return { missing: "Maven could not fetch Kafka" };
  }
  return { start: startKafka };
}

async function startKafka(): Promise<BrokerServer> {
  const folder = ownFolder("kafka");
  const [port = 0, control = 0] = await freePorts(2);
  const settings = join(folder, "server.properties");
  writeFileSync(settings, kafkaSettings(port, control, join(folder, "data")));
  chmodSync(settings, 0o644);
  const java = [
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.logFile=System.out",
    "-cp",
    join(kafkaCache, "*"),
  ];
  const owner = isRoot ? { uid: nobody, gid: nobody } : {};
  const format = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", settings];
  execFileSync("java", [...java, ...format], { cwd: folder, stdio: "ignore", ...owner });
  const stop = await startProgram({
    command: "java",
    args: [...java, "kafka.Kafka", settings],
    folder,
    ready: /Kafka Server started/,
  });
  return { url: `kafka://127.0.0.1:${port}`, stop };
}

const kafkaSettings = (port: number, control: number, data: string): string =>
  `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${control}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${control}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
log.dirs=${data}
num.partitions=2
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
`;

/** The server and what it needs, with a logger that writes to its output. */
function fetchKafka(): void {
  const folder = mkdtempSync(join(tmpdir(), "polyglot-kafka-"));
  const dependency = (group: string, artifact: string, version: string): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  const wanted = [
    dependency("org.apache.kafka", "kafka_2.13", kafkaVersion),
    dependency("org.slf4j", "slf4j-simple", "1.7.36"),
  ];
  writeFileSync(
    join(folder, "pom.xml"),
    `<project><modelVersion>4.0.0</modelVersion><groupId>polyglot</groupId><artifactId>brokers</artifactId>` +
      `<version>1</version><dependencies>${wanted.join("")}</dependencies></project>`,
  );
  const copied = join(folder, "lib");
  execFileSync("mvn", ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${copied}`], { cwd: folder });
  if (readdirSync(copied).length === 0) throw new Error("Maven fetched nothing");
  // Logs of other loggers would be said twice.
  mkdirSync(join(kafkaCache, ".."), { recursive: true });
  renameOrCopy(copied, kafkaCache);
  rmSync(folder, { recursive: true, force: true });
}

/** The cache may lie on another file system. */
function renameOrCopy(from: string, to: string): void {
  const near = `${to}.${process.pid}`;
  execFileSync("cp", ["-r", from, near]);
  renameSync(near, to);
}
