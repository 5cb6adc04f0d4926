-- Pipelines that start when a run of another one ended: out of their plans, so that the transaction of an outcome finds
-- them. They count while the plan is the one in force.
create table followers (
  plan_digest text not null,
  trigger_key text not null,
  -- The pipeline whose runs are followed, and which outcomes count.
  followed text not null,
  outcome text not null check (outcome in ('succeeded', 'failed', 'any')),
  -- The pipeline that follows.
  namespace text not null,
  name text not null,
  shard text not null,
  primary key (plan_digest, trigger_key)
);
create index followers_by_followed on followers (followed);
