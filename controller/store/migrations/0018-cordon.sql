-- Agents that people have closed to new work; null: open.
alter table agents add column cordoned_at timestamptz;
alter table agents add column cordoned_by text;
