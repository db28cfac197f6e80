-- One row per pilot purchase, with what is on record of its listing.
select
    p.sample_id as sample_id,
    p.listing_id as listing_id,
    p.brand_id as brand_id,
    coalesce(l.status = 'active', false) as listed,
    p.selection as selection,
    p.stratum as stratum,
    p.stratum_size as stratum_size,
    p.inclusion_probability as inclusion_probability,
    p.ordered_at as ordered_at,
    p.notarised_at as notarised_at,
    p.delivered_at as delivered_at,
    p.authenticated_at as authenticated_at,
    p.verdict as verdict,
    p.action as action,
    p.action_at as action_at,
    l.brand_id as listing_brand_id,
    l.listing_id as known_listing_id
from pilot_purchases as p
left join listings as l on p.listing_id = l.listing_id
order by sample_id nulls last
