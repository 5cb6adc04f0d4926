-- What a repository declared at each revision that was put in force as a whole: what a rollback goes back to. Plans and
-- bundles stand in tables of their own.
create table repository_revisions (
  repository text not null,
  revision text not null,
  at timestamptz not null,
  objects json not null,
  primary key (repository, revision)
);
create index repository_revisions_by_time on repository_revisions (repository, at desc);

-- What people ordered of a repository, beside what its object says.
create table repository_orders (
  repository text primary key,
  suspended_by text,
  -- In force instead of the quarantined commits, until there is a newer one.
  held_revision text,
  quarantined text[] not null default '{}',
  held_by text,
  reason text not null default '',
  at timestamptz not null
);

-- What became of objects, for people.
create table object_events (
  event_id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  namespace text not null,
  name text not null,
  reason text not null,
  message text not null,
  repository text,
  revision text
);
create index object_events_by_object on object_events (kind, namespace, name, event_id);
create index object_events_by_repository on object_events (repository, event_id);
create index object_events_by_time on object_events using brin (at);
