with old as (
  select occurrence_id
  from activation_log
  where at < $1
  limit $2
)
delete from activation_log
using old
where activation_log.occurrence_id = old.occurrence_id
returning activation_log.occurrence_id
