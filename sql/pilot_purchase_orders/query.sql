-- One row per listing that was bought from, with the last order: what is in its cooling-off period.
select
    p.listing_id as listing_id,
    max(p.ordered_at) as ordered_at
from pilot_purchases as p
group by p.listing_id
order by listing_id nulls last
