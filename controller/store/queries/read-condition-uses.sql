select pipeline_id, need, site
from condition_uses
where shard = any ($1::text[])
