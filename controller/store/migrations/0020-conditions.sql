-- How condition triggers stand, so that what has begun to hold goes on doing so over restarts.
create table condition_states (
  -- Name, arguments, and versions of runtimes where they matter.
  condition text not null,
  -- Host; empty: all hosts together.
  site text not null,
  state text not null check (state in ('off', 'pending', 'on')),
  value double precision not null,
  since timestamptz not null,
  primary key (condition, site)
);

-- What conditions have activated while they go on holding: nothing activates a second time before they have ended.
create table condition_uses (
  shard text not null,
  pipeline_id text not null,
  -- The keys of the triggers that hold.
  need text not null,
  site text not null,
  at timestamptz not null,
  primary key (pipeline_id, need, site)
);
create index condition_uses_by_shard on condition_uses (shard);
