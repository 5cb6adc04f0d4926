-- Tokens that nobody can use any more since a time.
with dead as (
  select token_hash
  from tokens
  where least(expires_at, used_at, revoked_at) < $1
  limit $2
)
delete from tokens
using dead
where tokens.token_hash = dead.token_hash
returning tokens.token_hash
