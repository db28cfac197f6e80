-- fail: a listing occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.listing_id as listing_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.listing_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.listing_id is null
    or r.merchant_id is null
    or r.title is null
    or r.listed_at is null
    or r.status is null;
