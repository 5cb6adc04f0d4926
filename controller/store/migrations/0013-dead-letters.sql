-- What people do about dead letters, and what tells one kind of failure from another.
alter table dead_letters
  add column fingerprint text not null default '',
  -- What it is requeued with instead of the activation's inputs.
  add column edited_inputs json,
  -- Null: somebody has to look at it.
  add column settled_as text check (settled_as in ('requeued', 'dropped', 'expired')),
  add column settled_at timestamptz,
  add column requeued_as uuid,
  add column note text,
  add check ((settled_as is null) = (settled_at is null)),
  add check (requeued_as is null or settled_as = 'requeued');
drop index dead_letters_by_queue;
create index dead_letters_open on dead_letters (queue, at) where settled_at is null;
create index dead_letters_by_time on dead_letters (at);

-- Those that fit a filter whose empty parts hold for all.
create function matching_dead_letters(
  of_queue text, of_pipeline text, of_fingerprint text, of_type text, of_reason text,
  since timestamptz, until timestamptz, ids uuid[], with_settled boolean
) returns setof dead_letters
language sql
stable
as $$
  select *
  from dead_letters
  where (with_settled or settled_at is null)
    and (of_queue = '' or queue = of_queue)
    and (of_pipeline = '' or pipeline_id = of_pipeline)
    and (of_fingerprint = '' or fingerprint = of_fingerprint)
    and (of_type = '' or error ->> 'type' = of_type)
    and (of_reason = '' or reason = of_reason)
    and (since is null or at >= since)
    and (until is null or at < until)
    and (ids is null or execution_id = any (ids))
$$;
