-- One row per listing that a plan has picked: what a purchasing desk needs to find it.
select
    p.listing_id as listing_id,
    l.title as title,
    m.name as merchant_name,
    b.name_en as brand_name
from picks as p
inner join listings as l on p.listing_id = l.listing_id
left join merchants as m on l.merchant_id = m.merchant_id
left join brands as b on l.brand_id = b.brand_id
order by listing_id nulls last
