-- What is due in a queue, in its order, without what cannot start now: keys and pipelines at their limits, and hosts that
-- have no agent.
select *
from waiting_executions
where queue = $1
  and due_at <= $2
  and (concurrency_key is null or not concurrency_key = any ($3::text[]))
  and not pipeline_id = any ($4::text[])
  and (rate_key is null or not rate_key = any ($5::text[]))
  and (host is null or not host = any ($6::text[]))
order by order_key, order_tie, sequence
limit $7
