select queue, meter, value
from queue_meters
order by at desc
limit 100000
