-- Tokens of users that can be used now.
select left(encode(token_hash, 'hex'), 12) as id, name, role, expires_at
from tokens
where kind = 'user'
  and revoked_at is null
  and expires_at > clock_timestamp()
order by name, expires_at
limit $1
