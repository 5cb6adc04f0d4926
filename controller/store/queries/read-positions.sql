select plan_digest, positions
from plans
where plan_digest = any ($1::text[])
