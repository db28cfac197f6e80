-- fail: a document occurs twice
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.document_id as document_id,
        cast(count(*) as bigint) as copies
    from result as r
    group by r.document_id
) as g
where g.copies > 1;

-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where
    r.document_id is null
    or r.merchant_id is null
    or r.document_type is null
    or r.status is null
    or r.filed_on is null
    or r.status_since is null;

-- warn: documents are valid until before the day they were filed
select cast(count(*) as bigint) as bad_rows
from result as r
where r.expires_on < r.filed_on;
