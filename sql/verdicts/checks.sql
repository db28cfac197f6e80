-- fail: a row's key occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.sample_id as sample_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.sample_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.sample_id is null
    or r.merchant_id is null
    or r.listing_id is null
    or r.brand_id is null
    or r.selection is null
    or r.ordered_at is null
    or r.authenticated_at is null
    or r.verdict is null;
