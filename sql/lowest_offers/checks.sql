-- fail: a row's key occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.product_id as product_id,
        r.merchant_id as merchant_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.product_id, r.merchant_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.product_id is null
    or r.merchant_id is null
    or r.lowest_price_minor is null;
