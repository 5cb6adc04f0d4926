select activation_id, pipeline_id, trigger_name, trigger_context, revision, at
from activations
where $1 = '' or pipeline_id = $1
order by activation_id desc
limit $2
