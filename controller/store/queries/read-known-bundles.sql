select bundle_digest
from bundles
where bundle_digest = any ($1::text[])
