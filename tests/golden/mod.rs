//! Sixteen takedowns that cover every line of the definitions, and the marts that follow from them by hand.
//!
//! As of 2026-11-16 in Shanghai, T is 2026-11-16T16:00Z. The window has 14 days, from 2026-11-03; its ISO weeks begin
//! on the Mondays 2026-11-02, -09 and -16. Intervals are R's: `prop.test(x, n, correct = FALSE)` for Wilson and
//! `survey::svyciprop(~met, svydesign(ids = ~claim, weights = ~1), method = "beta")` with the effective n capped at n.

mod cube;
mod outcomes;

use crate::support::marts::Row;
use crate::support::time::{at, date};
use crate::support::{Brand, Claim, Hold, Lake, Right, Takedown, fixture};

/// The hand-made lake. Each claim says what it is there for.
fn lake() -> Lake {
    let brands = [
        Brand::new(1, "Aurelia"),
        // Five hours behind UTC in November.
        Brand { time_zone: "America/New_York", ..Brand::new(2, "Saltmarsh") },
    ];
    let rights = [
        Right { right_id: 11, brand_id: 1, right_type: "trademark", valid_to: None },
        Right { right_id: 12, brand_id: 2, right_type: "copyright", valid_to: None },
        Right { right_id: 13, brand_id: 1, right_type: "trademark", valid_to: Some(date("2026-10-31")) },
    ];
    let claims = [
        // 101: overlapping holds, and every outcome of a listing.
        Claim::new(101, at("2026-11-09 00:00"), at("2026-11-09 01:00")),
        // 102: an open hold keeps the due instant unknown; no right is named.
        Claim {
            right_id: None,
            right_type: "patent",
            ..Claim::new(102, at("2026-11-15 00:00"), at("2026-11-15 10:00"))
        },
        // 103: open past due; its right had expired.
        Claim {
            right_id: Some(13),
            channel_locale: "zh-CN",
            ..Claim::new(103, at("2026-11-10 00:00"), at("2026-11-10 12:00"))
        },
        // 104: removed before it was qualified; the right is another brand's; a Sunday in New York.
        Claim {
            brand_id: 2,
            right_type: "copyright",
            ..Claim::new(104, at("2026-11-09 02:00"), at("2026-11-09 04:30"))
        },
        // 105: withdrawn after qualification.
        Claim {
            brand_id: 2,
            right_id: Some(12),
            right_type: "copyright",
            decision: "withdrawn",
            closed_at: Some(at("2026-11-09 21:00")),
            ..Claim::new(105, at("2026-11-09 12:00"), at("2026-11-09 13:00"))
        },
        // 106: in review, handed in on Sunday the 15th at 22:00 in New York.
        Claim {
            brand_id: 2,
            right_id: Some(12),
            right_type: "copyright",
            qualified_at: None,
            decision: "in_review",
            channel_locale: "zh-CN",
            ..Claim::new(106, at("2026-11-16 03:00"), 0)
        },
        // 107: rejected, on a right that is not on record; handed in on Monday the 16th at 01:00 in New York.
        Claim {
            brand_id: 2,
            right_id: Some(99),
            qualified_at: None,
            decision: "rejected",
            closed_at: Some(at("2026-11-16 09:00")),
            ..Claim::new(107, at("2026-11-16 06:00"), 0)
        },
        // 108: the limit to the microsecond.
        Claim::new(108, at("2026-11-12 00:00"), at("2026-11-12 00:00")),
        // 109 and 110: either side of the midnight in Shanghai that opens the window.
        Claim::new(109, at("2026-11-02 15:00"), at("2026-11-02 15:59:59.999999")),
        Claim::new(110, at("2026-11-02 15:00"), at("2026-11-02 16:00")),
    ];
    let holds = [
        // 05:00–11:00 is stopped once, not twice; what lies before qualification does not count.
        Hold { claim_id: 101, started_at: at("2026-11-09 05:00"), ended_at: Some(at("2026-11-09 09:00")) },
        Hold { claim_id: 101, started_at: at("2026-11-09 07:00"), ended_at: Some(at("2026-11-09 11:00")) },
        Hold { claim_id: 101, started_at: at("2026-11-08 00:00"), ended_at: Some(at("2026-11-09 00:30")) },
        Hold { claim_id: 102, started_at: at("2026-11-15 20:00"), ended_at: None },
        // On excluded rows holds count for nothing.
        Hold { claim_id: 106, started_at: at("2026-11-16 04:00"), ended_at: None },
    ];
    let takedowns = [
        Takedown::removed(101, 1001, at("2026-11-10 06:00")),
        Takedown::removed(101, 1002, at("2026-11-10 08:00")),
        Takedown::decided(101, 1003, "kept", at("2026-11-09 13:00")),
        Takedown::decided(101, 1004, "already_gone", at("2026-11-09 02:00")),
        Takedown::pending(102, 1005),
        Takedown::pending(103, 1006),
        Takedown::removed(104, 1007, at("2026-11-09 04:00")),
        Takedown::removed(105, 1008, at("2026-11-09 18:00")),
        Takedown::pending(105, 1009),
        Takedown::pending(106, 1010),
        Takedown::pending(107, 1011),
        Takedown::removed(108, 1012, at("2026-11-13 00:00")),
        Takedown::removed(108, 1013, at("2026-11-13 00:00:00.000001")),
        Takedown::removed(109, 1014, at("2026-11-02 20:00")),
        Takedown::removed(110, 1015, at("2026-11-02 18:00")),
        // The same listing under another claim is another takedown.
        Takedown::decided(110, 1001, "already_gone", at("2026-11-03 16:00")),
    ];
    Lake::of(vec![
        fixture::brands().with_rows(brands),
        fixture::ip_rights().with_rows(rights),
        fixture::claims().with_rows(claims),
        fixture::claim_holds().with_rows(holds),
        fixture::takedowns().with_rows(takedowns),
    ])
}

/// The rows of a mart after a run over the hand-made lake.
fn mart(name: &str) -> Vec<Row> {
    let lake = lake();
    lake.sla().args("--days 14").run().ok();
    lake.rows(name)
}
