-- One row per product with a price that its brand has named.
select
    p.product_id as product_id,
    p.list_price_minor as list_price_minor
from brand_products as p
where p.list_price_minor is not null
order by product_id nulls last
