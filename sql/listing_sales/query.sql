-- One row per listing that was sold: units and GMV. Sums of parts of the sales add up, so that it is run over some files at
-- a time: engines hold what they sum by many keys in memory.
select
    s.listing_id as listing_id,
    cast(sum(cast(s.quantity as bigint)) as bigint) as units,
    cast(sum(cast(cast(s.quantity as bigint) * s.unit_price_minor as bigint)) as bigint) as gmv_minor,
    max(s.unit_price_minor) as highest_price_minor
from sales as s
group by s.listing_id
order by listing_id nulls last
