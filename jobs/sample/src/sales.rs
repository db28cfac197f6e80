//! Sales: each is a function of its day and number, so that refunds and comments derive it again instead of keeping it.

use crate::calendar::{Calendar, Day, SECOND};
use crate::listings::{Listing, NONE};
use crate::merchants::{Kind, Merchants};
use crate::random::{Alias, Family, Stream};

/// 32-bit words of randomness that one sale draws from its day's stream: one ChaCha block.
const WORDS: u64 = 16;
/// Random words of a sale that choose the listing; more are derived from the last of them.
const CHOICES: usize = 6;
/// A listing in a burst sells this many times as much as otherwise.
const BURST: f64 = 6.0;

/// One sale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub(crate) order_line_id: i64,
    pub(crate) sold_at: i64,
    pub(crate) listing: u32,
    pub(crate) merchant: u32,
    pub(crate) brand: u32,
    pub(crate) product: u32,
    pub(crate) buyer_id: i64,
    pub(crate) quantity: i32,
    pub(crate) unit_price_minor: i64,
    /// Whether these units are counterfeit.
    pub(crate) counterfeit: bool,
    pub(crate) kind: Kind,
}

/// What a sale needs of its listing, packed: this table is what the generator's memory bandwidth goes to.
/// Times are seconds since the first instant of the calendar.
struct Offer {
    merchant: u32,
    brand: u32,
    product: u32,
    price_minor: u32,
    listed: u32,
    removed: u32,
    back: u32,
    end: u32,
    burst_from: u32,
    burst_to: u32,
    share: u16,
    kind: Kind,
    bursting: bool,
}

impl Offer {
    /// Whether it can be bought at a second.
    #[inline]
    fn live(&self, at: u32) -> bool {
        self.listed <= at && at < self.end && (at < self.removed || at >= self.back)
    }
}

/// Sells.
pub(crate) struct Market {
    offers: Vec<Offer>,
    by_weight: Alias,
    /// Offers that are live on every day, for the rare sale that found no other.
    always: Vec<u32>,
    start: i64,
    buyers: u64,
    family: Family,
}

impl Market {
    pub(crate) fn new(
        seed: u64,
        calendar: &Calendar,
        merchants: &Merchants,
        listings: &[Listing],
        buyers: u64,
    ) -> Self {
        let start = calendar.days[0].from;
        let second = |instant: i64| u32::try_from(((instant - start) / SECOND).max(0)).unwrap_or(u32::MAX);
        let ending = |instant: Option<i64>| instant.map_or(u32::MAX, second);
        let mut offers = Vec::with_capacity(listings.len());
        let mut weights = Vec::with_capacity(listings.len());
        let mut always = Vec::new();
        for (index, listing) in (0_u32..).zip(listings) {
            let merchant = &merchants.all[listing.merchant as usize];
            let burst = merchant.burst.unwrap_or((i64::MIN / 2, i64::MIN / 2));
            let offer = Offer {
                merchant: listing.merchant,
                brand: listing.brand,
                product: listing.product,
                price_minor: u32::try_from(listing.price_minor).unwrap_or(u32::MAX),
                listed: second(listing.listed_at),
                removed: ending(listing.removed_at),
                back: ending(listing.reinstated_at.or(listing.reactivated_at)),
                end: ending(listing.closed_at),
                burst_from: second(burst.0),
                burst_to: second(burst.1),
                share: listing.share,
                kind: merchant.kind,
                bursting: merchant.burst.is_some(),
            };
            let over = offer.end == 0 || (offer.removed == 0 && offer.back == u32::MAX);
            weights.push(match (over, offer.bursting) {
                (true, _) => 0.0,
                (false, true) => listing.weight * BURST,
                (false, false) => listing.weight,
            });
            if offer.listed == 0 && offer.end == u32::MAX && offer.removed == u32::MAX && !offer.bursting {
                always.push(index);
            }
            offers.push(offer);
        }
        Self { offers, by_weight: Alias::new(&weights), always, start, buyers, family: Family::new(seed, "sales") }
    }

    /// A seller of the sales of one day.
    pub(crate) fn seller<'a>(&'a self, calendar: &'a Calendar, day: usize) -> Seller<'a> {
        let day = &calendar.days[day];
        Seller {
            market: self,
            calendar,
            day,
            stream: self.family.stream(crate::write::day_number(day.date) as u64),
            next: 0,
        }
    }
}

/// Derives the sales of one day, fastest one after another.
pub(crate) struct Seller<'a> {
    market: &'a Market,
    calendar: &'a Calendar,
    pub(crate) day: &'a Day,
    stream: Stream,
    next: u64,
}

impl Seller<'_> {
    /// The day's sale of this number, from 0.
    pub(crate) fn sale(&mut self, index: u64) -> Sale {
        if index != self.next {
            self.stream.seek(index * WORDS);
        }
        self.next = index + 1;
        let details = self.stream.next();
        let buyer = self.stream.next();
        let choices: [u64; CHOICES] = std::array::from_fn(|_| self.stream.next());
        let day = self.day;
        let sold_at = self.calendar.instant(day, index, day.sales, details as u32);
        let at = ((sold_at - self.market.start) / SECOND) as u32;
        let listing = self.market.choose(at, &choices);
        let offer = &self.market.offers[listing];
        // Loyal customers: the square of a uniform number prefers low ones.
        let uniform = buyer >> 32;
        let buyer = ((u128::from(uniform * uniform) * u128::from(self.market.buyers)) >> 64) as i64;
        let quantity = match (details >> 32) & 0xff {
            0..=207 => 1,
            208..=238 => 2,
            239..=249 => 3,
            other => other as i32 - 245,
        };
        let mut permille = 1_000;
        // Six in ten offers take part in a promotion.
        if day.promotion_permille < 1_000 && (listing as u32).wrapping_mul(0x9e37_79b9) >> 24 < 154 {
            permille = day.promotion_permille;
        }
        let coupon = (details >> 40) & 0xff;
        if coupon < 52 {
            permille = permille * (950 + coupon as i64 % 5 * 10) / 1_000;
        }
        Sale {
            order_line_id: (day.first_order_line + index) as i64,
            sold_at,
            listing: listing as u32,
            merchant: offer.merchant,
            brand: offer.brand,
            product: offer.product,
            buyer_id: 1_000_000_001 + buyer,
            quantity,
            unit_price_minor: i64::from(offer.price_minor) * permille / 1_000,
            counterfeit: ((details >> 48) * 10_000) >> 16 < u64::from(offer.share),
            kind: offer.kind,
        }
    }
}

impl Market {
    /// The listing that random words decide, live at this second.
    #[inline]
    fn choose(&self, at: u32, choices: &[u64; CHOICES]) -> usize {
        let mut word = 0;
        for attempt in 0..24 {
            word = match choices.get(attempt) {
                Some(choice) => *choice,
                None => (word ^ (word >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93).wrapping_add(0x9e37_79b9_7f4a_7c15),
            };
            let listing = self.by_weight.draw(word);
            let offer = &self.offers[listing];
            if !offer.live(at) {
                continue;
            }
            // Outside their burst, such offers are refused five times out of six: this undoes their weight.
            let burst = offer.burst_from <= at && at < offer.burst_to;
            if offer.bursting && !burst && word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56 >= 43 {
                continue;
            }
            return listing;
        }
        if self.always.is_empty() {
            return self.by_weight.draw(word);
        }
        self.always[(((word >> 32) * self.always.len() as u64) >> 32) as usize] as usize
    }

    /// Brand of a listing as the lake holds it.
    pub(crate) fn brand_id(brand: u32) -> Option<i64> {
        (brand != NONE).then(|| crate::brands::FIRST_BRAND + i64::from(brand))
    }
}
