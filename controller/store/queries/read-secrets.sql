-- Secrets that are declared, or have a value in the store, or both.
select
  coalesce(objects.name, secret_values.name) as name,
  objects.spec,
  objects.repository,
  secret_values.master_key_id,
  secret_values.wrapped_key,
  secret_values.sealed,
  secret_values.version,
  secret_values.set_by,
  secret_values.set_at
from (select name, spec, repository from objects where kind = 'Secret' and namespace = '') as objects
full join secret_values using (name)
where $1::text is null
  or name = $1
order by 1
limit $2
