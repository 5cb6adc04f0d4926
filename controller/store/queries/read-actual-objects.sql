-- What a repository owns (null: what is applied by hand, none here), and what bears these keys whoever owns it.
select kind, namespace, name, generation, spec, spec_digest, repository, revision, file, conditions
from objects
where repository = $1
  or (kind, namespace, name) in (select * from unnest($2::text[], $3::text[], $4::text[]))
order by kind, namespace, name
limit $5
