-- One row per listing that a job has picked and that is on record.
select
    p.listing_id as listing_id,
    l.merchant_id as merchant_id,
    l.brand_id as brand_id,
    l.product_id as product_id,
    l.title as title,
    l.listed_at as listed_at,
    l.status as status,
    l.reactivated_at as reactivated_at
from picks as p
inner join listings as l on p.listing_id = l.listing_id
order by listing_id nulls last
