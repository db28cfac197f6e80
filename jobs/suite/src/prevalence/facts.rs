//! What the reductions say: purchases, populations with their weights, indicators.

use std::collections::{BTreeMap, BTreeSet};

use arrow::record_batch::RecordBatch;
use mirrorlake_engine::Warning;
use mirrorlake_metrics::interval::Interval;
use mirrorlake_model::pilot::{Action, Indicators, Selection, Verdict, Weighting};

use crate::catalogue::{Cells, required};
use crate::comments::brand_totals;
use crate::failure::Failure;
use crate::job::Work;

/// One pilot purchase, with what its listing sold in the window.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// Brand.
    pub brand_id: i64,
    /// Listing.
    pub listing_id: i64,
    /// Whether the listing is on record with the purchase's brand.
    pub of_its_brand: bool,
    /// Whether the listing is on record at all.
    pub on_record: bool,
    /// Whether the listing is active at T.
    pub listed: bool,
    /// How it was chosen.
    pub selection: Selection,
    /// Stratum, within the brand.
    pub stratum: String,
    /// Listings in the stratum.
    pub stratum_size: Option<i64>,
    /// Probability with which it was drawn.
    pub inclusion_probability: Option<f64>,
    /// When it was ordered, in microseconds; likewise below.
    pub ordered_at: i64,
    /// Notarised.
    pub notarised_at: Option<i64>,
    /// Delivered.
    pub delivered_at: Option<i64>,
    /// Authenticated.
    pub authenticated_at: Option<i64>,
    /// What the brand found.
    pub verdict: Option<Verdict>,
    /// What followed.
    pub action: Option<Action>,
    /// When.
    pub action_at: Option<i64>,
    /// Units that the listing sold in the window.
    pub units: i64,
    /// What was paid for them.
    pub gmv_minor: i64,
}

impl Purchase {
    /// What its listing stands for.
    pub fn weight(&self, weighting: Weighting) -> i64 {
        weighting.of(self.units, self.gmv_minor)
    }
}

/// Active listings of one brand that sold alike.
#[derive(Clone, Copy, Debug)]
pub struct Alike {
    /// How many.
    pub listings: i64,
    /// Units that each sold in the window.
    pub units: i64,
    /// What was paid for them, for each.
    pub gmv_minor: i64,
}

impl Alike {
    /// What each of them stands for.
    pub fn weight(&self, weighting: Weighting) -> i64 {
        weighting.of(self.units, self.gmv_minor)
    }
}

/// Everything that is known before anything is judged.
pub struct Facts {
    /// Brands of the programme, in order, with their indicators.
    pub brands: BTreeMap<i64, Indicators>,
    /// Intervals of allegations among comments, by brand, where there is one.
    pub allegation_intervals: BTreeMap<i64, Interval>,
    /// Purchases by brand.
    pub purchases: BTreeMap<i64, Vec<Purchase>>,
    /// Active listings by brand.
    pub populations: BTreeMap<i64, Vec<Alike>>,
}

impl Facts {
    /// What is odd about the purchases that estimates rest on, for the manifest: each is used all the same.
    pub fn oddities(&self) -> Vec<(String, u64)> {
        let used = || {
            let random = self.purchases.values().flatten().filter(|p| p.selection == Selection::Random);
            random.filter(|p| p.inclusion_probability.is_some() && p.verdict.is_some())
        };
        #[derive(Default)]
        struct Stratum {
            n: i64,
            sizes: BTreeSet<Option<i64>>,
        }
        let mut strata: BTreeMap<(i64, &str), Stratum> = BTreeMap::new();
        let mut listings: BTreeMap<i64, u64> = BTreeMap::new();
        for purchase in used() {
            let stratum = strata.entry((purchase.brand_id, &purchase.stratum)).or_default();
            stratum.n += 1;
            stratum.sizes.insert(purchase.stratum_size);
            *listings.entry(purchase.listing_id).or_default() += 1;
        }
        let differing = strata.values().filter(|s| s.sizes.len() > 1).count() as u64;
        let too_small = strata.values().filter(|s| s.sizes.iter().flatten().max().is_some_and(|size| *size < s.n));
        vec![
            ("strata_with_sizes_that_differ".to_owned(), differing),
            ("strata_smaller_than_their_sample".to_owned(), too_small.count() as u64),
            ("listings_bought_more_than_once".to_owned(), listings.values().filter(|n| **n > 1).count() as u64),
            ("purchases_of_listings_not_on_record".to_owned(), used().filter(|p| !p.on_record).count() as u64),
            (
                "purchases_of_listings_of_another_brand".to_owned(),
                used().filter(|p| p.on_record && !p.of_its_brand).count() as u64,
            ),
        ]
    }

    /// Runs the reductions and sums the window's comment signals.
    ///
    /// # Errors
    ///
    /// The engine's, a failed check's, or that a mart is not what its manifest promises.
    pub fn read(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Self, Failure> {
        let mut brands = indicators(&work.reduce("brand_indicators", warnings)?)?;
        let mut allegation_intervals = BTreeMap::new();
        if let Some(totals) = brand_totals(work.window("comment_sums"), work.as_of, work.settings.days)? {
            for (brand, indicators) in &mut brands {
                let of_brand = totals.brands.get(brand).copied().unwrap_or_default();
                indicators.comments = Some((of_brand.allegations, of_brand.comments));
                indicators.comment_days = i64::from(totals.days);
                allegation_intervals.extend(of_brand.interval.map(|interval| (*brand, interval)));
            }
        }
        let mut purchases: BTreeMap<i64, Vec<Purchase>> = BTreeMap::new();
        for purchase in self::purchases(&work.reduce("pilot_purchase_sales", warnings)?)? {
            purchases.entry(purchase.brand_id).or_default().push(purchase);
        }
        let mut populations = BTreeMap::new();
        work.reduce_by_listings("active_listing_sales", warnings, |part| add_population(&part, &mut populations))?;
        Ok(Self { brands, allegation_intervals, purchases, populations })
    }
}

fn indicators(batch: &RecordBatch) -> Result<BTreeMap<i64, Indicators>, Failure> {
    let cells = Cells(batch);
    let (brands, sold) = (cells.ints("brand_id")?, cells.ints("units_sold")?);
    let (refunded, upheld) = (cells.ints("counterfeit_refund_units")?, cells.ints("upheld_takedowns")?);
    let active = cells.ints("active_listings")?;
    (0..batch.num_rows())
        .map(|i| {
            let indicators = Indicators {
                comments: None,
                comment_days: 0,
                counterfeit_refund_units: required("counterfeit_refund_units", refunded[i])?.max(0),
                units_sold: required("units_sold", sold[i])?,
                upheld_takedowns: required("upheld_takedowns", upheld[i])?,
                active_listings: required("active_listings", active[i])?,
            };
            Ok((required("brand_id", brands[i])?, indicators))
        })
        .collect()
}

fn purchases(batch: &RecordBatch) -> Result<Vec<Purchase>, Failure> {
    let cells = Cells(batch);
    let (listings, brands) = (cells.ints("listing_id")?, cells.ints("brand_id")?);
    let selections = cells.words("selection", Selection::from_word)?;
    let listed = cells.flags("listed")?;
    let (listing_brands, known) = (cells.ints("listing_brand_id")?, cells.ints("known_listing_id")?);
    let (strata, sizes) = (cells.texts("stratum")?, cells.ints("stratum_size")?);
    let probabilities = cells.floats("inclusion_probability")?;
    let (ordered, notarised) = (cells.instants("ordered_at")?, cells.instants("notarised_at")?);
    let (delivered, authenticated) = (cells.instants("delivered_at")?, cells.instants("authenticated_at")?);
    let verdicts = cells.words_or_null("verdict", Verdict::from_word)?;
    let actions = cells.words_or_null("action", Action::from_word)?;
    let (acted, units, gmv) = (cells.instants("action_at")?, cells.ints("units")?, cells.ints("gmv_minor")?);
    (0..batch.num_rows())
        .map(|i| {
            Ok(Purchase {
                brand_id: required("brand_id", brands[i])?,
                listing_id: required("listing_id", listings[i])?,
                of_its_brand: listing_brands[i] == brands[i],
                on_record: known[i].is_some(),
                listed: required("listed", listed[i])?,
                selection: selections[i],
                stratum: required("stratum", strata[i])?.to_owned(),
                stratum_size: sizes[i],
                inclusion_probability: probabilities[i],
                ordered_at: required("ordered_at", ordered[i])?,
                notarised_at: notarised[i],
                delivered_at: delivered[i],
                authenticated_at: authenticated[i],
                verdict: verdicts[i],
                action: actions[i],
                action_at: acted[i],
                units: required("units", units[i])?,
                gmv_minor: required("gmv_minor", gmv[i])?,
            })
        })
        .collect()
}

fn add_population(batch: &RecordBatch, populations: &mut BTreeMap<i64, Vec<Alike>>) -> Result<(), Failure> {
    let cells = Cells(batch);
    let (brands, listings) = (cells.whole("brand_id")?, cells.whole("listings")?);
    let (units, gmv) = (cells.whole("units")?, cells.whole("gmv_minor")?);
    for i in 0..batch.num_rows() {
        let alike = Alike { listings: listings[i], units: units[i], gmv_minor: gmv[i] };
        populations.entry(brands[i]).or_default().push(alike);
    }
    Ok(())
}
