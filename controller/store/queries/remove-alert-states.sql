delete from alert_states
using unnest($1::text[], $2::text[]) as gone (alert, subject)
where alert_states.alert = gone.alert
  and alert_states.subject = gone.subject
