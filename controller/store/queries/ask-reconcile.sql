select pg_notify('polyglot_reconcile', $1)
