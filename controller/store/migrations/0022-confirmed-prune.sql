-- The list of what left a repository that a person has agreed to lose.
alter table repository_orders add column confirmed_prune text;
