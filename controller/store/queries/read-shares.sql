-- What waits and runs now of those who share these queues.
select
  queue,
  share_key as name,
  count(*) filter (where state = 'waiting') as waiting,
  count(*) filter (where state = 'running') as running
from executions
where queue = any ($1::text[])
  and state in ('waiting', 'running')
  and share_key is not null
group by queue, share_key
order by queue, share_key
limit 10000
