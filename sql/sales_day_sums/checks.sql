-- fail: a merchant, listing, brand, product and price occur twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.merchant_id as merchant_id,
        r.listing_id as listing_id,
        r.brand_id as brand_id,
        r.product_id as product_id,
        r.unit_price_minor as unit_price_minor,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.merchant_id, r.listing_id, r.brand_id, r.product_id, r.unit_price_minor
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.merchant_id is null
    or r.listing_id is null
    or r.unit_price_minor is null
    or r.units is null
    or r.order_lines is null;

-- fail: a row counts less than a unit, or fewer units than order lines
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.units < 1
    or r.order_lines < 1
    or r.units < r.order_lines
    or r.unit_price_minor < 0;

-- fail: a price is so high that its GMV may not fit into 64 bits
select cast(count(*) as bigint) as bad_rows
from result as r
where cast(r.units as double) * cast(r.unit_price_minor as double) > cast(9000000000000000000 as double);
