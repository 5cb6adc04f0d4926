select content
from artifacts
where execution_id = $1
  and name = $2
