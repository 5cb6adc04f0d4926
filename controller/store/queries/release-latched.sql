-- An activation used them, or they count no more. Answers those that were there.
delete from latched_events
where event_id = any ($1::uuid[])
returning event_id
