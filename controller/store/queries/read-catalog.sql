-- All registered pipelines, by the digest of their plan.
select
  namespace || '#' || name as pipeline_id,
  spec ->> 'plan_digest' as plan_digest,
  revision,
  repository,
  file
from objects
where kind = 'Pipeline'
order by namespace, name
limit 100000
