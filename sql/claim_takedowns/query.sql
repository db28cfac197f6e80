-- One row per listing that a claim names: the takedown, its claim, and the right that the claim rests on.
-- Nothing is judged here: pauses, limits and violations are the job's.
with claim_sizes as (
    select
        s.claim_id as claim_id,
        cast(count(*) as bigint) as listings_in_claim
    from takedowns as s
    group by s.claim_id
)
select
    t.claim_id as claim_id,
    t.listing_id as listing_id,
    c.brand_id as brand_id,
    t.merchant_id as merchant_id,
    c.right_type as right_type,
    c.channel_locale as channel_locale,
    c.decision as decision,
    c.submitted_at as submitted_at,
    c.qualified_at as qualified_at,
    c.closed_at as closed_at,
    t.outcome as outcome,
    t.decided_at as decided_at,
    t.taken_down_at as taken_down_at,
    n.listings_in_claim as listings_in_claim,
    r.right_id as known_right_id,
    r.brand_id as right_brand_id,
    r.recorded_at as right_recorded_at,
    r.valid_from as right_valid_from,
    r.valid_to as right_valid_to
from takedowns as t
inner join claims as c on t.claim_id = c.claim_id
inner join claim_sizes as n on t.claim_id = n.claim_id
left join ip_rights as r on c.right_id = r.right_id
order by claim_id nulls last, listing_id nulls last
