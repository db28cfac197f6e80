-- fail: a listing occurs twice in a claim
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
    or r.right_type is null
    or r.channel_locale is null
    or r.decision is null
    or r.submitted_at is null
    or r.outcome is null
    or r.listings_in_claim is null;

-- fail: a claim has not as many rows as listings_in_claim says
select cast(count(*) as bigint) as bad_rows
from (
    select
        r.claim_id as claim_id,
        r.listings_in_claim as listings_in_claim,
        cast(count(*) as bigint) as found
    from result as r
    group by r.claim_id, r.listings_in_claim
) as g
where g.found <> g.listings_in_claim;
