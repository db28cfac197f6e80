-- One row per merchant, listing, brand and reason of the day's refunds: what windows of days are summed from.
select
    f.merchant_id as merchant_id,
    f.listing_id as listing_id,
    f.brand_id as brand_id,
    f.reason as reason,
    cast(sum(cast(f.quantity as bigint)) as bigint) as units,
    cast(count(*) as bigint) as refunds
from refunds as f
group by f.merchant_id, f.listing_id, f.brand_id, f.reason
order by
    merchant_id nulls last,
    listing_id nulls last,
    brand_id nulls last,
    reason nulls last,
    units nulls last,
    refunds nulls last
