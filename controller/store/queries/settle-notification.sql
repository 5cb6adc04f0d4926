-- Sent, or failed with a reason; with the last failure nobody tries again.
update notifications
set sent_at = $2,
  problem = $3,
  due_at = case when $4 then 'infinity' else due_at end
where notification_id = $1
