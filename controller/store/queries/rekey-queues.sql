-- Gives what waits in these queues the keys of their order, where they are other ones; says the same as `order-key.ts`. What
-- is changed is announced, so that memory follows. `every_ms` and `by`: how often what waits gains, and by how much.
with ordered as (
  select *
  from unnest($1::text[], $2::text[], $3::float8[], $4::float8[]) as ordered (queue, type, every_ms, by)
),
keyed as (
  select
    execution_id,
    case type
      when 'deadline' then coalesce(round(extract(epoch from deadline_at) * 1000)::float8, 'infinity')
      when 'priority' then coalesce(by * floor(round(extract(epoch from enqueued_at) * 1000)::float8 / every_ms), 0) - priority
      else 0
    end as new_key,
    case type when 'deadline' then -priority when 'priority' then -importance else 0 end as new_tie
  from executions
  join ordered using (queue)
  where state = 'waiting'
),
rekeyed as (
  update executions
  set order_key = new_key,
    order_tie = new_tie,
    waiting_since_xid = pg_current_xact_id()
  from keyed
  where executions.execution_id = keyed.execution_id
    and executions.state = 'waiting'
    and (order_key <> new_key or order_tie <> new_tie)
  returning shard
)
select pg_notify('polyglot_waiting', shard)
from (select distinct shard from rekeyed) as changed
