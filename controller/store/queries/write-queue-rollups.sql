insert into queue_history as before
  (queue, pipeline_id, minute, enqueued, started, settled, wait_ms, processing_ms, waits, processings)
select queue, pipeline_id, minute, enqueued, started, settled, wait_ms, processing_ms, waits::int[], processings::int[]
from unnest(
  $1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[],
  $7::float8[], $8::float8[], $9::text[], $10::text[]
) as added (queue, pipeline_id, minute, enqueued, started, settled, wait_ms, processing_ms, waits, processings)
on conflict (queue, pipeline_id, minute) do update
set enqueued = before.enqueued + excluded.enqueued,
  started = before.started + excluded.started,
  settled = before.settled + excluded.settled,
  wait_ms = before.wait_ms + excluded.wait_ms,
  processing_ms = before.processing_ms + excluded.processing_ms,
  waits = array(
    select coalesce(mine, 0) + coalesce(theirs, 0)
    from unnest(before.waits, excluded.waits) with ordinality as bucket (mine, theirs, place)
    order by place
  ),
  processings = array(
    select coalesce(mine, 0) + coalesce(theirs, 0)
    from unnest(before.processings, excluded.processings) with ordinality as bucket (mine, theirs, place)
    order by place
  )
