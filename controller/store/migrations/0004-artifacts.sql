-- Bytes that steps keep with their execution, and that leave with it.
create table artifacts (
  execution_id uuid not null references executions,
  name text not null,
  -- Attempt that put it, or put it anew.
  attempt_no integer not null,
  size integer not null,
  content bytea not null,
  at timestamptz not null,
  primary key (execution_id, name)
);
-- They seldom compress, and are read as they are.
alter table artifacts alter column content set storage external;
