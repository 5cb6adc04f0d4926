-- Keeps the sealed value of a secret; the one before it is gone.
insert into secret_values (name, master_key_id, wrapped_key, sealed, set_by, set_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (name) do update
set master_key_id = excluded.master_key_id,
  wrapped_key = excluded.wrapped_key,
  sealed = excluded.sealed,
  version = secret_values.version + 1,
  set_by = excluded.set_by,
  set_at = excluded.set_at
returning version
