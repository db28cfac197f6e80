-- One row per merchant on record: who has to have papers.
select
    m.merchant_id as merchant_id,
    m.status as status
from merchants as m
order by merchant_id nulls last
