-- One row per product without a list price and merchant that offers it: what the product costs there at the least. Their
-- median over merchants is the product's reference price.
select
    l.product_id as product_id,
    l.merchant_id as merchant_id,
    min(l.price_minor) as lowest_price_minor
from listings as l
left join brand_products as p on l.product_id = p.product_id
where l.status = 'active' and l.product_id is not null and p.list_price_minor is null
group by l.product_id, l.merchant_id
order by product_id nulls last, merchant_id nulls last
