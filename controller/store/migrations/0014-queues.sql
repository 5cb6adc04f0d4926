-- What decides the place of an execution in its queue, fixed when it is activated and changed by people alone.
alter table executions
  add column importance integer not null default 0,
  -- Lower ones first, then by `order_tie`, then by arrival. Time changes neither: what ages has a key that says since when.
  add column order_key float8 not null default 0,
  add column order_tie float8 not null default 0,
  -- Those of one key share a limit.
  add column concurrency_key text,
  add column rate_key text,
  -- When it is to have ended.
  add column deadline_at timestamptz,
  -- When it has waited for its first start long enough.
  add column wait_until timestamptz;
create index executions_by_order on executions (queue, order_key, order_tie, sequence) where state = 'waiting';
create index executions_wait_until on executions (shard, wait_until) where state = 'waiting' and wait_until is not null;

-- Wider than before, so rows that are there need no look.
alter table dead_letters drop constraint dead_letters_reason_check;
alter table dead_letters add constraint dead_letters_reason_check
  check (reason in
    ('attempts_used_up', 'outcome_unknown', 'wait_timeout', 'deadline_missed', 'queue_full', 'dropped')) not valid;

-- What people and the load said of queues, beside what is declared.
create table queue_states (
  queue text primary key,
  -- Null: as declared.
  paused boolean,
  -- Takes nothing new; what waits leaves.
  draining boolean not null default false,
  -- Backpressure: more waits than the high mark, and not yet as few as the low one.
  pressed boolean not null default false,
  changed_by text not null default '',
  changed_at timestamptz not null
);

-- Numbers that only rise, by which a queue meters out starts: theoretical arrival times of rate limits, virtual times of shares.
create table queue_meters (
  queue text not null,
  meter text not null,
  value float8 not null,
  at timestamptz not null,
  primary key (queue, meter)
);

-- What waits, as queues look at it. Times in milliseconds since the epoch.
create view waiting_executions as
select
  execution_id,
  pipeline_id,
  plan_digest,
  queue,
  shard,
  priority,
  importance,
  host,
  sequence,
  attempt_no,
  max_attempts,
  order_key,
  order_tie,
  concurrency_key,
  rate_key,
  (extract(epoch from due_at) * 1000)::float8 as due_at_ms,
  (extract(epoch from enqueued_at) * 1000)::float8 as enqueued_at_ms,
  (extract(epoch from deadline_at) * 1000)::float8 as deadline_at_ms,
  (extract(epoch from wait_until) * 1000)::float8 as wait_until_ms,
  due_at,
  enqueued_at,
  waiting_since_xid
from executions
where state = 'waiting';
