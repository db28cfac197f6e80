-- One row per brand: what its reports need to be addressed, named and cut into days.
select
    b.brand_id as brand_id,
    b.name_en as name_en,
    b.name_zh as name_zh,
    b.owner_name as owner_name,
    b.report_locale as report_locale,
    b.time_zone as time_zone
from brands as b
order by brand_id nulls last
