-- What each alert is at, by what it is about: a queue, a pipeline, a host, a repository. Changed under the term of the shard
-- 'alerts', together with the notifications that follow from it: each change is told once.
create table alert_states (
  alert text not null,
  subject text not null,
  -- Holding, but not yet for long enough; told; over.
  state text not null check (state in ('pending', 'firing', 'resolved')),
  since timestamptz not null,
  value float8 not null,
  primary key (alert, subject)
);

-- What somebody is to be told. It is sent again until it was taken, or was tried too often.
create table notifications (
  notification_id uuid primary key,
  notifier text not null,
  content json not null,
  attempts integer not null default 0,
  due_at timestamptz not null,
  sent_at timestamptz,
  -- Why the last attempt failed; with due_at 'infinity' it was the last one.
  problem text,
  at timestamptz not null
);
create index notifications_due on notifications (due_at) where sent_at is null;
create index notifications_by_time on notifications using brin (at) with (autosummarize = on);
