select plan_digest, plan, bundle_digest
from plans
where plan_digest = any ($1::text[])
