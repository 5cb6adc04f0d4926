-- Of conditions that no pipeline asks for any more.
delete from condition_states
where condition <> all ($1::text[])
