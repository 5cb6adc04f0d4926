select alert, subject, state, since, value
from alert_states
order by alert, subject
limit 100000
