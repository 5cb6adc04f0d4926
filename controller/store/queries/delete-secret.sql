delete from secret_values
where name = $1
returning name
