delete from condition_uses
using unnest($1::text[], $2::text[], $3::text[]) as ended (pipeline_id, need, site)
where condition_uses.pipeline_id = ended.pipeline_id
  and condition_uses.need = ended.need
  and condition_uses.site = ended.site
