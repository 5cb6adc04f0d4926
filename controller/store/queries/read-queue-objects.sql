-- Queues as they are declared.
select name, spec, generation, repository, file
from objects
where kind = 'Queue'
order by name
limit 100000
