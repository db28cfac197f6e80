-- One row per pilot purchase with a verdict.
select
    p.sample_id as sample_id,
    p.merchant_id as merchant_id,
    p.listing_id as listing_id,
    p.brand_id as brand_id,
    p.selection as selection,
    p.inclusion_probability as inclusion_probability,
    p.ordered_at as ordered_at,
    p.authenticated_at as authenticated_at,
    p.verdict as verdict
from pilot_purchases as p
where p.verdict is not null
order by sample_id nulls last
