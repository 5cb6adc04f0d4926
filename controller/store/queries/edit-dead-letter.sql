-- Answers nothing where it is requeued or dropped by now.
update dead_letters
set edited_inputs = $2::json
where execution_id = $1
  and settled_at is null
returning execution_id
