-- An end that a queue's rules do not have tried again. Wider than before, so rows that are there need no look.
alter table dead_letters drop constraint dead_letters_reason_check;
alter table dead_letters add constraint dead_letters_reason_check
  check (reason in
    ('attempts_used_up', 'not_retried', 'outcome_unknown', 'wait_timeout', 'deadline_missed', 'queue_full', 'dropped'))
  not valid;
