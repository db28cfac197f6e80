-- One row per brand: units sold and refunded as counterfeit in the window, takedowns of the window that stand, and
-- active listings. Sales and refunds go by the brand that they were recorded with.
with sold as (
    select
        s.brand_id as brand_id,
        cast(sum(cast(s.quantity as bigint)) as bigint) as units
    from sales as s
    where s.brand_id is not null
    group by s.brand_id
),
refunded as (
    select
        f.brand_id as brand_id,
        cast(sum(cast(f.quantity as bigint)) as bigint) as units
    from refunds as f
    where f.reason = 'counterfeit' and f.brand_id is not null
    group by f.brand_id
),
upheld as (
    select
        c.brand_id as brand_id,
        -- Counted, not filtered: Polars makes a range join of a cross join with such a filter, and panics in it.
        cast(
            sum(
                cast(
                    case when t.taken_down_at >= u.window_start and t.taken_down_at < u.as_of then 1 else 0 end as bigint
                )
            ) as bigint
        ) as takedowns
    from takedowns as t
    inner join claims as c on t.claim_id = c.claim_id
    cross join run as u
    where t.outcome = 'removed' and t.reinstated_at is null
    group by c.brand_id
),
offered as (
    select
        l.brand_id as brand_id,
        cast(count(*) as bigint) as listings
    from listings as l
    where l.status = 'active' and l.brand_id is not null
    group by l.brand_id
)
select
    b.brand_id as brand_id,
    coalesce(s.units, cast(0 as bigint)) as units_sold,
    coalesce(r.units, cast(0 as bigint)) as counterfeit_refund_units,
    coalesce(h.takedowns, cast(0 as bigint)) as upheld_takedowns,
    coalesce(o.listings, cast(0 as bigint)) as active_listings
from brands as b
left join sold as s on b.brand_id = s.brand_id
left join refunded as r on b.brand_id = r.brand_id
left join upheld as h on b.brand_id = h.brand_id
left join offered as o on b.brand_id = o.brand_id
order by brand_id nulls last
