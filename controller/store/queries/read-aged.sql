-- As read-first, of what ages no more: it has waited since before a time, and stands by its priority.
select *
from waiting_executions
where queue = $1
  and due_at <= $2
  and (concurrency_key is null or not concurrency_key = any ($3::text[]))
  and not pipeline_id = any ($4::text[])
  and (rate_key is null or not rate_key = any ($5::text[]))
  and (host is null or not host = any ($6::text[]))
  and enqueued_at < $8
order by priority desc, importance desc, sequence
limit $7
