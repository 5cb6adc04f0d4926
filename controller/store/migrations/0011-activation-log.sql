-- Occurrences that made no activation of their own, and why. Those that did have a row in `activations`: together they are
-- the activation log. It is for people only: nothing is decided by it.
create table activation_log (
  -- A version 7 UUID, so that it sorts among the activations.
  occurrence_id uuid primary key,
  pipeline_id text not null,
  trigger_name text not null,
  trigger_key text,
  decision text not null check (decision in ('waiting', 'duplicate', 'filtered', 'refused')),
  reason text not null,
  -- The one that the event started when it came first.
  execution_id uuid,
  trigger_context json not null,
  -- Occurrences that this row stands for: the same one again and again is told once for each flush.
  times integer not null check (times >= 1),
  at timestamptz not null
);
create index activation_log_by_pipeline on activation_log (pipeline_id, occurrence_id);
-- Rows come as time goes.
create index activation_log_by_time on activation_log using brin (at) with (autosummarize = on);
