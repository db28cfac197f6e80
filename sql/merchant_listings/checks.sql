-- fail: a row's key occurs twice
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
    or r.listings is null
    or r.active is null
    or r.earlier is null;

-- fail: a part is larger than the whole
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.listings < 1
    or r.active > r.listings
    or r.earlier > r.listings
    or r.active < 0
    or r.earlier < 0;
