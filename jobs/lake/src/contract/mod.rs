//! The lake contract as data: one definition per table, read by the checks, the sample lake, the SQL lint and
//! `mirrorlake contract`.

mod odcs;
mod print;
mod tables;

pub use odcs::odcs;
pub use print::{json, text};
pub use tables::TABLES;

/// Logical type of a column; what files may hold for it is decided in [`crate::schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Signed integer of at most this many bits; narrower ones are accepted.
    Int(u8),
    /// IEEE 754 double.
    Float64,
    /// UTF-8 text in any of Arrow's string layouts.
    String,
    /// Calendar day.
    Date,
    /// Instant: `timestamp[us, UTC]`; milliseconds and nanoseconds are accepted.
    Timestamp,
    /// List of strings.
    StringList,
    /// Exactly this many bytes.
    FixedBinary(u8),
}

/// Who may see a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// Visible to any visitor of the marketplace.
    Public,
    /// Known to the platform and its brand owners.
    Internal,
    /// Says something about a natural person, or may: never leaves the suite row by row.
    Personal,
}

/// A row rule beyond type and nullability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Within [low, high], both included.
    Range(i64, i64),
    /// Within (0, 1].
    Probability,
    /// A name of the IANA time zone database.
    TimeZoneName,
    /// The event lies within its partition's business day.
    WithinBusinessDay,
    /// Set if and only if `column` holds one of `values`.
    SetIff {
        /// The column that decides.
        column: &'static str,
        /// The words with which this column is set.
        values: &'static [&'static str],
    },
    /// Set whenever `column` holds one of `must`, allowed where it holds one of `may`, null otherwise.
    SetWhen {
        /// The column that decides.
        column: &'static str,
        /// The words with which this column is set.
        must: &'static [&'static str],
        /// The words with which this column may be set.
        may: &'static [&'static str],
    },
    /// Set if and only if another column is set.
    SetIffSet(&'static str),
    /// Equal to `other` where `column` holds `value` and both are set.
    EqualWhen {
        /// The column to be equal to.
        other: &'static str,
        /// The column that decides.
        column: &'static str,
        /// The word with which the two are equal.
        value: &'static str,
    },
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name in the files.
    pub name: &'static str,
    /// Logical type.
    pub column_type: ColumnType,
    /// Whether nulls are allowed.
    pub nullable: bool,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// Further row rules, in the order in which they count.
    pub rules: &'static [Rule],
    /// What it means.
    pub description: &'static str,
}

/// Whether partitions hold a day's events or the state at a day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Partition `dt` holds the events of that business day; the column is the event's instant.
    Event {
        /// Column with the event's instant.
        time: &'static str,
    },
    /// Partition `dt` holds the complete state at the end of that day.
    State {
        /// How many days old the newest partition may be, unless configured.
        tolerance_days: u32,
    },
}

/// A reference that every row must satisfy.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// Column of this table.
    pub column: &'static str,
    /// Table that must hold the value, in a row that is not quarantined.
    pub table: &'static str,
    /// Key column of that table.
    pub key: &'static str,
}

/// One table of the lake.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Folder name in the lake.
    pub name: &'static str,
    /// Events or state.
    pub kind: Kind,
    /// Key columns; empty where the contract names none.
    pub key: &'static [&'static str],
    /// Columns in the contract's order, which is the order in which rules count.
    pub columns: &'static [Column],
    /// References, checked last.
    pub references: &'static [Reference],
    /// What a row is.
    pub description: &'static str,
}

impl Table {
    /// The table of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|t| t.name == name)
    }

    /// The column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Position of a column in the contract's order.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// Whether partitions hold events.
    #[must_use]
    pub const fn is_event(&self) -> bool {
        matches!(self.kind, Kind::Event { .. })
    }
}

impl Rule {
    /// The name under which a breach is counted and quarantined.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OneOf(_) => "allowed_values",
            Self::Range(..) => "range",
            Self::Probability => "probability",
            Self::TimeZoneName => "time_zone_name",
            Self::WithinBusinessDay => "within_business_day",
            Self::SetIff { .. } | Self::SetWhen { .. } | Self::SetIffSet(_) => "set_exactly_when",
            Self::EqualWhen { .. } => "equal_when",
        }
    }

    /// The rule in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::Range(i64::MIN, high) => format!("at most {high}"),
            Self::Range(low, i64::MAX) => format!("at least {low}"),
            Self::Range(low, high) => format!("from {low} to {high}"),
            Self::Probability => "above 0 and at most 1".to_owned(),
            Self::TimeZoneName => "a name of the IANA time zone database".to_owned(),
            Self::WithinBusinessDay => "within the partition's business day in the lake's time zone".to_owned(),
            Self::SetIff { column, values } => format!("set if and only if {column} is {}", values.join(" or ")),
            Self::SetWhen { column, must, may } => {
                format!("set when {column} is {}; may be set when it is {}", must.join(" or "), may.join(" or "))
            }
            Self::SetIffSet(other) => format!("set if and only if {other} is set"),
            Self::EqualWhen { other, column, value } => format!("equal to {other} when {column} is {value}"),
        }
    }
}

impl ColumnType {
    /// The type as the contract writes it.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Int(bits) => format!("int{bits}"),
            Self::Float64 => "float64".to_owned(),
            Self::String => "string".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Timestamp => "timestamp[us, UTC]".to_owned(),
            Self::StringList => "list<string>".to_owned(),
            Self::FixedBinary(bytes) => format!("fixed-size binary({bytes})"),
        }
    }
}

impl Sensitivity {
    /// The classification's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Personal => "personal",
        }
    }
}

/// Rule name of a null in a column that allows none.
pub const NOT_NULL: &str = "not_null";
/// Rule name of an instant or day outside the years 1 to 9999.
pub const CALENDAR: &str = "calendar";
/// Rule name of a state row with a timestamp after T.
pub const NOT_AFTER_AS_OF: &str = "not_after_as_of";
/// Rule name of a repeated key.
pub const UNIQUE_KEY: &str = "unique_key";
/// Rule name of a reference to a missing or quarantined row.
pub const REFERENCE: &str = "reference";
