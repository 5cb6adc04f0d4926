-- Values of secrets, written by people and read by steps alone. A row tells nothing without the controller's master key.
create table secret_values (
  name text primary key,
  -- Which master key wraps the value's own key.
  master_key_id text not null,
  -- The value's own key under the master key, and the value under its own key: nonce, cipher text, tag.
  wrapped_key bytea not null,
  sealed bytea not null,
  -- How often it was set.
  version integer not null default 1,
  set_by text not null,
  set_at timestamptz not null
);
