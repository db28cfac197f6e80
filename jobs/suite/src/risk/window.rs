//! The window's sales, refunds and comments by merchant and brand: sums of days.

use std::sync::mpsc::sync_channel;

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use mirrorlake_metrics::merchant_risk::market_lift;
use mirrorlake_model::AsOf;

use super::prices::Prices;
use super::sellers::{RECENT_DAYS, Seller, Sums, TRAILING_DAYS, Walk};
use crate::catalogue::Cells;
use crate::comments::each_listing;
use crate::failure::Failure;
use crate::job::{MartDay, Work};
use crate::sales::too_large;

/// The newest 35 days before a moment.
#[derive(Clone, Copy, Debug)]
pub struct Newest {
    /// Which of them the lake has events of.
    pub present: [bool; RECENT_DAYS + TRAILING_DAYS],
    /// Units that all merchants sold on each of them.
    units: [i64; RECENT_DAYS + TRAILING_DAYS],
}

impl Default for Newest {
    fn default() -> Self {
        Self { present: [false; RECENT_DAYS + TRAILING_DAYS], units: [0; RECENT_DAYS + TRAILING_DAYS] }
    }
}

impl Newest {
    fn add(&mut self, days_ago: usize, units: i64) {
        if let (Some(present), Some(day)) = (self.present.get_mut(days_ago), self.units.get_mut(days_ago)) {
            *present = true;
            *day = day.saturating_add(units);
        }
    }

    /// How the whole marketplace moved in the newest week.
    pub fn lift(&self) -> f64 {
        market_lift(&self.units[..RECENT_DAYS], &self.units[RECENT_DAYS..])
    }
}

/// What a window came to beyond the sums.
#[derive(Debug, Default)]
pub struct Window {
    /// Days with sums of sales.
    pub days: u32,
    /// Days with comment signals.
    pub comment_days: u32,
    /// Units that were sold by merchants that are not on record, and units refunded and comments on them.
    pub of_strangers: Sums,
    /// The newest 35 days.
    pub newest: Newest,
    /// Those before the evaluation begins.
    pub newest_before: Newest,
}

/// Whose events are added: everything up to the as-of day, and up to the last day before the evaluation begins.
#[derive(Clone, Copy, Debug)]
struct Place {
    day: NaiveDate,
    days_ago: usize,
    /// Days before the last day that was known when the evaluation begins; `None` for later days.
    days_before: Option<usize>,
}

impl Place {
    fn of(day: NaiveDate, as_of: NaiveDate, last_known: NaiveDate) -> Self {
        let ago = |from: NaiveDate| usize::try_from((from - day).num_days()).ok();
        Self { day, days_ago: ago(as_of).unwrap_or_default(), days_before: ago(last_known) }
    }
}

impl Window {
    /// Sums the days of `sales_sums`, `refund_sums` and `comment_sums` in the window, newest first.
    ///
    /// # Errors
    ///
    /// When a day is not what its manifest promises, or a sum does not fit into 64 bits.
    pub fn read(
        work: &Work<'_>,
        last_known: NaiveDate,
        sellers: &mut [Seller],
        prices: &mut Prices,
    ) -> Result<Self, Failure> {
        let mut window = Self::default();
        let AsOf { day: as_of, .. } = work.as_of;
        let days = work.window("sales_sums").iter().rev().collect();
        ahead(days, work.threads, |day, batches| {
            let place = Place::of(day, as_of, last_known);
            window.days += 1;
            window.sales(batches, place, sellers, prices)
        })?;
        check_totals(sellers)?;
        for day in work.window("refund_sums") {
            window.refunds(day, Place::of(day.day, as_of, last_known), sellers)?;
        }
        let found = work.window("comment_sums");
        let mut walk = Walk::new(sellers);
        let strangers = &mut window.of_strangers;
        window.comment_days = each_listing(found, work.as_of, work.settings.days, |day, row| {
            let sums = Sums { comments: row.comments, allegations: row.allegations, ..Sums::default() };
            match walk.to(row.merchant_id) {
                Some(seller) => add(seller, row.brand_id, sums, day <= last_known),
                None => add_to(strangers, sums, row.merchant_id),
            }
        })?;
        Ok(window)
    }

    fn sales(
        &mut self,
        batches: &[RecordBatch],
        place: Place,
        sellers: &mut [Seller],
        prices: &mut Prices,
    ) -> Result<(), Failure> {
        let mut walk = Walk::new(sellers);
        let mut sold = 0_i64;
        for batch in batches {
            let cells = Cells(batch);
            let merchants = cells.whole("merchant_id")?;
            let (brands, products) = (cells.ints("brand_id")?, cells.ints("product_id")?);
            let (price, units) = (cells.whole("unit_price_minor")?, cells.whole("units")?);
            for row in 0..merchants.len() {
                let (merchant, units) = (merchants[row], units[row]);
                sold = sold.saturating_add(units);
                let gmv_minor = units.checked_mul(price[row]).ok_or_else(|| too_large(&of_merchant(merchant)))?;
                let deep = products[row].and_then(|product| prices.is_deep_discount(product, price[row]));
                let sums = Sums {
                    units,
                    gmv_minor,
                    priced_units: if deep.is_some() { units } else { 0 },
                    deep_discount_units: if deep == Some(true) { units } else { 0 },
                    ..Sums::default()
                };
                let Some(seller) = walk.to(merchant) else {
                    add_to(&mut self.of_strangers, sums, merchant)?;
                    continue;
                };
                seller.series.add(place.days_ago, units);
                if let Some(before) = place.days_before {
                    add_to(&mut seller.before.sums, sums, merchant)?;
                    seller.before.series.add(before, units);
                }
                let pair = seller.pair(brands[row]);
                add_to(&mut pair.sums, sums, merchant)?;
                pair.series.add(place.days_ago, units);
                pair.first_sold_on = Some(place.day);
            }
        }
        self.newest.add(place.days_ago, sold);
        if let Some(days_before) = place.days_before {
            self.newest_before.add(days_before, sold);
        }
        Ok(())
    }

    fn refunds(&mut self, day: &MartDay, place: Place, sellers: &mut [Seller]) -> Result<(), Failure> {
        let mut walk = Walk::new(sellers);
        for batch in &day.read()?.batches {
            let cells = Cells(batch);
            let (merchants, brands) = (cells.whole("merchant_id")?, cells.ints("brand_id")?);
            let (reasons, units) = (cells.texts("reason")?, cells.whole("units")?);
            for row in (0..merchants.len()).filter(|row| reasons[*row] == Some("counterfeit")) {
                let sums = Sums { counterfeit_refund_units: units[row], ..Sums::default() };
                match walk.to(merchants[row]) {
                    Some(seller) => add(seller, brands[row], sums, place.days_before.is_some())?,
                    None => add_to(&mut self.of_strangers, sums, merchants[row])?,
                }
            }
        }
        Ok(())
    }
}

/// Hands on the rows of days in order; with more than one thread the next day is read while one is summed.
fn ahead(
    days: Vec<&MartDay>,
    threads: usize,
    mut each: impl FnMut(NaiveDate, &[RecordBatch]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if threads < 2 {
        return days.into_iter().try_for_each(|day| each(day.day, &day.read()?.batches));
    }
    std::thread::scope(|scope| {
        let (send, receive) = sync_channel(1);
        scope.spawn(move || {
            for day in days {
                // Whoever sums has given up.
                if send.send((day.day, day.read())).is_err() {
                    break;
                }
            }
        });
        receive.into_iter().try_for_each(|(day, read)| each(day, &read?.batches))
    })
}

/// Refuses merchants whose brands do not add up within 64 bits, so that nobody need ask later.
fn check_totals(sellers: &[Seller]) -> Result<(), Failure> {
    for seller in sellers {
        let mut total = Sums::default();
        for pair in &seller.pairs {
            add_to(&mut total, pair.sums, seller.merchant_id)?;
        }
    }
    Ok(())
}

fn of_merchant(merchant_id: i64) -> String {
    format!("merchant {merchant_id}")
}

/// Adds to a merchant and brand, and to what was known before where it was.
fn add(seller: &mut Seller, brand_id: Option<i64>, sums: Sums, known_before: bool) -> Result<(), Failure> {
    let merchant_id = seller.merchant_id;
    add_to(&mut seller.pair(brand_id).sums, sums, merchant_id)?;
    if known_before { add_to(&mut seller.before.sums, sums, merchant_id) } else { Ok(()) }
}

fn add_to(to: &mut Sums, sums: Sums, merchant_id: i64) -> Result<(), Failure> {
    *to = to.plus(sums).ok_or_else(|| too_large(&of_merchant(merchant_id)))?;
    Ok(())
}
