-- The execution whose step or background branch made this one. It may be removed before its children are.
alter table executions add column parent_id uuid;
create index executions_by_parent on executions (parent_id, execution_id) where parent_id is not null;
