select queue, paused, draining, pressed, changed_by, changed_at
from queue_states
order by queue
limit 100000
