//! What a comment says about genuineness, and in which language.

use crate::words::words;

words!(
    /// What a comment says about the genuineness of the item.
    Label {
        /// The commenter says or suspects that it is counterfeit.
        Allege = "allege",
        /// The commenter says that it is genuine.
        Affirm = "affirm",
        /// Neither.
        Other = "other",
    }
);
words!(
    /// The language that a comment is judged in.
    Lang {
        /// Chinese, mixed texts included.
        Zh = "zh",
        /// English, and other languages in Latin letters.
        En = "en",
        /// Anything else, empty texts included.
        Other = "other",
    }
);
