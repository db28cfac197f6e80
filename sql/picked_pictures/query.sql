-- One row per image of a listing that a job has picked.
select
    i.listing_id as listing_id,
    i.position as position,
    i.pdq as pdq,
    i.quality as quality
from listing_images as i
inner join picks as p on i.listing_id = p.listing_id
order by listing_id nulls last, position nulls last
