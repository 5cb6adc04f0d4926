-- By the beginning of the hash, or all of a name.
update tokens
set revoked_at = clock_timestamp()
where kind = 'user'
  and (name = $1 or left(encode(token_hash, 'hex'), 12) = $1)
  and name <> $2
  and revoked_at is null
  and expires_at > clock_timestamp()
returning left(encode(token_hash, 'hex'), 12) as id, name, role, expires_at
