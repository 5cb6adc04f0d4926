-- What came, started and ended in each queue, by pipeline and minute, and how long it waited and ran. Losing it loses no work.
create table queue_history (
  queue text not null,
  pipeline_id text not null,
  minute timestamptz not null,
  enqueued bigint not null default 0,
  started bigint not null default 0,
  settled bigint not null default 0,
  wait_ms float8 not null default 0,
  processing_ms float8 not null default 0,
  -- Counts of a histogram whose bucket n ends at 2^(n/4) milliseconds, the first one is 0; without zeros at the end.
  waits int[] not null default '{}',
  processings int[] not null default '{}',
  -- At the last look in that minute.
  waiting bigint not null default 0,
  running bigint not null default 0,
  primary key (queue, pipeline_id, minute)
);
-- Rows come as time goes, so their blocks are in that order, and old ones are found by it.
create index queue_history_by_minute on queue_history using brin (minute) with (autosummarize = on);
