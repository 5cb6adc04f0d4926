-- Of two reports of files that the ledger does not know yet, the second one sees what the first one wrote.
select pg_advisory_xact_lock(hashtextextended('file_ledger ' || $1, 0))
