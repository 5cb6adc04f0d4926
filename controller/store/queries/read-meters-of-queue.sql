select queue, meter, value
from queue_meters
where queue = $1
  and meter = any ($2::text[])
