-- Events that wait: for the other triggers of their pipeline, for the end of a burst, or for a batch to fill. The activation
-- that uses them takes them away in its own transaction.
create table latched_events (
  event_id uuid primary key,
  -- Of the pipeline's namespace: whose owner decides.
  shard text not null,
  pipeline_id text not null,
  trigger_key text not null,
  -- The trigger's context. json, not jsonb: canonical values keep their text, U+0000 included.
  fields json not null,
  -- Only agents of this host may run what it activates; null: any.
  host text,
  -- Events with the same one belong together; empty where the trigger names no key.
  correlation text not null default '',
  at timestamptz not null
);
create index latched_events_by_pipeline on latched_events (shard, pipeline_id, at, event_id);

-- Keys of events that were taken, so that another one of the same key is a duplicate until then.
create table event_keys (
  pipeline_id text not null,
  trigger_key text not null,
  key text not null,
  until timestamptz not null,
  primary key (pipeline_id, trigger_key, key)
);
create index event_keys_by_end on event_keys (until);
