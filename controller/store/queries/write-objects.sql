-- Declares objects as they shall be. The generation rises where the spec is another one; `in_force` says that the
-- change takes effect with this commit, so that there is nothing left to observe.
insert into objects
  (kind, namespace, name, observed_generation, spec, spec_digest, repository, revision, file, updated_at)
select kind, namespace, name, in_force::integer, spec, spec_digest, $1, $2, file, $3
from unnest($4::text[], $5::text[], $6::text[], $7::boolean[], $8::json[], $9::text[], $10::text[])
  as desired (kind, namespace, name, in_force, spec, spec_digest, file)
on conflict (kind, namespace, name) do update
set generation = objects.generation + (objects.spec_digest <> excluded.spec_digest)::integer,
  observed_generation = case excluded.observed_generation
    when 1 then objects.generation + (objects.spec_digest <> excluded.spec_digest)::integer
    else objects.observed_generation
  end,
  spec = excluded.spec,
  spec_digest = excluded.spec_digest,
  repository = excluded.repository,
  revision = excluded.revision,
  file = excluded.file,
  updated_at = excluded.updated_at
