select pg_notify('polyglot_objects', kind)
from (select distinct unnest($1::text[]) as kind) as changed
