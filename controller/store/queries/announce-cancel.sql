select pg_notify('polyglot_cancel', $1)
