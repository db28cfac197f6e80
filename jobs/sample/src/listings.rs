//! Listings before anything is claimed of them.

use crate::brands::{Catalogue, rounded};
use crate::calendar::{Calendar, DAY, HOUR, SECOND};
use crate::merchants::{Kind, Merchants};
use crate::random::{Alias, Family, Stream};
use crate::{SampleSpec, spec::Sizes};

/// Identifier of the first listing.
pub(crate) const FIRST_LISTING: i64 = 5_000_001;
/// No brand or no product.
pub(crate) const NONE: u32 = u32::MAX;
/// A counterfeit share of one, in the unit of [`Listing::share`].
pub(crate) const ALL_COUNTERFEIT: u16 = 10_000;

/// What a listing's first image shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Photo {
    /// A picture nobody else uses.
    Own,
    /// An official picture of the brand that many merchants use.
    Catalogue(u32),
    /// The removed listing's picture with this many bits of its hash changed.
    Copy {
        of: u32,
        bits: u16,
        /// Of such low quality that no match may rest on it.
        poor: bool,
    },
}

/// One listing.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) merchant: u32,
    pub(crate) brand: u32,
    pub(crate) product: u32,
    pub(crate) category: u16,
    /// Units out of 10,000 that are counterfeit.
    pub(crate) share: u16,
    /// Whether a relisting copies its picture, which must then be fit for matching.
    pub(crate) anchor: bool,
    pub(crate) photo: Photo,
    pub(crate) price_minor: i64,
    /// Relative sales while it is live.
    pub(crate) weight: f64,
    pub(crate) listed_at: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) removed_at: Option<i64>,
    /// Lawfully reinstated by the platform.
    pub(crate) reinstated_at: Option<i64>,
    /// Active again after a removal, by the merchant.
    pub(crate) reactivated_at: Option<i64>,
}

impl Listing {
    /// Its status at T.
    pub(crate) fn status(&self) -> &'static str {
        if self.removed_at.is_some() && self.reinstated_at.is_none() && self.reactivated_at.is_none() {
            "removed"
        } else if self.closed_at.is_some() {
            "closed"
        } else {
            "active"
        }
    }

    /// Whether it can be bought at an instant.
    pub(crate) fn live_at(&self, instant: i64) -> bool {
        let back = self.reinstated_at.or(self.reactivated_at);
        self.listed_at <= instant
            && self.closed_at.is_none_or(|end| instant < end)
            && self.removed_at.is_none_or(|end| instant < end || back.is_some_and(|back| back <= instant))
    }
}

/// Makes listings of merchants.
pub(crate) struct Maker<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) merchants: &'a Merchants,
    pub(crate) calendar: &'a Calendar,
    honest_brands: Alias,
    counterfeit_brands: Alias,
    /// Decides which brands each merchant deals in.
    salt: u64,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(
        spec: &SampleSpec,
        catalogue: &'a Catalogue,
        merchants: &'a Merchants,
        calendar: &'a Calendar,
    ) -> Self {
        let weights =
            |of: fn(&crate::brands::Brand) -> f64| Alias::new(&catalogue.brands.iter().map(of).collect::<Vec<_>>());
        let (honest_brands, counterfeit_brands) = (weights(|b| b.popularity), weights(|b| b.allure));
        let salt = Family::new(spec.seed, "assortments").stream(0).next();
        Self { catalogue, merchants, calendar, honest_brands, counterfeit_brands, salt }
    }

    /// The listings that merchants have, claims or not.
    pub(crate) fn base(&self, spec: &SampleSpec, sizes: &Sizes) -> Vec<Listing> {
        let family = Family::new(spec.seed, "listings");
        let by_size = Alias::new(&self.merchants.all.iter().map(|m| m.size).collect::<Vec<_>>());
        let make = |index: u32| {
            let mut stream = family.stream(u64::from(index));
            // Everybody sells something; the rest goes by size.
            let merchant = if index < sizes.merchants { index } else { by_size.draw(stream.next()) as u32 };
            let kind = self.merchants.all[merchant as usize].kind;
            let share = match kind {
                Kind::Honest if stream.chance(3) => stream.between(100, 500) as u16,
                Kind::Sloppy if stream.chance(70) => stream.between(300, 3_000) as u16,
                Kind::Counterfeit if stream.chance(720) => counterfeit_share(&mut stream),
                _ => 0,
            };
            let age = if stream.chance(180) {
                stream.between(0, (self.calendar.as_of - self.calendar.lake_start()) / SECOND) * SECOND
            } else {
                stream.between(30, 800) * DAY + stream.between(0, 86_399) * SECOND
            };
            self.listing(&mut stream, merchant, share, age, None)
        };
        (0..sizes.base_listings).map(make).collect()
    }

    /// A listing that will be named in a claim.
    pub(crate) fn target(&self, stream: &mut Stream, by_kind: &[(Alias, Vec<u32>); 3]) -> Listing {
        let (alias, members) = &by_kind[stream.weighted(&[8, 14, 78])];
        let merchant = members[alias.draw(stream.next())];
        let share = match self.merchants.all[merchant as usize].kind {
            Kind::Honest => 0,
            Kind::Sloppy if stream.chance(500) => 0,
            Kind::Sloppy => stream.between(500, 6_000) as u16,
            Kind::Counterfeit if stream.chance(40) => 0,
            Kind::Counterfeit => counterfeit_share(stream),
        };
        let lake = (self.calendar.as_of - self.calendar.lake_start()) / SECOND;
        let age = if stream.chance(650) {
            stream.between(DAY / SECOND, lake.max(2 * DAY / SECOND))
        } else {
            lake + stream.between(0, 150 * DAY / SECOND)
        };
        let brand = self.own_brand(merchant, share > 0, stream);
        self.listing(stream, merchant, share, age * SECOND, Some(brand))
    }

    /// An honest listing of a given brand.
    pub(crate) fn of_brand(&self, stream: &mut Stream, brand: u32) -> Listing {
        let merchant = stream.index(self.merchants.all.len()) as u32;
        let age = stream.between(40, 600) * DAY;
        self.listing(stream, merchant, 0, age, Some(brand))
    }

    fn listing(&self, stream: &mut Stream, merchant: u32, share: u16, age: i64, brand: Option<u32>) -> Listing {
        let owner = &self.merchants.all[merchant as usize];
        let brand = if let Some(brand) = brand {
            brand
        } else if share > 0 || (owner.kind == Kind::Counterfeit && stream.chance(300)) {
            self.own_brand(merchant, share > 0, stream)
        } else if stream.chance(50) {
            NONE
        } else {
            self.own_brand(merchant, false, stream)
        };
        let (mut product, mut category, mut reference) = (NONE, stream.below(10) as u16, 12_000);
        if let Some(own) = self.catalogue.brands.get(brand as usize) {
            let at = own.products.start + stream.index(own.products.len());
            category = own.category as u16;
            reference = self.catalogue.products[at].price_minor;
            // Some offers are never matched to the catalogue.
            if !stream.chance(120) {
                product = at as u32;
            }
        }
        let permille = match (share >= 5_000, owner.discounter) {
            (true, _) if stream.chance(620) => stream.between(150, 590),
            (true, _) => stream.between(600, 1_000),
            (false, true) => stream.between(430, 750),
            (false, false) => stream.between(780, 1_060),
        };
        let price_minor = rounded((reference * permille / 1_000) as f64);
        // A tempting price sells,
        // and fakes sell less than what they pretend to be.
        let pull = if permille < 600 { 1.5 } else { 1.0 } * if share >= 5_000 { 0.5 } else { 1.0 };
        let weight = stream.pareto(1.15, 300.0) * pull;
        let opened = self.calendar.as_of - owner.opened_days_ago * DAY;
        let mut listed_at = (self.calendar.as_of - age).max(opened + 12 * HOUR).min(self.calendar.as_of - 2 * HOUR);
        if let Some(end) = owner.ended_at {
            listed_at = listed_at.min(end - 2 * HOUR);
        }
        let closing = if stream.chance(60) { stream.between(1, 90 * DAY / SECOND) * SECOND } else { i64::MAX };
        let closed_at = [owner.ended_at, listed_at.checked_add(closing).filter(|end| *end < self.calendar.as_of)];
        Listing {
            merchant,
            brand,
            product,
            category,
            share,
            anchor: false,
            photo: Photo::Own,
            price_minor,
            weight,
            listed_at,
            closed_at: closed_at.into_iter().flatten().min(),
            removed_at: None,
            reinstated_at: None,
            reactivated_at: None,
        }
    }

    /// One of the few brands that a merchant deals in, chosen anew from the merchant's own stream each time.
    fn own_brand(&self, merchant: u32, counterfeit: bool, stream: &mut Stream) -> u32 {
        let choice = stream.below(if counterfeit { 3 } else { 5 });
        let mut word = self.salt ^ (u64::from(merchant) << 8 | choice << 1 | u64::from(counterfeit));
        // A hash, so that a merchant's brands need no table.
        for _ in 0..3 {
            word = (word ^ (word >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word ^= word >> 32;
        }
        let alias = if counterfeit { &self.counterfeit_brands } else { &self.honest_brands };
        alias.draw(word) as u32
    }
}

/// Most counterfeit offers hold nothing else, some mix.
fn counterfeit_share(stream: &mut Stream) -> u16 {
    if stream.chance(750) { ALL_COUNTERFEIT } else { stream.between(5_000, 9_500) as u16 }
}

/// Gives honest listings of the bigger brands official pictures, so few of them that each is used by many merchants.
pub(crate) fn hand_out_pictures(spec: &SampleSpec, listings: &mut [Listing], brands: usize) {
    let mut sizes = vec![0_u32; brands];
    for listing in listings.iter() {
        if let Some(size) = sizes.get_mut(listing.brand as usize) {
            *size += 1;
        }
    }
    let family = Family::new(spec.seed, "pictures");
    for (index, listing) in listings.iter_mut().enumerate() {
        let Some(size) = sizes.get(listing.brand as usize) else { continue };
        let pictures = size / 60;
        if pictures == 0 {
            continue;
        }
        let mut stream = family.stream(index as u64);
        // Counterfeiters prefer pictures of their own; some steal the official ones.
        let using = if listing.share >= 5_000 { 200 } else { 600 };
        if stream.chance(using) {
            let of_product = if listing.product == NONE {
                stream.below(u64::from(pictures)) as u32
            } else {
                listing.product % pictures
            };
            listing.photo = Photo::Catalogue(listing.brand * 100_000 + of_product.min(99_999));
        }
    }
}
