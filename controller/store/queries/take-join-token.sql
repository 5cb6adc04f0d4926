-- Once only.
update tokens
set used_at = clock_timestamp()
where token_hash = $1
  and kind = 'join'
  and used_at is null
  and revoked_at is null
  and expires_at > clock_timestamp()
returning name
