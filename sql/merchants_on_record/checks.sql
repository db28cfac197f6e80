-- fail: a row's key occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.merchant_id as merchant_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.merchant_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.merchant_id is null
    or r.status is null
    or r.opened_on is null;
