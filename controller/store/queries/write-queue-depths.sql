insert into queue_history (queue, pipeline_id, minute, waiting, running)
select queue, pipeline_id, $1::timestamptz, waiting, running
from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) as seen (queue, pipeline_id, waiting, running)
on conflict (queue, pipeline_id, minute) do update
set waiting = excluded.waiting,
  running = excluded.running
