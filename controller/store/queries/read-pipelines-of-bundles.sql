select objects.kind, objects.namespace, objects.name, objects.conditions, plans.bundle_digest, plans.plan_digest
from objects
join plans on plans.plan_digest = objects.spec_digest
where objects.kind = 'Pipeline'
  and plans.bundle_digest = any ($1::text[])
limit $2
