-- One row per listing that offers a brand's product and whose merchant has had a listing removed: what may be the removed
-- offer again, whatever its images. Whether it is the same product, and later, is the job's to say.
select
    l.listing_id as listing_id,
    l.merchant_id as merchant_id,
    l.brand_id as brand_id,
    l.product_id as product_id,
    l.listed_at as listed_at
from listings as l
inner join (
    select t.merchant_id as merchant_id
    from takedowns as t
    where t.outcome = 'removed'
    group by t.merchant_id
) as s on l.merchant_id = s.merchant_id
where l.brand_id is not null and l.product_id is not null
order by listing_id nulls last
