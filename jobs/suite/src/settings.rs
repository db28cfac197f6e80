//! Every configuration key and every environment variable, in one place.
//!
//! The command line wins over the environment, the environment over the configuration file, the file over defaults.
//!
//! Environment variables: `MIRRORLAKE_LAKE`, `MIRRORLAKE_MARTS`, `MIRRORLAKE_CONFIG` stand for the options of the same
//! names; `NO_COLOR` turns colours off; object stores read the variables of their own tools (`AWS_…`, `GOOGLE_…`,
//! `AZURE_…`). Nothing else is read.

use std::collections::BTreeMap;
use std::path::Path;

use chrono_tz::Tz;
use mirrorlake_lake::check;
use mirrorlake_lake::contract::TABLES;
use mirrorlake_model::thresholds::{
    AUTHENTICATION_SENSITIVITY, AUTHENTICATION_SPECIFICITY, CLAIM_LISTING_CAP, COMMON_IMAGE_GROUPS,
    COMMON_IMAGE_GROUPS_BEFORE, COOLING_OFF_DAYS, LINK_KEY_MERCHANTS, MAX_BAD_SHARE, PLAN_EVERY_DAYS, SLA_LIMIT_HOURS,
    WINDOW_DAYS,
};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, did_you_mean};
use crate::risk::RiskSettings;
use crate::vetting::VettingSettings;

/// The keys of the configuration file.
const KEYS: &[&str] = &[
    "lake",
    "marts",
    "time_zone",
    "currency",
    "days",
    "max_bad_share",
    "naive_timestamps_are_utc",
    "allow_missing_days",
    "tolerance_days",
    "sla_limit_hours",
    "claim_listing_cap",
    "link_key_merchants",
    "common_image_groups",
    "common_image_groups_before",
    "store_options",
    "caps",
    "authentication",
    "pilot_plan",
    "seller_vetting",
    "merchant_risk",
];

/// What a run is told. The documentation of each field is the documentation of the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the lake is.
    #[serde(skip_serializing)]
    pub lake: Option<String>,
    /// Where the marts are.
    #[serde(skip_serializing)]
    pub marts: Option<String>,
    /// The lake's time zone (IANA name): business days end at its midnight.
    #[serde(with = "zone_name")]
    pub time_zone: Tz,
    /// The lake's one currency (ISO 4217).
    pub currency: String,
    /// Days in the window.
    pub days: u32,
    /// Whether `days` was asked for, and is not the default.
    #[serde(skip)]
    pub days_given: bool,
    /// Largest share of bad rows in a table.
    pub max_bad_share: f64,
    /// Whether timestamps without a zone are UTC.
    pub naive_timestamps_are_utc: bool,
    /// Whether event days may be missing.
    pub allow_missing_days: bool,
    /// How many days old a state table may be, by table.
    pub tolerance_days: BTreeMap<String, u32>,
    /// Takedown within this many hours of a qualified notice.
    pub sla_limit_hours: u32,
    /// Listings that a claim may name.
    pub claim_listing_cap: u32,
    /// Merchants that a key may have and still link them.
    pub link_key_merchants: u32,
    /// Groups of merchants, unlinked to each other and to the removed one, that show a picture that accuses nobody.
    pub common_image_groups: u32,
    /// The same, of groups that showed it before the removal.
    pub common_image_groups_before: u32,
    /// Configuration of the object store; never written to a manifest, since it may hold credentials.
    #[serde(skip_serializing)]
    pub store_options: BTreeMap<String, String>,
    /// Caps against files that decode to far more than they weigh.
    pub caps: CapSettings,
    /// How often the authentication of pilot purchases errs.
    pub authentication: AuthenticationSettings,
    /// The next pilot purchases.
    pub pilot_plan: PlanSettings,
    /// Exemptions from the vetting of merchants.
    pub seller_vetting: VettingSettings,
    /// How merchants are ranked.
    pub merchant_risk: RiskSettings,
}

/// `[authentication]` of the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthenticationSettings {
    /// Share of counterfeits that are found.
    pub sensitivity: f64,
    /// Share of genuine items that are cleared.
    pub specificity: f64,
    /// Known counterfeits from which the sensitivity was measured; without both sizes it is taken as known.
    pub sensitivity_n: Option<i64>,
    /// Known genuine items from which the specificity was measured.
    pub specificity_n: Option<i64>,
}

/// `[pilot_plan]` of the configuration file; the options of `pilot-plan` win over it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanSettings {
    /// Purchases; without it `daily` makes no plan.
    pub budget: Option<i64>,
    /// Random purchases that every brand gets at least, as far as it has listings.
    pub per_brand_floor: i64,
    /// Share of the budget that goes to suspects.
    pub targeted_share: f64,
    /// Seed of the draw.
    pub seed: Option<u64>,
    /// Days in which a listing that was bought or planned is not planned again.
    pub cooling_off_days: u32,
    /// Days from plan to plan: `daily` makes none while a plan is younger.
    pub every_days: u32,
}

impl Default for AuthenticationSettings {
    fn default() -> Self {
        Self {
            sensitivity: AUTHENTICATION_SENSITIVITY,
            specificity: AUTHENTICATION_SPECIFICITY,
            sensitivity_n: None,
            specificity_n: None,
        }
    }
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            budget: None,
            per_brand_floor: 2,
            targeted_share: 0.2,
            seed: None,
            cooling_off_days: COOLING_OFF_DAYS,
            every_days: PLAN_EVERY_DAYS,
        }
    }
}

/// `[caps]` of the configuration file, in bytes and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CapSettings {
    /// One text value.
    pub value_bytes: u64,
    /// All texts of a row.
    pub row_bytes: u64,
    /// A file, decoded.
    pub file_bytes: u64,
    /// A column of a row group, decoded.
    pub chunk_bytes: u64,
    /// Rows of a file.
    pub file_rows: u64,
}

/// A time zone by its IANA name.
mod zone_name {
    use chrono_tz::Tz;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(zone: &Tz, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(zone.name())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|_| serde::de::Error::custom(format!("unknown time zone {name} (IANA names)")))
    }
}

impl Default for CapSettings {
    fn default() -> Self {
        let check::Caps { value_bytes, row_bytes, file_bytes, chunk_bytes, file_rows } = check::Caps::default();
        Self { value_bytes, row_bytes, file_bytes, chunk_bytes, file_rows }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lake: None,
            marts: None,
            time_zone: chrono_tz::Asia::Shanghai,
            currency: "CNY".to_owned(),
            days: WINDOW_DAYS,
            days_given: false,
            max_bad_share: MAX_BAD_SHARE,
            naive_timestamps_are_utc: false,
            allow_missing_days: false,
            tolerance_days: BTreeMap::new(),
            sla_limit_hours: SLA_LIMIT_HOURS,
            claim_listing_cap: CLAIM_LISTING_CAP,
            link_key_merchants: LINK_KEY_MERCHANTS,
            common_image_groups: COMMON_IMAGE_GROUPS as u32,
            common_image_groups_before: COMMON_IMAGE_GROUPS_BEFORE as u32,
            store_options: BTreeMap::new(),
            caps: CapSettings::default(),
            authentication: AuthenticationSettings::default(),
            pilot_plan: PlanSettings::default(),
            seller_vetting: VettingSettings::default(),
            merchant_risk: RiskSettings::default(),
        }
    }
}

impl Settings {
    /// Reads the configuration file, if one is given.
    ///
    /// # Errors
    ///
    /// A usage failure that names the file, the key and what is wrong with it.
    pub fn load(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let at = |problem: String| Failure::usage(format!("configuration {}: {problem}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| at(e.to_string()))?;
        // The error's own text would print the line, which may hold a secret.
        let words = |e: &toml::de::Error| {
            let number = e.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            let key = text.lines().nth(number - 1).and_then(|line| line.split('=').next()).unwrap_or_default();
            format!("line {number}, {}: {}", key.trim(), e.message())
        };
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| at(words(&e)))?;
        for key in table.keys() {
            if !KEYS.contains(&key.as_str()) {
                let near = did_you_mean(key, KEYS.iter().copied());
                return Err(at(format!("unknown key {key}{near}; the keys are: {}", KEYS.join(", "))));
            }
        }
        let mut settings: Self = toml::from_str(&text).map_err(|e| at(words(&e)))?;
        settings.days_given = table.contains_key("days");
        settings.validate().map_err(at)?;
        settings.merchant_risk.load(path.parent().unwrap_or(Path::new(""))).map_err(at)?;
        Ok(settings)
    }

    fn validate(&self) -> Result<(), String> {
        if !(0.0..=1.0).contains(&self.max_bad_share) {
            return Err(format!("max_bad_share is {}, not between 0 and 1", self.max_bad_share));
        }
        if !(1..=3660).contains(&self.days) {
            return Err(format!("days is {}, not between 1 and 3660", self.days));
        }
        if !(1..=8760).contains(&self.sla_limit_hours) {
            return Err(format!("sla_limit_hours is {}, not between 1 and 8760", self.sla_limit_hours));
        }
        if !(1..=10_000).contains(&self.link_key_merchants) {
            return Err(format!("link_key_merchants is {}, not between 1 and 10,000", self.link_key_merchants));
        }
        for (key, groups) in [
            ("common_image_groups", self.common_image_groups),
            ("common_image_groups_before", self.common_image_groups_before),
        ] {
            if !(1..=10_000).contains(&groups) {
                return Err(format!("{key} is {groups}, not between 1 and 10,000"));
            }
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("currency is not a code of three capitals, as CNY".to_owned());
        }
        self.authentication.validate()?;
        self.pilot_plan.validate()?;
        self.seller_vetting.exemptions()?;
        for table in self.tolerance_days.keys() {
            if !TABLES.iter().any(|t| t.name == table) {
                let near = did_you_mean(table, TABLES.iter().map(|t| t.name));
                return Err(format!("tolerance_days: unknown table {table}{near}"));
            }
        }
        Ok(())
    }

    /// The options of the contract check.
    pub fn check_options(&self, threads: usize) -> check::Options {
        let CapSettings { value_bytes, row_bytes, file_bytes, chunk_bytes, file_rows } = self.caps;
        check::Options {
            max_bad_share: self.max_bad_share,
            naive_timestamps_are_utc: self.naive_timestamps_are_utc,
            threads,
            caps: check::Caps { value_bytes, row_bytes, file_bytes, chunk_bytes, file_rows },
        }
    }

    /// The object-store options as pairs.
    pub fn store_pairs(&self) -> Vec<(String, String)> {
        self.store_options.iter().map(|(k, v)| (k.clone(), v.clone())).collect()
    }
}

impl AuthenticationSettings {
    fn validate(&self) -> Result<(), String> {
        for (name, value) in [("sensitivity", self.sensitivity), ("specificity", self.specificity)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(format!("authentication.{name} is {value}, not between 0 and 1"));
            }
        }
        // Worse than a coin: the correction would turn the scale round.
        if self.sensitivity + self.specificity <= 1.0 {
            return Err("authentication: sensitivity and specificity add up to 1 or less".to_owned());
        }
        match (self.sensitivity_n, self.specificity_n) {
            (None, None) => Ok(()),
            (Some(a), Some(b)) if a > 0 && b > 0 => Ok(()),
            (Some(_), Some(_)) => Err("authentication: sensitivity_n and specificity_n must be above 0".to_owned()),
            _ => Err("authentication: sensitivity_n and specificity_n are set together or not at all".to_owned()),
        }
    }
}

impl PlanSettings {
    /// Refuses what no plan can be made with.
    ///
    /// # Errors
    ///
    /// A sentence that names the key.
    pub fn validate(&self) -> Result<(), String> {
        if let Some(budget) = self.budget.filter(|b| !(1..=10_000_000).contains(b)) {
            return Err(format!("pilot_plan.budget is {budget}, not between 1 and 10,000,000"));
        }
        if !(0..=1_000_000).contains(&self.per_brand_floor) {
            return Err(format!("pilot_plan.per_brand_floor is {}, not between 0 and 1,000,000", self.per_brand_floor));
        }
        if !(0.0..1.0).contains(&self.targeted_share) {
            return Err(format!("pilot_plan.targeted_share is {}, not from 0 to below 1", self.targeted_share));
        }
        if self.cooling_off_days > 3660 {
            return Err(format!("pilot_plan.cooling_off_days is {}, not between 0 and 3660", self.cooling_off_days));
        }
        if !(1..=3660).contains(&self.every_days) {
            return Err(format!("pilot_plan.every_days is {}, not between 1 and 3660", self.every_days));
        }
        Ok(())
    }
}
