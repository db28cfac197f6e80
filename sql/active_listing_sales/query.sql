-- How many active listings of a brand sold so many units for so much in the window: a brand's population with its
-- weights. Listings without a sale, which are most, share one row.
with sold as (
    select
        s.listing_id as listing_id,
        cast(sum(cast(s.quantity as bigint)) as bigint) as units,
        cast(sum(cast(cast(s.quantity as bigint) * s.unit_price_minor as bigint)) as bigint) as gmv_minor,
        max(s.unit_price_minor) as highest_price_minor
    from sales as s
    group by s.listing_id
),
offered as (
    select
        l.brand_id as brand_id,
        coalesce(k.units, cast(0 as bigint)) as units,
        coalesce(k.gmv_minor, cast(0 as bigint)) as gmv_minor,
        coalesce(k.highest_price_minor, cast(0 as bigint)) as highest_price_minor
    from listings as l
    left join sold as k on l.listing_id = k.listing_id
    where l.status = 'active' and l.brand_id is not null
)
select
    o.brand_id as brand_id,
    o.units as units,
    o.gmv_minor as gmv_minor,
    cast(count(*) as bigint) as listings,
    max(o.highest_price_minor) as highest_price_minor
from offered as o
group by o.brand_id, o.units, o.gmv_minor
order by brand_id nulls last, units nulls last, gmv_minor nulls last
