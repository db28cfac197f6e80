//! Everything that is known of merchants, and what it comes to as of the day and as of the beginning of the evaluation.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mirrorlake_engine::Warning;
use mirrorlake_metrics::links::{Links, MerchantKeys};
use mirrorlake_metrics::merchant_risk::{Available, Signals, burst_z};
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::start_of_day;
use mirrorlake_model::pilot::Verdict;
use mirrorlake_model::reappearance::Tier;
use mirrorlake_model::thresholds::{ENFORCEMENT_DAYS, HELD_BACK_DAYS};
use mirrorlake_model::vetting::MerchantStatus;

use super::evidence::{self, Horizon, Judged, Removal, Return, Shelf};
use super::papers;
use super::prices::Prices;
use super::sellers::{Pair, Seller, Series, Sums, Walk, parts};
use super::window::{Newest, Window};
use crate::catalogue::{Cells, required};
use crate::failure::Failure;
use crate::job::Work;
use crate::supplied;

/// As of when merchants are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// As of the run's day.
    Now,
    /// As of the day before the evaluation begins.
    Before,
}

/// What is known of merchants.
pub struct Facts {
    /// Merchants on record, ascending.
    pub sellers: Vec<Seller>,
    /// Who is linked to whom.
    pub links: Links,
    /// Removals.
    pub removals: Shelf<Removal>,
    /// Verdicts.
    pub verdicts: Shelf<Judged>,
    /// Reappearances, where they have been looked for.
    pub returns: Option<Shelf<Return>>,
    /// What the window came to.
    pub window: Window,
    /// Products with a reference price.
    pub products_priced: usize,
    /// The run's day.
    pub as_of: AsOf,
    /// The last day that counts as known when the evaluation begins.
    pub last_known: NaiveDate,
    /// Upheld takedowns of each component of linked merchants, by the smallest number in it, then of each of its brands.
    linked: [Linked; 2],
}

/// Upheld takedowns by component, and by component and brand; merchants that are linked to nobody are in neither.
#[derive(Default)]
struct Linked {
    all: BTreeMap<i64, i64>,
    of_brand: BTreeMap<(i64, i64), i64>,
}

impl Facts {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// The engine's, a failed check's, or that a mart is not what its manifest promises.
    pub fn read(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Self, Failure> {
        let (mut sellers, links) = merchants(work, warnings)?;
        let mut prices = Prices::read(work, warnings)?;
        let days = work.window("sales_sums").len() as u32;
        // A lake that has just begun keeps two thirds of its days to learn from.
        let last_known = work.as_of.day - chrono::Days::new(u64::from(HELD_BACK_DAYS.min(days / 3)));
        let window = Window::read(work, last_known, &mut sellers, &mut prices)?;
        let begins_at = AsOf { day: last_known, ..work.as_of }.micros();
        listings(work, begins_at, &mut sellers, warnings)?;
        papers::count(work, last_known, &mut sellers, warnings)?;
        let removals = evidence::removals(work, warnings)?;
        let verdicts = evidence::verdicts(work, warnings)?;
        let today = work.window("reappearances").iter().find(|found| found.day == work.as_of.day);
        let returns = today.map(evidence::returns).transpose()?;
        // A brand of whose goods a merchant was found guilty is one of its brands, whether it sells or lists them.
        let mut walk = Walk::new(&mut sellers);
        for (merchant, brand) in removals.pairs() {
            if let Some(seller) = walk.to(merchant) {
                seller.pair(Some(brand));
            }
        }
        let products_priced = prices.len();
        let linked = [Linked::default(), Linked::default()];
        let as_of = work.as_of;
        let mut facts =
            Self { sellers, links, removals, verdicts, returns, window, products_priced, as_of, last_known, linked };
        facts.linked = [facts.upheld_of_components(Frame::Now), facts.upheld_of_components(Frame::Before)];
        Ok(facts)
    }

    /// Which signals could be counted.
    pub fn available(&self) -> Available {
        Available {
            comments: self.window.comment_days > 0,
            reappearances: self.returns.is_some(),
            image_matches: self.returns.is_some(),
            prices: self.products_priced > 0,
            bursts: self.window.newest.present.iter().all(|present| *present),
            ..Available::ALL
        }
    }

    /// Up to when evidence counts.
    pub fn horizon(&self, frame: Frame) -> Horizon {
        let as_of = match frame {
            Frame::Now => self.as_of,
            Frame::Before => AsOf { day: self.last_known, ..self.as_of },
        };
        let from = start_of_day(as_of.window_start(ENFORCEMENT_DAYS), as_of.time_zone).timestamp_micros();
        Horizon { from, to: as_of.micros(), zone: as_of.time_zone }
    }

    /// The signals of a merchant.
    pub fn of_merchant(&self, seller: &Seller, frame: Frame) -> Signals {
        let id = seller.merchant_id;
        let (horizon, before) = (self.horizon(frame), &seller.before);
        let count = |of: fn(&Pair) -> i64| seller.pairs.iter().map(of).sum::<i64>();
        let mut signals = match frame {
            Frame::Now => Signals {
                listings: count(|p| p.listings),
                listings_active: count(|p| p.listings_active),
                unauthorised_brands: count(|p| i64::from(p.unauthorised)),
                document_issues: i64::from(seller.licence_issues) + count(|p| i64::from(p.document_issues)),
                ..Signals::default()
            },
            Frame::Before => Signals {
                listings: before.listings,
                unauthorised_brands: i64::from(before.unauthorised_brands),
                document_issues: i64::from(before.document_issues),
                ..Signals::default()
            },
        };
        let (sums, series, newest) = match frame {
            Frame::Now => (total(&seller.pairs), &seller.series, &self.window.newest),
            Frame::Before => (before.sums, &before.series, &self.window.newest_before),
        };
        events(&mut signals, sums, series, newest);
        self.single(
            &mut signals,
            &horizon,
            self.removals.of_merchant(id),
            self.verdicts.of_merchant(id),
            self.returns.as_ref().map_or(&[], |r| r.of_merchant(id)),
        );
        self.about(&mut signals, seller, frame, None);
        signals
    }

    /// The signals of a merchant and one brand, as of now: nothing of any other brand enters them.
    pub fn of_pair(&self, seller: &Seller, pair: &Pair, brand: i64) -> Signals {
        let id = seller.merchant_id;
        let horizon = self.horizon(Frame::Now);
        let mut signals = Signals {
            listings: pair.listings,
            listings_active: pair.listings_active,
            unauthorised_brands: i64::from(pair.unauthorised),
            document_issues: i64::from(seller.licence_issues) + i64::from(pair.document_issues),
            ..Signals::default()
        };
        events(&mut signals, pair.sums, &pair.series, &self.window.newest);
        self.single(
            &mut signals,
            &horizon,
            self.removals.of_pair(id, brand),
            self.verdicts.of_pair(id, brand),
            self.returns.as_ref().map_or(&[], |r| r.of_pair(id, brand)),
        );
        self.about(&mut signals, seller, Frame::Now, Some(brand));
        signals
    }

    /// Counts single pieces of evidence.
    fn single(
        &self,
        signals: &mut Signals,
        horizon: &Horizon,
        removals: &[Removal],
        verdicts: &[Judged],
        returns: &[Return],
    ) {
        let upheld = horizon.upheld(removals);
        signals.upheld_takedowns = upheld.takedowns;
        signals.upheld_listings = upheld.listings;
        signals.enforcement_days = upheld.days;
        for judged in verdicts.iter().filter(|v| v.authenticated_at < horizon.to) {
            signals.pilot_sampled += i64::from(judged.verdict != Verdict::Inconclusive);
            signals.pilot_counterfeit += i64::from(judged.verdict == Verdict::Counterfeit);
        }
        for found in returns.iter().filter(|r| r.reappeared_at < horizon.to) {
            signals.reappearances += i64::from(found.tier != Tier::OtherMerchant);
            signals.image_matches += i64::from(found.others_image);
        }
    }

    /// What is known of the merchant as such.
    fn about(&self, signals: &mut Signals, seller: &Seller, frame: Frame, brand: Option<i64>) {
        let day = match frame {
            Frame::Now => self.as_of.day,
            Frame::Before => self.last_known,
        };
        signals.store_age_days = (day - seller.opened_on).num_days().max(0);
        let Some(component) = self.links.component(seller.merchant_id).filter(|c| c.merchants > 1) else { return };
        signals.linked_merchants = i64::from(component.merchants) - 1;
        let linked = &self.linked[frame as usize];
        let first = component.first_merchant_id;
        let all = match brand {
            None => linked.all.get(&first),
            Some(brand) => linked.of_brand.get(&(first, brand)),
        };
        signals.linked_upheld = all.copied().unwrap_or_default() - signals.upheld_takedowns;
    }

    /// Removals of merchants that are not on record.
    pub fn removals_of_strangers(&self) -> u64 {
        let on_record = |id: i64| self.sellers.binary_search_by_key(&id, |s| s.merchant_id).is_ok();
        self.removals.all().iter().filter(|r| !on_record(r.merchant_id)).count() as u64
    }

    fn upheld_of_components(&self, frame: Frame) -> Linked {
        let horizon = self.horizon(frame);
        let mut linked = Linked::default();
        for removal in self.removals.all().iter().filter(|r| horizon.upholds(r)) {
            let component = self.links.component(removal.merchant_id).filter(|c| c.merchants > 1);
            if let Some(first) = component.map(|c| c.first_merchant_id) {
                *linked.all.entry(first).or_default() += 1;
                *linked.of_brand.entry((first, removal.brand_id)).or_default() += 1;
            }
        }
        linked
    }
}

/// The sums of all brands; they fit, or the window would not have been read (`check_totals`).
fn total(pairs: &[Pair]) -> Sums {
    pairs.iter().fold(Sums::default(), |sum, pair| sum.plus(pair.sums).unwrap_or(sum))
}

fn events(signals: &mut Signals, sums: Sums, series: &Series, newest: &Newest) {
    signals.units = sums.units;
    signals.gmv_minor = sums.gmv_minor;
    signals.comments = sums.comments;
    signals.allegations = sums.allegations;
    signals.counterfeit_refund_units = sums.counterfeit_refund_units;
    signals.priced_units = sums.priced_units;
    signals.deep_discount_units = sums.deep_discount_units;
    signals.recent_units = series.recent_units;
    signals.trailing_units = series.trailing_units;
    let days = series.days(&newest.present);
    signals.burst_z = days.and_then(|(recent, trailing)| burst_z(&recent, &trailing, newest.lift()));
}

fn merchants(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<(Vec<Seller>, Links), Failure> {
    let batch = work.reduce("merchants_on_record", warnings)?;
    let cells = Cells(&batch);
    let ids = cells.whole("merchant_id")?;
    let (opened, statuses) = (cells.days("opened_on")?, cells.words("status", MerchantStatus::from_word)?);
    let sellers = (0..batch.num_rows())
        .map(|row| Ok(Seller::new(ids[row], statuses[row], required("opened_on", opened[row])?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let kinds = ["entity_key", "contact_key", "payout_key", "address_key"].map(|name| cells.texts(name));
    let [entity, contact, payout, address] = kinds;
    let (entity, contact, payout, address) = (entity?, contact?, payout?, address?);
    let keys: Vec<MerchantKeys<'_>> = (0..batch.num_rows())
        .map(|row| MerchantKeys { merchant_id: ids[row], keys: [entity[row], contact[row], payout[row], address[row]] })
        .collect();
    Ok((sellers, Links::of(&keys, work.settings.link_key_merchants)))
}

/// Counts listings into the merchants, a part of them at a time.
fn listings(
    work: &Work<'_>,
    begins_at: i64,
    sellers: &mut [Seller],
    warnings: &mut Vec<Warning>,
) -> Result<(), Failure> {
    let evaluation = supplied::evaluation(begins_at)?;
    for (range, part) in parts(sellers) {
        let made = [("evaluation", &evaluation)];
        let batch = work.reduce_slice_with("merchant_listings", &made, range, warnings)?;
        let cells = Cells(&batch);
        let (merchants, brands) = (cells.whole("merchant_id")?, cells.ints("brand_id")?);
        let (all, active, earlier) = (cells.whole("listings")?, cells.whole("active")?, cells.whole("earlier")?);
        let mut walk = Walk::new(part);
        for row in 0..batch.num_rows() {
            let Some(seller) = walk.to(merchants[row]) else { continue };
            seller.before.listings += earlier[row];
            let pair = seller.pair(brands[row]);
            (pair.listings, pair.listings_active) = (all[row], active[row]);
        }
    }
    Ok(())
}
