-- One row per merchant and brand that it sold in the window (and one for its goods without a brand): how much, and since
-- when.
select
    s.merchant_id as merchant_id,
    s.brand_id as brand_id,
    cast(sum(cast(s.quantity as bigint)) as bigint) as units,
    cast(sum(cast(cast(s.quantity as bigint) * s.unit_price_minor as bigint)) as bigint) as gmv_minor,
    max(s.unit_price_minor) as highest_price_minor,
    min(s.sold_at) as first_sold_at
from sales as s
group by s.merchant_id, s.brand_id
order by
    merchant_id nulls last,
    brand_id nulls last,
    units nulls last,
    gmv_minor nulls last,
    highest_price_minor nulls last,
    first_sold_at nulls last
