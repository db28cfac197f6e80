-- fail: a brand has two rows of the same units and GMV
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.brand_id as brand_id,
        r.units as units,
        r.gmv_minor as gmv_minor,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.brand_id, r.units, r.gmv_minor
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.brand_id is null
    or r.units is null
    or r.gmv_minor is null
    or r.listings is null
    or r.highest_price_minor is null;

-- fail: prices are so high that the GMV of a listing may not fit into 64 bits
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.units < 0
    or r.gmv_minor < 0
    or cast(r.units as double) * cast(r.highest_price_minor as double) > cast(9000000000000000000 as double);

-- fail: a row counts no listing
select cast(count(*) as bigint) as bad_rows
from result as r
where r.listings < 1;
