-- Durable values of pipelines, across executions.
create table pipeline_state (
  pipeline_id text not null,
  key text not null,
  -- A canonical value; json, not jsonb: U+0000 stays.
  value json not null,
  changed_at timestamptz not null,
  primary key (pipeline_id, key)
);

-- Calls of attempts that changed something, so that one that is sent again, because its answer was lost, changes nothing
-- again and has the same answer. Of no use once the attempt has ended.
create table attempt_calls (
  execution_id uuid not null references executions,
  attempt_no integer not null,
  node_id text not null,
  sequence integer not null,
  answer bigint,
  primary key (execution_id, attempt_no, node_id, sequence)
);
