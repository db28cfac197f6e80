//! The rows that `takedown-sla` reads, with sound defaults, and a sound set of them.
//!
//! The columns are written down here once more, from the contract's text and not from the code's tables.

use super::DAY;
use super::comments::{comments, of_day};
use super::table::{Cell, Table};
use super::time::{HOUR, at, date, t};

/// A brand.
#[derive(Clone, Debug)]
pub struct Brand {
    pub brand_id: i64,
    pub name_en: String,
    pub name_zh: Option<String>,
    pub owner_name: String,
    pub emails: Vec<String>,
    pub report_locale: &'static str,
    pub time_zone: &'static str,
}

impl Brand {
    /// An English-speaking brand in Shanghai.
    pub fn new(brand_id: i64, name: &str) -> Self {
        Self {
            brand_id,
            name_en: name.to_owned(),
            name_zh: None,
            owner_name: format!("{name} Ltd"),
            emails: vec![format!("ip@brand-{brand_id}.example")],
            report_locale: "en",
            time_zone: "Asia/Shanghai",
        }
    }
}

/// An intellectual-property right.
#[derive(Clone, Copy, Debug)]
pub struct Right {
    pub right_id: i64,
    pub brand_id: i64,
    pub right_type: &'static str,
    pub valid_to: Option<i32>,
}

/// A claim.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    pub claim_id: i64,
    pub brand_id: i64,
    pub right_id: Option<i64>,
    pub right_type: &'static str,
    pub submitted_at: i64,
    pub qualified_at: Option<i64>,
    pub decision: &'static str,
    pub closed_at: Option<i64>,
    pub channel_locale: &'static str,
}

impl Claim {
    /// A qualified claim on a trademark of brand 1 through the English channel.
    pub fn new(claim_id: i64, submitted_at: i64, qualified_at: i64) -> Self {
        Self {
            claim_id,
            brand_id: 1,
            right_id: Some(11),
            right_type: "trademark",
            submitted_at,
            qualified_at: Some(qualified_at),
            decision: "qualified",
            closed_at: None,
            channel_locale: "en",
        }
    }
}

/// A hold.
#[derive(Clone, Copy, Debug)]
pub struct Hold {
    pub claim_id: i64,
    pub started_at: i64,
    pub ended_at: Option<i64>,
}

/// A takedown.
#[derive(Clone, Copy, Debug)]
pub struct Takedown {
    pub claim_id: i64,
    pub listing_id: i64,
    pub merchant_id: i64,
    pub outcome: &'static str,
    pub decided_at: Option<i64>,
    pub taken_down_at: Option<i64>,
}

impl Takedown {
    /// Still pending.
    pub fn pending(claim_id: i64, listing_id: i64) -> Self {
        let merchant_id = 900 + listing_id % 7;
        Self { claim_id, listing_id, merchant_id, outcome: "pending", decided_at: None, taken_down_at: None }
    }

    /// Removed at an instant.
    pub fn removed(claim_id: i64, listing_id: i64, when: i64) -> Self {
        let (decided_at, taken_down_at) = (Some(when), Some(when));
        Self { outcome: "removed", decided_at, taken_down_at, ..Self::pending(claim_id, listing_id) }
    }

    /// Decided otherwise: `kept` or `already_gone`.
    pub fn decided(claim_id: i64, listing_id: i64, outcome: &'static str, when: i64) -> Self {
        Self { outcome, decided_at: Some(when), ..Self::pending(claim_id, listing_id) }
    }
}

fn instant(micros: impl Into<Option<i64>>) -> Cell {
    micros.into().map_or(Cell::Null, Cell::Instant)
}

impl From<Brand> for Vec<Cell> {
    fn from(b: Brand) -> Self {
        let (id, name, zh, owner) = (b.brand_id.into(), b.name_en.into(), b.name_zh.into(), b.owner_name.into());
        vec![id, name, zh, owner, Cell::List(b.emails), b.report_locale.into(), b.time_zone.into()]
    }
}

impl From<Right> for Vec<Cell> {
    fn from(r: Right) -> Self {
        let number = format!("REG-{}", r.right_id);
        let (from, to) = (Cell::Date(date("2020-01-01")), r.valid_to.map_or(Cell::Null, Cell::Date));
        let recorded = instant(at("2020-02-01 00:00"));
        vec![r.right_id.into(), r.brand_id.into(), r.right_type.into(), number.into(), "CN".into(), from, to, recorded]
    }
}

impl From<Claim> for Vec<Cell> {
    fn from(c: Claim) -> Self {
        vec![
            c.claim_id.into(),
            c.brand_id.into(),
            c.right_id.into(),
            c.right_type.into(),
            instant(c.submitted_at),
            instant(c.qualified_at),
            c.decision.into(),
            instant(c.closed_at),
            c.channel_locale.into(),
        ]
    }
}

impl From<Hold> for Vec<Cell> {
    fn from(h: Hold) -> Self {
        vec![h.claim_id.into(), instant(h.started_at), instant(h.ended_at), "documents".into()]
    }
}

impl From<Takedown> for Vec<Cell> {
    fn from(t: Takedown) -> Self {
        vec![
            t.claim_id.into(),
            t.listing_id.into(),
            t.merchant_id.into(),
            t.outcome.into(),
            instant(t.decided_at),
            instant(t.taken_down_at),
            Cell::Null,
        ]
    }
}

/// `brands`, empty.
pub fn brands() -> Table {
    let columns =
        "brand_id:i64 name_en:text name_zh:text owner_name:text contact_emails:texts report_locale:text time_zone:text";
    Table::new("brands", columns)
}

/// `ip_rights`, empty.
pub fn ip_rights() -> Table {
    let columns = "right_id:i64 brand_id:i64 right_type:text registration_no:text jurisdiction:text valid_from:date \
                   valid_to:date recorded_at:ts";
    Table::new("ip_rights", columns)
}

/// `claims`, empty.
pub fn claims() -> Table {
    let columns = "claim_id:i64 brand_id:i64 right_id:i64 right_type:text submitted_at:ts qualified_at:ts \
                   decision:text closed_at:ts channel_locale:text";
    Table::new("claims", columns)
}

/// `claim_holds`, empty.
pub fn claim_holds() -> Table {
    Table::new("claim_holds", "claim_id:i64 started_at:ts ended_at:ts reason:text")
}

/// `takedowns`, empty.
pub fn takedowns() -> Table {
    let columns = "claim_id:i64 listing_id:i64 merchant_id:i64 outcome:text decided_at:ts taken_down_at:ts \
                   reinstated_at:ts";
    Table::new("takedowns", columns)
}

/// `sales`, with some orders on each of a day's hours; the only event table that is made by hand.
pub fn sales(first_id: i64, start: i64, rows: i64) -> Table {
    let columns = "order_line_id:i64 sold_at:ts merchant_id:i64 listing_id:i64 brand_id:i64 product_id:i64 \
                   buyer_id:i64 quantity:i32 unit_price_minor:i64";
    let row = |n: i64| -> Vec<Cell> {
        let sold = Cell::Instant(start + n * 24 * HOUR / rows);
        let (id, buyer) = ((first_id + n).into(), (n % 17).into());
        let (merchant, listing) = ((900 + n % 7).into(), (n % 97).into());
        vec![id, sold, merchant, listing, 1.into(), Cell::Null, buyer, (1 + n % 3).into(), 9_900.into()]
    };
    Table::new("sales", columns).with_rows((0..rows).map(row))
}

/// Claims of the sound lake; each names two listings.
pub const SOUND_CLAIMS: i64 = 200;

/// Comments of the sound lake, all of its day.
pub const SOUND_COMMENTS: i64 = 200;

/// The tables of every job, sound: 200 claims of three brands with 400 takedowns, a day of comments, sales and refunds, and
/// pilot purchases, so that one bad row in a hundred has room where a test breaks one.
pub fn sound_tables() -> Vec<Table> {
    let zones = ["Asia/Shanghai", "Europe/Berlin", "America/New_York"];
    let names = ["Aurelia", "Nordkamm", "Saltmarsh"];
    let brand = |n: usize| Brand {
        time_zone: zones[n],
        report_locale: if n == 0 { "zh-CN" } else { "en" },
        name_zh: (n == 0).then(|| "金曦".to_owned()),
        ..Brand::new(n as i64 + 1, names[n])
    };
    let types = ["trademark", "patent", "copyright"];
    let right = |n: i64| Right { right_id: 10 + n, brand_id: n, right_type: types[n as usize - 1], valid_to: None };
    let claim = |n: i64| {
        let brand_id = 1 + n % 3;
        let submitted = t() - (30 + n * 5) * HOUR;
        let channel_locale = if n % 2 == 0 { "en" } else { "zh-CN" };
        let (right_id, right_type) = (Some(10 + brand_id), types[brand_id as usize - 1]);
        Claim { brand_id, right_id, right_type, channel_locale, ..Claim::new(n + 1, submitted, submitted + HOUR) }
    };
    let takedown = |n: i64| {
        let (claim_id, listing_id) = (1 + n / 2, 5_000 + n);
        let qualified = t() - (29 + n / 2 * 5) * HOUR;
        match n % 11 {
            0 => Takedown::pending(claim_id, listing_id),
            1 => Takedown::decided(claim_id, listing_id, "kept", qualified + 3 * HOUR),
            m => Takedown::removed(claim_id, listing_id, qualified + m * 3 * HOUR - HOUR / 2 + n),
        }
    };
    let hold = |n: i64| {
        let started_at = t() - (29 + n * 25) * HOUR + HOUR;
        Hold { claim_id: 1 + n * 5, started_at, ended_at: Some(started_at + 2 * HOUR) }
    };
    let mut tables = vec![
        brands().with_rows((0..3).map(brand)),
        ip_rights().with_rows((1..=3).map(right)),
        claims().with_rows((0..SOUND_CLAIMS).map(claim)),
        claim_holds().with_rows((0..SOUND_CLAIMS / 5).map(hold)),
        takedowns().with_rows((0..SOUND_CLAIMS * 2).map(takedown)),
        comments().with_rows(of_day(DAY, SOUND_COMMENTS)),
    ];
    tables.extend(super::market::sound());
    tables.push(super::papers::sound());
    tables.push(super::pictures::sound());
    tables.push(super::market::products((0..40).map(|n| (60 + n, 1 + n % 3, (n % 4 > 0).then_some(10_000)))));
    tables
}
