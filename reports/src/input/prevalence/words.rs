//! The contract's words for weightings and for reasons to withhold.

use serde::{Serialize, Serializer};

/// What a counterfeit share is a share of (`brand_prevalence.weighting`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weighting {
    /// Every listing counts once.
    #[default]
    Listings,
    /// A listing counts by the units it sold in the window.
    Units,
    /// A listing counts by its sales in the window.
    Gmv,
}

impl Weighting {
    /// All weightings, in the contract's order.
    pub const ALL: &'static [Self] = &[Self::Listings, Self::Units, Self::Gmv];

    /// The contract's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Listings => "listings",
            Self::Units => "units",
            Self::Gmv => "gmv",
        }
    }

    /// The weighting of a word, or `None` for a word that the contract does not know.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|weighting| weighting.word() == word)
    }
}

/// Why an estimate is withheld (`brand_prevalence.suppressed_because`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suppression {
    /// Fewer than 30 conclusive random purchases.
    FewSamples,
    /// None of the sampled listings has any weight.
    NoWeight,
    /// They tell no more than fewer than 30 would.
    FewEffectiveSamples,
    /// The corrected interval is wider than 0.30.
    IntervalTooWide,
}

impl Suppression {
    /// All reasons, in the order in which they are looked for.
    pub const ALL: &'static [Self] =
        &[Self::FewSamples, Self::NoWeight, Self::FewEffectiveSamples, Self::IntervalTooWide];

    /// The contract's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FewSamples => "n_below_30",
            Self::NoWeight => "no_weight",
            Self::FewEffectiveSamples => "effective_n_below_30",
            Self::IntervalTooWide => "interval_too_wide",
        }
    }

    /// The reason of a word, or `None` for a word that the contract does not know.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.word() == word)
    }
}

impl Serialize for Weighting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Serialize for Suppression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
