-- One row per merchant on record: its age, and the keys by which merchants are linked.
select
    m.merchant_id as merchant_id,
    m.status as status,
    m.opened_on as opened_on,
    m.entity_key as entity_key,
    m.contact_key as contact_key,
    m.payout_key as payout_key,
    m.address_key as address_key
from merchants as m
order by merchant_id nulls last
