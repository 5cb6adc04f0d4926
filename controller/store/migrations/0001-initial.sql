-- Desired state: what git (or an apply) declares, and what became of it. A pipeline is an object too: kind 'Pipeline',
-- spec {"plan_digest": "sha256:…"}; its revision is the one that last changed it.
create table objects (
  kind text not null,
  namespace text not null default '',
  name text not null,
  -- Rises with each change of the spec; observed_generation follows when the change is in force.
  generation bigint not null default 1,
  observed_generation bigint not null default 0,
  spec json not null,
  spec_digest text not null,
  -- GitRepository that owns it; null: applied by hand.
  repository text,
  revision text,
  file text,
  conditions jsonb not null default '[]',
  status jsonb not null default '{}',
  updated_at timestamptz not null,
  primary key (kind, namespace, name)
);
create index objects_by_repository on objects (repository);

-- Immutable, named by digest. Executions are pinned to a plan, so plans and bundles outlive the objects.
create table bundles (
  bundle_digest text primary key,
  archive bytea not null
);

create table plans (
  plan_digest text primary key,
  pipeline_id text not null,
  -- Canonical JSON: the bytes that the digest is of.
  plan text not null,
  positions json not null,
  bundle_digest text not null references bundles
);

-- One effective owner per shard at a time. Timed by the database's clock alone; the term only rises.
create table shards (
  shard text primary key,
  holder text,
  term bigint not null default 0,
  lease_until timestamptz not null default '-infinity'
);

create table controllers (
  controller_id text primary key,
  url text not null,
  lease_until timestamptz not null
);

create table agents (
  agent_id text primary key,
  -- One process of the agent. A new session ends the attempts of the old one.
  session_id uuid,
  lease_until timestamptz not null,
  hello jsonb not null,
  sample jsonb
);

-- What happened outside, with all that is known of it. Never changed after its insert.
create table activations (
  activation_id uuid primary key,
  pipeline_id text not null,
  dedupe_key text,
  -- Canonical name of the trigger; 'run' for a start by hand.
  trigger_name text not null,
  trigger_key text,
  -- json, not jsonb: canonical values keep their text, U+0000 included.
  trigger_context json not null,
  inputs json not null,
  revision text,
  at timestamptz not null
);
create unique index activations_by_dedupe_key on activations (pipeline_id, dedupe_key) where dedupe_key is not null;
create index activations_by_pipeline on activations (pipeline_id, activation_id);

create type execution_state as enum
  ('waiting', 'running', 'succeeded', 'failed', 'killed', 'dead_lettered', 'cancelled');

-- The narrow row that changes: waiting -> running -> waiting | outcome.
create table executions (
  -- That of its activation: an activation has one execution.
  execution_id uuid primary key references activations (activation_id),
  pipeline_id text not null,
  plan_digest text not null,
  queue text not null,
  shard text not null,
  priority integer not null,
  -- Only agents of this host may run it: the one whose file started it. Null: any.
  host text,
  sequence bigint generated always as identity,
  state execution_state not null default 'waiting',
  attempt_no integer not null default 0,
  max_attempts integer not null check (max_attempts >= 1),
  agent_id text,
  session_id uuid,
  -- Not before: now, or when a retry is due.
  due_at timestamptz not null,
  enqueued_at timestamptz not null,
  claimed_at timestamptz,
  ended_at timestamptz,
  -- Transaction that made it wait: lets the owner read what is new without missing a late commit.
  waiting_since_xid xid8 not null default pg_current_xact_id(),
  check (attempt_no <= max_attempts),
  check ((state = 'running') = (session_id is not null))
) with (fillfactor = 80);
create index executions_waiting on executions (shard, waiting_since_xid, sequence) where state = 'waiting';
create index executions_running on executions (shard, agent_id) where state = 'running';
create index executions_by_pipeline on executions (pipeline_id, execution_id);

-- History of ended attempts.
create table attempts (
  execution_id uuid not null references executions,
  attempt_no integer not null,
  agent_id text,
  outcome text not null check (outcome in ('succeeded', 'failed', 'killed', 'cancelled', 'lost')),
  outputs json,
  error json,
  metrics json,
  steps json,
  exit_code integer,
  cleanup text not null,
  claimed_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz not null,
  primary key (execution_id, attempt_no)
);
-- Attempts are appended as they end, so their blocks are in that order: rates of the last minute cost next to nothing.
create index attempts_by_end on attempts using brin (ended_at) with (pages_per_range = 8, autosummarize = on);

-- An execution as people look at it: with what started it and the record of its last attempt.
create view execution_details as
select
  executions.execution_id,
  executions.pipeline_id,
  executions.plan_digest,
  executions.queue,
  executions.priority,
  executions.state,
  executions.attempt_no,
  executions.max_attempts,
  executions.agent_id,
  executions.enqueued_at,
  coalesce(attempts.started_at, case executions.state when 'running' then executions.claimed_at end) as started_at,
  executions.ended_at,
  activations.revision,
  activations.trigger_name,
  activations.inputs,
  activations.trigger_context,
  attempts.outputs,
  attempts.error,
  attempts.metrics,
  attempts.exit_code
from executions
join activations on activations.activation_id = executions.execution_id
left join attempts on attempts.execution_id = executions.execution_id
  and attempts.attempt_no = executions.attempt_no;

create table dead_letters (
  execution_id uuid primary key references executions,
  queue text not null,
  pipeline_id text not null,
  reason text not null check (reason in ('attempts_used_up', 'outcome_unknown')),
  error json,
  at timestamptz not null
);
create index dead_letters_by_queue on dead_letters (queue, at);

create table logs (
  execution_id uuid not null,
  attempt_no integer not null,
  sequence bigint not null,
  at timestamptz not null,
  level text not null,
  node_id text not null,
  line text not null,
  primary key (execution_id, attempt_no, sequence)
);

-- The newest known version of each watched file, per trigger and host.
create table file_ledger (
  pipeline_id text not null,
  trigger_key text not null,
  host text not null,
  path text not null,
  version text not null,
  -- Whether the file was there at this version; a deletion is a version too.
  present boolean not null,
  at timestamptz not null,
  primary key (pipeline_id, trigger_key, host, path)
);

-- What executions cost, by minute; node_id is empty for whole executions.
create table metrics_history (
  pipeline_id text not null,
  node_id text not null,
  minute timestamptz not null,
  samples bigint not null,
  cpu_time_ms float8 not null,
  memory_peak_mb float8 not null,
  duration_ms float8 not null,
  conversion_overhead_ms float8 not null,
  primary key (pipeline_id, node_id, minute)
);

create table tokens (
  -- sha256 of the token; the token itself is shown once and stored nowhere.
  token_hash bytea primary key,
  kind text not null check (kind in ('user', 'join')),
  name text not null,
  role text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
