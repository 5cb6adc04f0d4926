-- As read-first, from the other end: last in, first out.
select *
from waiting_executions
where queue = $1
  and due_at <= $2
  and (concurrency_key is null or not concurrency_key = any ($3::text[]))
  and not pipeline_id = any ($4::text[])
  and (rate_key is null or not rate_key = any ($5::text[]))
  and (host is null or not host = any ($6::text[]))
order by order_key desc, order_tie desc, sequence desc
limit $7
