//! View structs: everything a report shows, raw and as text. `report.json` is this, and every format renders from it.

pub mod authorisations;
pub mod breakdown;
pub mod comments;
mod definitions;
mod figures;
pub mod index;
pub mod lists;
pub mod prevalence;
pub mod reappearance;
pub mod risk;
pub mod sla;
pub mod trend;

use chrono::NaiveDate;
use mirrorlake_model::AsOf;
use mirrorlake_model::as_of::{next_day, start_of_day};
use mirrorlake_model::takedown::SlaRow;
use mirrorlake_model::text::printable;
use mirrorlake_model::thresholds::DEFINITION_VERSION;
use serde::Serialize;

use crate::error::ReportError;
use crate::format::Formatter;
use crate::input::{BrandReportInput, BrandReportParts};
use crate::locale::Locale;
use crate::messages::Messages;
use authorisations::AuthorisationSection;
use comments::CommentSection;
use prevalence::PrevalenceSection;
use reappearance::ReappearanceSection;
use risk::RiskSection;
use sla::SlaSection;

/// Longest name printed, in characters; longer ones end in an ellipsis.
const MAX_NAME_CHARS: usize = 160;

/// Version of the layout of `report.json`; raised when a field changes its meaning or goes away.
pub const VIEW_VERSION: u32 = 1;

/// A value together with the text that shows it in the report's locale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown<T> {
    /// The value itself.
    pub value: T,
    /// The value as printed.
    pub text: String,
}

/// Everything that one brand's report shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportView {
    /// Version of this layout ([`VIEW_VERSION`]).
    pub view_version: u32,
    /// Language of all text in the view.
    pub locale: Locale,
    /// Title of the document in one line.
    pub title: String,
    /// The brand.
    pub brand: BrandView,
    /// The moment at which everything stands.
    pub as_of: AsOfView,
    /// The days covered.
    pub period: PeriodView,
    /// What the report was made with and from.
    pub made: MadeView,
    /// The section "Takedown SLA".
    pub takedown_sla: SlaSection,
    /// The section "Did removed listings come back?".
    pub reappearance: ReappearanceSection,
    /// The section "How much is counterfeit".
    pub prevalence: PrevalenceSection,
    /// The section "What customers say".
    pub customer_comments: CommentSection,
    /// The section "High-risk merchants".
    pub risk: RiskSection,
    /// The section "Authorisations".
    pub authorisations: AuthorisationSection,
}

/// The brand as named in the report. Control and direction-changing characters are shown as escapes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BrandView {
    /// The brand.
    pub brand_id: i64,
    /// Its name in the report's language, where it has one.
    pub name: String,
    /// Its name in the other language, where it differs.
    pub other_name: Option<String>,
    /// Who owns it.
    pub owner_name: String,
    /// Name of its time zone.
    pub time_zone: String,
    /// Its time zone and the distance from UTC at the as-of instant.
    pub time_zone_text: String,
    /// Says in whose time zone all times are.
    pub times_note: String,
}

/// The moment at which everything stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AsOfView {
    /// The business day.
    pub day: Shown<NaiveDate>,
    /// The instant at which that day ends in the lake's time zone, shown in the brand's.
    pub instant: Shown<String>,
    /// Name of the lake's time zone.
    pub lake_time_zone: String,
}

/// The days covered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeriodView {
    /// Number of days.
    pub days: u32,
    /// First day.
    pub from: Shown<NaiveDate>,
    /// Last day.
    pub to: Shown<NaiveDate>,
    /// The period in words.
    pub text: String,
}

/// What the report was made with and from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MadeView {
    /// Name and version of the program.
    pub generator: String,
    /// Version of the metric definitions.
    pub definition_version: u32,
    /// Rows of `takedown_outcomes` read for this brand.
    pub outcome_rows: Shown<i64>,
    /// Rows of `takedown_sla` read for this brand.
    pub sla_rows: Shown<i64>,
    /// All of it in words: the source line.
    pub text: String,
}

/// Which interval a rate carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Korn–Graubard: listings of one claim, or comments on one listing, count as belonging together.
    Clustered,
    /// Wilson: every takedown, comment or purchase counts as independent.
    Wilson,
    /// Garwood's of a Poisson count over a denominator that is taken as known: for what is no part of it.
    Poisson,
    /// By the log(−log) of a Kaplan–Meier curve.
    LogLog,
}

/// A 95 % interval of a rate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntervalView {
    /// How it was reckoned.
    pub method: IntervalMethod,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Both ends as printed.
    pub text: String,
}

impl IntervalView {
    /// The claim-clustered interval where the cell has one, else Wilson's.
    fn of(row: &SlaRow, f: Formatter) -> Option<Self> {
        let is_sound = |(low, high): &(f64, f64)| low.is_finite() && high.is_finite();
        let clustered =
            row.clustered_low.zip(row.clustered_high).filter(is_sound).map(|e| (IntervalMethod::Clustered, e));
        let wilson = row.ci_low.zip(row.ci_high).filter(is_sound).map(|e| (IntervalMethod::Wilson, e));
        let (method, (low, high)) = clustered.or(wilson)?;
        Some(Self { method, low, high, text: f.share_range(low, high) })
    }
}

impl ReportView {
    /// Builds the view of a checked input.
    ///
    /// # Errors
    /// Fails on instants no calendar can show and on missing messages.
    pub fn build(input: &BrandReportInput) -> Result<Self, ReportError> {
        let parts = input.parts();
        let scene = Scene::new(input)?;
        let (f, m) = (scene.f, scene.m);
        let brand = brand_view(&scene)?;
        let as_of = AsOfView {
            day: f.date(parts.as_of.day),
            instant: f.instant(parts.as_of.micros())?,
            lake_time_zone: parts.as_of.time_zone.name().to_owned(),
        };
        let period = period_view(f, m, parts.as_of, parts.days)?;
        let customer_comments = CommentSection::build(&scene)?;
        let prevalence = PrevalenceSection::build(&scene)?;
        let risk = RiskSection::build(&scene)?;
        let made = made_view(&scene, &customer_comments, &prevalence, &risk)?;
        Ok(Self {
            view_version: VIEW_VERSION,
            locale: parts.locale,
            title: m.text("page.title", &[("brand", &brand.name), ("day", &as_of.day.text)])?,
            takedown_sla: SlaSection::build(&scene)?,
            reappearance: ReappearanceSection::build(&scene)?,
            prevalence,
            customer_comments,
            risk,
            authorisations: AuthorisationSection::build(&scene)?,
            brand,
            as_of,
            period,
            made,
        })
    }
}

/// What every part of a view needs: the input, the wording and the formats.
pub(crate) struct Scene<'a> {
    pub(crate) input: &'a BrandReportInput,
    pub(crate) m: &'static Messages,
    pub(crate) f: Formatter,
}

impl<'a> Scene<'a> {
    fn new(input: &'a BrandReportInput) -> Result<Self, ReportError> {
        let BrandReportParts { locale, brand, .. } = input.parts();
        let f = Formatter { locale: *locale, zone: brand.time_zone };
        Ok(Self { input, m: Messages::of(*locale)?, f })
    }

    /// The limit as printed: "24".
    pub(crate) fn limit(&self) -> String {
        self.f.count(i64::from(self.input.parts().sla_limit_hours)).text
    }

    /// Whether a day is over in the brand's zone at the as-of instant.
    pub(crate) fn is_over(&self, day: NaiveDate) -> bool {
        let parts = self.input.parts();
        start_of_day(next_day(day), parts.brand.time_zone) <= parts.as_of.instant()
    }
}

/// A foreign name made safe to print in one line.
pub(crate) fn name(text: &str) -> String {
    printable(text.trim(), MAX_NAME_CHARS)
}

/// A brand's name in a locale, and in the other language where it differs.
pub(crate) fn brand_names(name_en: &str, name_zh: Option<&str>, locale: Locale) -> (String, Option<String>) {
    let english = name(name_en);
    let chinese = name_zh.map(name).filter(|n| !n.is_empty() && *n != english);
    match (locale, chinese) {
        (Locale::ZhCn, Some(chinese)) => (chinese, Some(english)),
        (_, chinese) => (english, chinese),
    }
}

/// The window of a number of days that ends with the as-of day.
pub(crate) fn period_view(f: Formatter, m: &Messages, as_of: AsOf, days: u32) -> Result<PeriodView, ReportError> {
    let (from, to) = (as_of.window_start(days), as_of.day);
    let n = f.count(i64::from(days));
    let text = m.plural("page.period", n.value, &[("n", &n.text), ("range", &f.date_range(from, to))])?;
    Ok(PeriodView { days, from: f.date(from), to: f.date(to), text })
}

fn brand_view(scene: &Scene<'_>) -> Result<BrandView, ReportError> {
    let parts = scene.input.parts();
    let brand = &parts.brand;
    let (shown, other_name) = brand_names(&brand.name_en, brand.name_zh.as_deref(), parts.locale);
    Ok(BrandView {
        brand_id: brand.brand_id,
        name: shown,
        other_name,
        owner_name: name(&brand.owner_name),
        time_zone: brand.time_zone.name().to_owned(),
        time_zone_text: scene.f.zone_text(parts.as_of.instant()),
        times_note: scene.m.text("page.times_note", &[("zone", brand.time_zone.name())])?,
    })
}

fn made_view(
    scene: &Scene<'_>,
    comments: &CommentSection,
    prevalence: &PrevalenceSection,
    risk: &RiskSection,
) -> Result<MadeView, ReportError> {
    let parts = scene.input.parts();
    let rows = |n: usize| scene.f.count(i64::try_from(n).unwrap_or(i64::MAX));
    let (outcome_rows, sla_rows) = (rows(parts.outcomes.len()), rows(parts.sla_rows.len()));
    let generator = name(&parts.generator);
    let (version, brand) = (DEFINITION_VERSION.to_string(), parts.brand.brand_id.to_string());
    let values = [
        ("brand", brand.as_str()),
        ("generator", generator.as_str()),
        ("version", version.as_str()),
        ("outcomes", outcome_rows.text.as_str()),
        ("cells", sla_rows.text.as_str()),
    ];
    let mut text = scene.m.text("page.made", &values)?;
    let others = [
        ("median", comments.median().is_some()),
        ("chance", prevalence.rests_on_others()),
        ("scores", risk.has_scores()),
    ];
    let mut figures = Vec::new();
    for (key, _) in others.into_iter().filter(|(_, is_told)| *is_told) {
        figures.push(scene.m.text(&format!("page.made_other.{key}"), &[])?);
    }
    if !figures.is_empty() {
        let figures = figures.join(&scene.m.text("list.figures", &[])?);
        text.push_str(&scene.m.text("page.made_others", &[("figures", &figures)])?);
    }
    Ok(MadeView { definition_version: DEFINITION_VERSION, outcome_rows, sla_rows, text, generator })
}
