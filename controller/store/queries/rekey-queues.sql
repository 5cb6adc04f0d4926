-- Gives what waits in these queues the keys of their order, where they are other ones; says the same as `order-key.ts`. What
-- is changed is announced, so that memory follows. `every_ms` and `by`: how often what waits gains, and by how much.
-- `share_by` and `share_input`: who shares the queue, as in `queue-place.ts`.
with ordered as (
  select *
  from unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::text[], $6::text[])
    as ordered (queue, type, every_ms, by, share_by, share_input)
),
keyed as (
  select
    execution_id,
    case type
      when 'deadline' then coalesce(round(extract(epoch from deadline_at) * 1000)::float8, 'infinity')
      when 'priority' then coalesce(by * floor(round(extract(epoch from enqueued_at) * 1000)::float8 / every_ms), 0) - priority
      else 0
    end as new_key,
    case type when 'deadline' then -priority when 'priority' then -importance else 0 end as new_tie,
    case share_by
      when 'namespace' then split_part(executions.pipeline_id, '#', 1)
      when 'pipeline' then executions.pipeline_id
      when 'key' then case
        when length(input.value) > 200 then 'sha256:' || encode(sha256(convert_to(input.value, 'UTF8')), 'hex')
        else coalesce(input.value, '')
      end
    end as new_share
  from executions
  join ordered using (queue)
  left join lateral (
    select activations.inputs ->> share_input as value
    from activations
    where share_by = 'key'
      and activations.activation_id = executions.execution_id
  ) as input on true
  where state = 'waiting'
),
rekeyed as (
  update executions
  set order_key = new_key,
    order_tie = new_tie,
    share_key = new_share,
    waiting_since_xid = pg_current_xact_id()
  from keyed
  where executions.execution_id = keyed.execution_id
    and executions.state = 'waiting'
    and (order_key <> new_key or order_tie <> new_tie or share_key is distinct from new_share)
  returning shard
)
select pg_notify('polyglot_waiting', shard)
from (select distinct shard from rekeyed) as changed
