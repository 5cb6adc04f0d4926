-- Connections of some types: what declares each, what declares the secret that it names, and that one's sealed value where
-- the store has one.
select
  connections.name,
  connections.spec as connection,
  secrets.spec,
  secret_values.master_key_id,
  secret_values.wrapped_key,
  secret_values.sealed
from objects as connections
left join objects as secrets on secrets.kind = 'Secret'
  and secrets.namespace = ''
  and secrets.name = connections.spec ->> 'credentialsFrom'
left join secret_values on secret_values.name = secrets.name
where connections.kind = 'Connection'
  and connections.namespace = ''
  and connections.spec ->> 'type' = any($1::text[])
order by connections.name
limit $2
