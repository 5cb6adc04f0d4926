select token_hash, name, role
from tokens
where token_hash = $1
  and kind = 'user'
  and revoked_at is null
  and expires_at > clock_timestamp()
