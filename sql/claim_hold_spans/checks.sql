-- fail: a required column is null
select cast(count(*) as bigint) as bad_rows
from result as r
where r.claim_id is null or r.started_at is null;

-- warn: a hold ended before it started
select cast(count(*) as bigint) as bad_rows
from result as r
where r.ended_at < r.started_at;
