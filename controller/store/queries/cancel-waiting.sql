-- waiting -> cancelled, before any attempt began.
update executions
set state = 'cancelled',
  ended_at = clock_timestamp()
where execution_id = $1
  and state = 'waiting'
returning execution_id
