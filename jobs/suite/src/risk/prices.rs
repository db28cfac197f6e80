//! Reference prices: what a product costs where nothing is wrong.

use mirrorlake_engine::Warning;
use mirrorlake_model::thresholds::DEEP_DISCOUNT_PERCENT;

use crate::catalogue::Cells;
use crate::failure::Failure;
use crate::job::Work;

/// Reference prices by product: the brand's list price, else the median over merchants of each one's lowest active price.
#[derive(Debug, Default)]
pub struct Prices {
    /// Product and twice its reference price, which is whole where the median lies between two prices; by product.
    twice: Vec<(i64, i64)>,
    /// The product asked for last, since sales of one product come one after the other.
    last: Option<(i64, Option<i64>)>,
}

impl Prices {
    /// Reads list prices and offers.
    ///
    /// # Errors
    ///
    /// The engine's or a failed check's.
    pub fn read(work: &Work<'_>, warnings: &mut Vec<Warning>) -> Result<Self, Failure> {
        let listed = work.reduce("list_prices", warnings)?;
        let offers = work.reduce("lowest_offers", warnings)?;
        let (listed, offers) = (Cells(&listed), Cells(&offers));
        let products = listed.whole("product_id")?.iter().copied();
        let mut twice: Vec<(i64, i64)> =
            products.zip(listed.whole("list_price_minor")?.iter().map(|price| price.saturating_mul(2))).collect();
        let products = offers.whole("product_id")?.iter().copied();
        let offers: Vec<(i64, i64)> = products.zip(offers.whole("lowest_price_minor")?.iter().copied()).collect();
        twice.extend(offers.chunk_by(|a, b| a.0 == b.0).map(|of_product| {
            let prices: Vec<i64> = of_product.iter().map(|(_, price)| *price).collect();
            (of_product[0].0, twice_the_median(prices))
        }));
        twice.sort_unstable();
        Ok(Self { twice, last: None })
    }

    /// Products with a reference price.
    pub fn len(&self) -> usize {
        self.twice.len()
    }

    /// Whether a price is far below the product's reference price; `None` where it has none.
    pub fn is_deep_discount(&mut self, product_id: i64, price_minor: i64) -> Option<bool> {
        let twice = match self.last {
            Some((last, twice)) if last == product_id => twice,
            _ => {
                let place = self.twice.binary_search_by_key(&product_id, |(product, _)| *product);
                let twice = place.ok().map(|place| self.twice[place].1);
                self.last = Some((product_id, twice));
                twice
            }
        };
        // price / reference < percent / 100, in whole numbers.
        twice.map(|twice| i128::from(price_minor) * 200 < i128::from(twice) * i128::from(DEEP_DISCOUNT_PERCENT))
    }
}

/// Twice the median: the sum of the two middle prices.
fn twice_the_median(mut prices: Vec<i64>) -> i64 {
    prices.sort_unstable();
    let middle = prices.len() / 2;
    let upper = prices.get(middle).copied().unwrap_or_default();
    let lower = if prices.len().is_multiple_of(2) { prices.get(middle.wrapping_sub(1)).copied() } else { Some(upper) };
    upper.saturating_add(lower.unwrap_or(upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_discount_is_strictly_below_six_tenths() {
        let mut prices = Prices { twice: vec![(1, 2_000), (2, twice_the_median(vec![105, 100]))], last: None };
        assert_eq!([599, 600, 1_000].map(|p| prices.is_deep_discount(1, p)), [Some(true), Some(false), Some(false)]);
        // The median of 100 and 105 is 102.5, six tenths of which are 61.5.
        assert_eq!([61, 62].map(|p| prices.is_deep_discount(2, p)), [Some(true), Some(false)]);
        assert_eq!(prices.is_deep_discount(3, 1), None);
        assert_eq!(twice_the_median(vec![9, 1, 4]), 8);
    }
}
