-- All of a name but one.
update tokens
set revoked_at = clock_timestamp()
where kind = $1
  and name = $2
  and token_hash <> $3
  and revoked_at is null
