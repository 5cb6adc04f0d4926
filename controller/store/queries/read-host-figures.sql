-- The mean of each figure of each host since a minute.
select agent_id, name, sum(total) / sum(samples) as value
from host_history
where gpu = -1
  and minute >= $1
  and samples > 0
group by agent_id, name
limit 100000
