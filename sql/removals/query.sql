-- One row per claim and listing that it had removed, reinstated since or not. Which of them stand, and which of several is a
-- listing's removal, is the jobs' to say.
select
    t.claim_id as claim_id,
    t.listing_id as listing_id,
    t.merchant_id as merchant_id,
    c.brand_id as brand_id,
    c.submitted_at as submitted_at,
    t.taken_down_at as taken_down_at,
    t.reinstated_at as reinstated_at
from takedowns as t
inner join claims as c on t.claim_id = c.claim_id
where t.outcome = 'removed'
order by claim_id nulls last, listing_id nulls last
