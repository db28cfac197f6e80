-- The numbers of all listings, in order: where to cut a reduction that is run in parts.
select l.listing_id as listing_id
from listings as l
order by listing_id nulls last
