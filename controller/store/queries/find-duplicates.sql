-- The executions that took these dedupe keys first.
select pipeline_id, dedupe_key, activation_id as execution_id
from activations
join unnest($1::text[], $2::text[]) as asked (pipeline_id, dedupe_key) using (pipeline_id, dedupe_key)
