insert into tokens (token_hash, kind, name, role, expires_at)
values ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 second')
on conflict (token_hash) do update
set expires_at = excluded.expires_at
