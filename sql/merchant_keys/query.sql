-- One row per merchant with the pseudonymous keys that tell which merchants belong together.
select
    m.merchant_id as merchant_id,
    m.entity_key as entity_key,
    m.contact_key as contact_key,
    m.payout_key as payout_key,
    m.address_key as address_key
from merchants as m
order by merchant_id nulls last
