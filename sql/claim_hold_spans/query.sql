-- One row per hold. Holds of a claim may overlap: the union is the job's.
select
    h.claim_id as claim_id,
    h.started_at as started_at,
    h.ended_at as ended_at
from claim_holds as h
order by claim_id nulls last, started_at nulls last, ended_at nulls last
