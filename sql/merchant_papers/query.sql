-- One row per document that a merchant has filed, with what it takes to judge whether it is good.
select
    d.document_id as document_id,
    d.merchant_id as merchant_id,
    d.document_type as document_type,
    d.brand_id as brand_id,
    d.status as status,
    d.filed_on as filed_on,
    d.status_since as status_since,
    d.expires_on as expires_on
from merchant_documents as d
order by document_id nulls last
