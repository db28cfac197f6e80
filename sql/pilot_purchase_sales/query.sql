-- One row per pilot purchase, with what its listing sold in the window (the weights of the estimates), and whether the
-- listing is still active.
with bought as (
    select p.listing_id as listing_id
    from pilot_purchases as p
    group by p.listing_id
),
sold as (
    select
        s.listing_id as listing_id,
        cast(sum(cast(s.quantity as bigint)) as bigint) as units,
        cast(sum(cast(cast(s.quantity as bigint) * s.unit_price_minor as bigint)) as bigint) as gmv_minor,
        max(s.unit_price_minor) as highest_price_minor
    from sales as s
    inner join bought as b on s.listing_id = b.listing_id
    group by s.listing_id
)
select
    p.sample_id as sample_id,
    p.listing_id as listing_id,
    p.brand_id as brand_id,
    coalesce(l.status = 'active', false) as listed,
    p.selection as selection,
    p.stratum as stratum,
    p.stratum_size as stratum_size,
    p.inclusion_probability as inclusion_probability,
    p.ordered_at as ordered_at,
    p.notarised_at as notarised_at,
    p.delivered_at as delivered_at,
    p.authenticated_at as authenticated_at,
    p.verdict as verdict,
    p.action as action,
    p.action_at as action_at,
    coalesce(k.units, cast(0 as bigint)) as units,
    coalesce(k.gmv_minor, cast(0 as bigint)) as gmv_minor,
    coalesce(k.highest_price_minor, cast(0 as bigint)) as highest_price_minor,
    l.brand_id as listing_brand_id,
    l.listing_id as known_listing_id
from pilot_purchases as p
left join sold as k on p.listing_id = k.listing_id
left join listings as l on p.listing_id = l.listing_id
order by sample_id nulls last
