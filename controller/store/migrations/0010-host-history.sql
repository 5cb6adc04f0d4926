-- The load of agents' hosts: each figure by minute. Losing it loses no work.
create table host_history (
  agent_id text not null,
  -- As in the controller's metrics: cpu_percent, memory_used_bytes, …
  name text not null,
  -- Index of the GPU that it is about; -1: the host.
  gpu smallint not null,
  minute timestamptz not null,
  samples bigint not null,
  total float8 not null,
  lowest float8 not null,
  highest float8 not null,
  primary key (agent_id, name, gpu, minute)
);
-- Rows come as time goes, so their blocks are in that order, and old ones are found by it.
create index host_history_by_minute on host_history using brin (minute) with (autosummarize = on);
