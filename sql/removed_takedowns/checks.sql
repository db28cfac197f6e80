-- fail: a listing of a claim occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.claim_id as claim_id,
        r.listing_id as listing_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.claim_id, r.listing_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.claim_id is null
    or r.listing_id is null
    or r.brand_id is null
    or r.merchant_id is null
    or r.taken_down_at is null;
