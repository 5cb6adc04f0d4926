select objects.kind, objects.namespace, objects.name, objects.conditions
from objects
join plans on plans.plan_digest = objects.spec_digest
where objects.kind = 'Pipeline'
  and plans.bundle_digest = $1
limit 10000
