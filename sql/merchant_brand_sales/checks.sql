-- fail: a merchant and brand occur twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.merchant_id as merchant_id,
        r.brand_id as brand_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.merchant_id, r.brand_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.merchant_id is null
    or r.units is null
    or r.gmv_minor is null
    or r.highest_price_minor is null
    or r.first_sold_at is null;

-- fail: prices are so high that the GMV of a merchant's brand may not fit into 64 bits
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.units < 0
    or r.gmv_minor < 0
    or cast(r.units as double) * cast(r.highest_price_minor as double) > cast(9000000000000000000 as double);

-- fail: a row counts no unit
select cast(count(*) as bigint) as bad_rows
from result as r
where r.units < 1;
