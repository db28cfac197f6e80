//! The languages reports are written in.

use serde::{Serialize, Serializer};

/// A language reports are written in (`brands.report_locale`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Locale {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Locale {
    /// All locales.
    pub const ALL: &'static [Self] = &[Self::En, Self::ZhCn];

    /// The contract's word, which is a BCP 47 language tag too.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The locale of a word, or `None` for one that no report is written in.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|locale| locale.word() == word)
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::ZhCn => "简体中文",
        }
    }

    /// The plural category of a whole number (Unicode CLDR; these two languages need no others).
    #[must_use]
    pub(crate) const fn plural_category(self, n: i64) -> &'static str {
        match (self, n) {
            (Self::En, 1) => "one",
            _ => "other",
        }
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
