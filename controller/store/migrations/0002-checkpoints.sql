-- How steps of executions ended that are durable: what another attempt of the same execution does not do again.
create table checkpoints (
  execution_id uuid not null references executions,
  node_id text not null,
  -- Of the attempt that committed it; 0: taken over from the execution that this one replays.
  attempt_no integer not null,
  -- json, not jsonb: canonical values keep their text, U+0000 included.
  ending json not null,
  at timestamptz not null default clock_timestamp(),
  primary key (execution_id, node_id)
);

-- What people are asked, and what they decided. A decision is made once.
create table approvals (
  execution_id uuid not null references executions,
  node_id text not null,
  message text not null,
  requested_at timestamptz not null default clock_timestamp(),
  -- Null: it waits without end.
  expires_at timestamptz,
  decision text check (decision in ('approved', 'rejected', 'expired')),
  decided_by text,
  decided_at timestamptz,
  reply text not null default '',
  primary key (execution_id, node_id),
  check ((decision is null) = (decided_at is null))
);

-- Wider than before, so rows that are there need no look.
alter table attempts drop constraint attempts_outcome_check;
alter table attempts add constraint attempts_outcome_check
  check (outcome in ('succeeded', 'failed', 'killed', 'cancelled', 'lost', 'waiting')) not valid;
