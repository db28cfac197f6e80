-- fail: a brand occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.brand_id as brand_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.brand_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.brand_id is null
    or r.units_sold is null
    or r.counterfeit_refund_units is null
    or r.upheld_takedowns is null
    or r.active_listings is null;

-- warn: refunds have negative quantities, which outweigh the others; they count as none
select cast(count(*) as bigint) as bad_rows
from result as r
where r.counterfeit_refund_units < 0;
