-- One row per image of a listing on record, with the listing's merchant and age: what pictures are looked
-- for among.
select
    i.listing_id as listing_id,
    i.position as position,
    l.merchant_id as merchant_id,
    l.listed_at as listed_at,
    i.pdq as pdq,
    i.quality as quality
from listing_images as i
inner join listings as l on i.listing_id = l.listing_id
order by listing_id nulls last, position nulls last
