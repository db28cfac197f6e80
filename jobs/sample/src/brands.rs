//! Brands, their products and their rights.

use crate::calendar::{Calendar, DAY};
use crate::names::{self, CATEGORIES, HOMES};
use crate::random::{Family, pow};
use crate::{SampleSpec, spec::Sizes};

/// Identifier of the first brand.
pub(crate) const FIRST_BRAND: i64 = 101;
/// Identifier of the first product.
pub(crate) const FIRST_PRODUCT: i64 = 40_001;
/// Identifier of the first right.
pub(crate) const FIRST_RIGHT: i64 = 8_001;

/// One brand.
pub(crate) struct Brand {
    pub(crate) name_en: String,
    pub(crate) name_zh: String,
    /// Some brands have no Chinese name on record.
    pub(crate) name_zh_recorded: bool,
    pub(crate) owner: String,
    pub(crate) emails: Vec<String>,
    pub(crate) locale: &'static str,
    pub(crate) time_zone: &'static str,
    pub(crate) category: usize,
    /// Share of honest business, any unit.
    pub(crate) popularity: f64,
    /// Share of counterfeiters' business, any unit.
    pub(crate) allure: f64,
    /// Positions of its products.
    pub(crate) products: std::ops::Range<usize>,
    /// Positions of its rights.
    pub(crate) rights: std::ops::Range<usize>,
}

/// One product of a brand's catalogue.
pub(crate) struct Product {
    pub(crate) brand: usize,
    pub(crate) title: String,
    pub(crate) model: String,
    /// The price that the market knows.
    pub(crate) price_minor: i64,
    /// Whether the brand's own price is on record.
    pub(crate) list_price_recorded: bool,
}

/// Kinds of right, as claims and rights name them.
pub(crate) const RIGHT_TYPES: [&str; 3] = ["trademark", "copyright", "patent"];

/// One right.
pub(crate) struct Right {
    pub(crate) brand: usize,
    /// Position in [`RIGHT_TYPES`].
    pub(crate) right_type: usize,
    pub(crate) registration_no: String,
    pub(crate) jurisdiction: &'static str,
    /// Days before T on which it became valid.
    pub(crate) valid_from_days_ago: i64,
    /// Days from T to its last valid day; negative when it has expired.
    pub(crate) valid_to_days: Option<i64>,
    pub(crate) recorded_at: i64,
}

/// Brands with what belongs to them.
pub(crate) struct Catalogue {
    pub(crate) brands: Vec<Brand>,
    pub(crate) products: Vec<Product>,
    pub(crate) rights: Vec<Right>,
}

impl Catalogue {
    pub(crate) fn new(spec: &SampleSpec, sizes: &Sizes, calendar: &Calendar) -> Self {
        let family = Family::new(spec.seed, "brands");
        let mut catalogue = Self { brands: Vec::new(), products: Vec::new(), rights: Vec::new() };
        for index in 0..sizes.brands {
            let mut stream = family.stream(u64::from(index));
            let (name_en, name_zh) = names::brand(index);
            let (time_zone, locale) = HOMES[if index < 8 { index as usize } else { stream.index(HOMES.len()) }];
            let owner = names::owner(&mut stream, &name_en, &name_zh, locale == "zh-CN");
            let host = name_en.to_lowercase();
            let mut emails = vec![format!("ip@{host}.example")];
            if stream.chance(300) {
                emails.push(format!("brand-protection+{host}@example.com"));
            }
            let popularity = pow(f64::from(index) + 2.5, -0.85);
            // A third of the brands is hardly worth copying; the others differ widely.
            let allure = if stream.chance(330) { 0.03 } else { stream.log_normal(0.9, 0.75) };
            let category = stream.index(CATEGORIES.len());
            let first_product = catalogue.products.len();
            catalogue.add_products(&mut stream, index as usize, category, &name_en);
            let first_right = catalogue.rights.len();
            catalogue.add_rights(&mut stream, index as usize, calendar.as_of);
            catalogue.brands.push(Brand {
                name_zh_recorded: !stream.chance(120),
                name_en,
                name_zh,
                owner,
                emails,
                locale,
                time_zone,
                category,
                popularity,
                allure: popularity * allure,
                products: first_product..catalogue.products.len(),
                rights: first_right..catalogue.rights.len(),
            });
        }
        catalogue
    }

    fn add_products(&mut self, stream: &mut crate::random::Stream, brand: usize, category: usize, name_en: &str) {
        // The brand's own level is wide, its products lie closer together.
        let level = stream.log_normal(CATEGORIES[category].median_minor, 0.5);
        for _ in 0..(6 + stream.below(19)) {
            let model = names::model(stream);
            let noun = stream.pick(CATEGORIES[category].en);
            let title = format!("{name_en} {model} {noun}");
            let price_minor = rounded(stream.log_normal(level, 0.35));
            let list_price_recorded = !stream.chance(60);
            self.products.push(Product { brand, title, model, price_minor, list_price_recorded });
        }
    }

    fn add_rights(&mut self, stream: &mut crate::random::Stream, brand: usize, as_of: i64) {
        // The first is a trademark that always holds; of the last two, one was recorded only lately and one has
        // expired: claims rest on the former, violations on the latter.
        let others = stream.below(4);
        for n in 0..others + 3 {
            let (late, expired) = (n == others + 1, n == others + 2);
            let right_type = if n == 0 || expired { 0 } else { stream.weighted(&[4, 3, 3]) };
            let age = stream.between(900, 5_000);
            let jurisdiction = *stream.pick(&[&"CN", &"CN", &"CN", &"WO", &"EU"]);
            let valid_to_days = match (expired, right_type) {
                (true, _) => Some(-stream.between(200, 800)),
                (false, 1) => None,
                (false, _) => Some(stream.between(60, 3_000)),
            };
            let registration_no =
                format!("{jurisdiction}-{}{:07}", ["TM", "C", "P"][right_type], stream.below(10_000_000));
            let recorded_days_ago = if late { stream.between(1, 9) } else { stream.between(700, 880) };
            let recorded_at = as_of - recorded_days_ago * DAY - stream.between(1, 80_000) * 1_000_000;
            self.rights.push(Right {
                brand,
                right_type,
                registration_no,
                jurisdiction,
                valid_from_days_ago: age,
                valid_to_days,
                recorded_at,
            });
        }
    }
}

/// A price as shops write it: whole yuan, or ending in .90 when small.
pub(crate) fn rounded(minor: f64) -> i64 {
    let minor = (minor as i64).clamp(190, 900_000_000);
    if minor < 10_000 { minor / 100 * 100 + 90 } else { minor / 100 * 100 }
}
