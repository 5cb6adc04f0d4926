select condition, site, state, value, extract(epoch from since)::float8 * 1000 as since_ms
from condition_states
order by condition, site
limit $1
