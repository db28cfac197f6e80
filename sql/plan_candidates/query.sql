-- One row per active listing of a brand in the programme: what may be bought next, and what speaks against it.
with refunded as (
    select
        f.listing_id as listing_id,
        cast(sum(cast(f.quantity as bigint)) as bigint) as units
    from refunds as f
    where f.reason = 'counterfeit'
    group by f.listing_id
),
enforced as (
    select
        t.merchant_id as merchant_id,
        -- Counted, not filtered: Polars makes a range join of a cross join with such a filter, and panics in it.
        cast(
            sum(
                cast(
                    case
                        when t.taken_down_at >= u.enforcement_start and t.taken_down_at < u.as_of then 1
                        else 0
                    end as bigint
                )
            ) as bigint
        ) as takedowns
    from takedowns as t
    cross join run as u
    where t.outcome = 'removed' and t.reinstated_at is null
    group by t.merchant_id
)
select
    l.listing_id as listing_id,
    l.merchant_id as merchant_id,
    l.brand_id as brand_id,
    l.price_minor as price_minor,
    coalesce(r.units, cast(0 as bigint)) as counterfeit_refund_units,
    coalesce(e.takedowns, cast(0 as bigint)) as merchant_upheld_takedowns
from listings as l
inner join brands as b on l.brand_id = b.brand_id
left join refunded as r on l.listing_id = r.listing_id
left join enforced as e on l.merchant_id = e.merchant_id
where l.status = 'active'
order by listing_id nulls last
