-- One row per active listing of a brand: a brand's population.
select
    l.listing_id as listing_id,
    l.brand_id as brand_id
from listings as l
where l.status = 'active' and l.brand_id is not null
order by listing_id nulls last
