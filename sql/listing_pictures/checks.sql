-- fail: an image occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.listing_id as listing_id,
        r.position as position,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.listing_id, r.position
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.listing_id is null
    or r.position is null
    or r.merchant_id is null
    or r.listed_at is null;
