-- fail: a merchant, listing, brand and reason occur twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.merchant_id as merchant_id,
        r.listing_id as listing_id,
        r.brand_id as brand_id,
        r.reason as reason,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.merchant_id, r.listing_id, r.brand_id, r.reason
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.merchant_id is null
    or r.listing_id is null
    or r.reason is null
    or r.units is null
    or r.refunds is null;
