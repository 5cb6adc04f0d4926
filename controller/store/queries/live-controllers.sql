select controller_id, url
from controllers
where lease_until > clock_timestamp()
order by controller_id
limit 100
