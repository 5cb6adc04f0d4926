select archive
from bundles
where bundle_digest = $1
