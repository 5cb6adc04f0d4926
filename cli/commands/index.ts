/** One class per command. Each loads what is heavy when it runs, so that this list is cheap to read. */
import { Agent } from "./agent.ts";
import { AgentCordon } from "./agent-cordon.ts";
import { AgentDrain } from "./agent-drain.ts";
import { AgentList } from "./agent-list.ts";
import { AgentRuntimes } from "./agent-runtimes.ts";
import { AgentUncordon } from "./agent-uncordon.ts";
import { Apply } from "./apply.ts";
import { Approve } from "./approve.ts";
import { Artifact } from "./artifact.ts";
import { Backfill } from "./backfill.ts";
import { Cancel } from "./cancel.ts";
import { Compile } from "./compile.ts";
import { Controller } from "./controller.ts";
import { Describe } from "./describe.ts";
import { DlqDrop } from "./dlq-drop.ts";
import { DlqEdit } from "./dlq-edit.ts";
import { DlqList } from "./dlq-list.ts";
import { DlqRequeue } from "./dlq-requeue.ts";
import { DlqShow } from "./dlq-show.ts";
import { Events } from "./events.ts";
import { Explain } from "./explain.ts";
import { Fmt } from "./fmt.ts";
import { Get } from "./get.ts";
import { History } from "./history.ts";
import { Logs } from "./logs.ts";
import { Lsp } from "./lsp.ts";
import { Plan } from "./plan.ts";
import { Reconcile } from "./reconcile.ts";
import { QueueDelete, QueueDrain, QueuePause, QueueResume } from "./queue.ts";
import { QueuePrioritise } from "./queue-prioritise.ts";
import { Replay } from "./replay.ts";
import { Resume } from "./resume.ts";
import { Retry } from "./retry.ts";
import { Rollback } from "./rollback.ts";
import { Run } from "./run.ts";
import { SecretDelete } from "./secret-delete.ts";
import { SecretList } from "./secret-list.ts";
import { SecretSet } from "./secret-set.ts";
import { Suspend } from "./suspend.ts";
import { Test } from "./test.ts";
import { TokenCreate } from "./token-create.ts";
import { TokenList } from "./token-list.ts";
import { TokenRevoke } from "./token-revoke.ts";
import { Top } from "./top.ts";
import { Trace } from "./trace.ts";
import { Tree } from "./tree.ts";
import { Up } from "./up.ts";
import { Validate } from "./validate.ts";
import { Why } from "./why.ts";

export const commands = {
  agent: Agent,
  "agent:cordon": AgentCordon,
  "agent:drain": AgentDrain,
  "agent:list": AgentList,
  "agent:runtimes": AgentRuntimes,
  "agent:uncordon": AgentUncordon,
  apply: Apply,
  approve: Approve,
  artifact: Artifact,
  backfill: Backfill,
  cancel: Cancel,
  compile: Compile,
  controller: Controller,
  describe: Describe,
  "dlq:drop": DlqDrop,
  "dlq:edit": DlqEdit,
  "dlq:list": DlqList,
  "dlq:requeue": DlqRequeue,
  "dlq:show": DlqShow,
  events: Events,
  explain: Explain,
  fmt: Fmt,
  get: Get,
  history: History,
  logs: Logs,
  lsp: Lsp,
  plan: Plan,
  "queue:delete": QueueDelete,
  "queue:drain": QueueDrain,
  "queue:pause": QueuePause,
  "queue:prioritise": QueuePrioritise,
  "queue:resume": QueueResume,
  reconcile: Reconcile,
  replay: Replay,
  resume: Resume,
  retry: Retry,
  rollback: Rollback,
  run: Run,
  "secret:delete": SecretDelete,
  "secret:list": SecretList,
  "secret:set": SecretSet,
  suspend: Suspend,
  test: Test,
  "token:create": TokenCreate,
  "token:list": TokenList,
  "token:revoke": TokenRevoke,
  top: Top,
  trace: Trace,
  tree: Tree,
  up: Up,
  validate: Validate,
  why: Why,
};
