-- One row per merchant, listing, brand, product and price of the day's sales: what windows of days are summed from. The
-- price stays, since whether it was a deep discount is judged by reference prices of a later day.
select
    s.merchant_id as merchant_id,
    s.listing_id as listing_id,
    s.brand_id as brand_id,
    s.product_id as product_id,
    s.unit_price_minor as unit_price_minor,
    cast(sum(cast(s.quantity as bigint)) as bigint) as units,
    cast(count(*) as bigint) as order_lines
from sales as s
group by s.merchant_id, s.listing_id, s.brand_id, s.product_id, s.unit_price_minor
order by
    merchant_id nulls last,
    listing_id nulls last,
    brand_id nulls last,
    product_id nulls last,
    unit_price_minor nulls last,
    units nulls last,
    order_lines nulls last
