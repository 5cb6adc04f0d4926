-- How far each schedule has been told. The times themselves follow from the trigger; a row is made when it is registered
-- and leaves with it.
create table schedules (
  pipeline_id text not null,
  trigger_key text not null,
  -- Intervals count from here, and no time before it is due.
  since timestamptz not null,
  -- Every time up to here is decided. It only rises.
  told_until timestamptz not null,
  -- The last time that activated something.
  last_at timestamptz,
  primary key (pipeline_id, trigger_key)
);
