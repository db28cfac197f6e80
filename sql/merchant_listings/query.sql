-- One row per merchant and brand that it has a listing of (and one for its listings without a brand).
select
    l.merchant_id as merchant_id,
    l.brand_id as brand_id,
    cast(count(*) as bigint) as listings,
    cast(sum(cast(case when l.status = 'active' then 1 else 0 end as bigint)) as bigint) as active,
    cast(sum(cast(case when l.listed_at < e.begins_at then 1 else 0 end as bigint)) as bigint) as earlier
from listings as l
cross join evaluation as e
group by l.merchant_id, l.brand_id
order by
    merchant_id nulls last,
    brand_id nulls last,
    listings nulls last,
    active nulls last,
    earlier nulls last
