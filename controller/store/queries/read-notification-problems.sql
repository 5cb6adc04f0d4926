-- Why somebody was not told, of the newest notification of each alert and notifier.
select distinct on (content ->> 'alert', content ->> 'subject', notifier)
  content ->> 'alert' as alert,
  content ->> 'subject' as subject,
  notifier,
  sent_at,
  problem
from notifications
where at >= $1
order by content ->> 'alert', content ->> 'subject', notifier, at desc
limit 10000
