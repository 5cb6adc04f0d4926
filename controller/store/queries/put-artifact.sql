-- Keeps bytes under a name, or puts them in the place of those that were there; for an attempt under way, and as long as
-- its execution keeps no more than so many bytes and names. Answers whether the attempt runs, and whether it was done.
with running as (
  select execution_id
  from executions
  where execution_id = $1
    and attempt_no = $2
    and session_id = $3
    and state = 'running'
  for share
),
others as (
  select coalesce(sum(size), 0) as bytes, count(*) as names
  from artifacts
  where execution_id = $1
    and name <> $4
),
written as (
  insert into artifacts (execution_id, name, attempt_no, size, content, at)
  select execution_id, $4, $2, octet_length($5::bytea), $5, clock_timestamp()
  from running, others
  where others.bytes + octet_length($5::bytea) <= $6
    and others.names < $7
  on conflict (execution_id, name) do update
  set attempt_no = excluded.attempt_no,
    size = excluded.size,
    content = excluded.content,
    at = excluded.at
  returning 1
)
select
  exists (select from running) as running,
  exists (select from written) as written
