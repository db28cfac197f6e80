-- One row per takedown that removed its listing, reinstated since or not, with the brand of its claim. Which of several
-- takedowns of a listing is its removal is the job's to say.
select
    t.claim_id as claim_id,
    t.listing_id as listing_id,
    c.brand_id as brand_id,
    t.merchant_id as merchant_id,
    t.taken_down_at as taken_down_at,
    t.reinstated_at as reinstated_at
from takedowns as t
inner join claims as c on t.claim_id = c.claim_id
where t.outcome = 'removed'
order by claim_id nulls last, listing_id nulls last
