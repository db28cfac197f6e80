//! `brand-report`: pages that an account manager can send.

use std::collections::BTreeMap;
use std::sync::Arc;

use mirrorlake_lake::marts::MartPartition;
use mirrorlake_model::takedown::{OutcomeRow, SlaRow};
use mirrorlake_model::{AsOf, ExitStatus};
use mirrorlake_reports::{
    BrandInfo, BrandReportInput, BrandReportParts, IndexBrand, IndexInput, IndexView, Locale, Renderer, ReportError,
    ReportView, report_json,
};
use serde_json::{Value, json};

use crate::catalogue::{self, Cells, required};
use crate::comments::CommentFigures;
use crate::failure::Failure;
use crate::job::{Computed, ComputedFiles, Job, Need, Work};
use crate::prevalence::PrevalenceFigures;
use crate::reappearance::ReappearanceFigures;
use crate::risk::RiskFigures;
use crate::settings::Settings;
use crate::vetting::AuthorisationFigures;

/// The job.
pub struct BrandReport;

impl Job for BrandReport {
    fn name(&self) -> &'static str {
        "brand-report"
    }

    fn about(&self) -> &'static str {
        "reports for brand owners: a page and report.json a brand, and an index"
    }

    fn needs(&self) -> &'static [Need] {
        const NEEDS: &[Need] = &[
            Need::Table("brands"),
            Need::Mart("takedown_sla"),
            Need::Mart("takedown_outcomes"),
            Need::Window("comment_sums"),
            Need::Earlier("brand_prevalence"),
            Need::Earlier("pilot_progress"),
            Need::Earlier("pilot_plan"),
            Need::Earlier("seller_vetting"),
            Need::Earlier("seller_vetting_brands"),
            Need::Earlier("reappearances"),
            Need::Earlier("reappearance_rates"),
            Need::Earlier("reappearance_curves"),
            Need::Earlier("reappearance_removals"),
            Need::Earlier("merchant_brand_risk"),
        ];
        NEEDS
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["reports"]
    }

    fn configuration(&self, settings: &Settings, brand: Option<i64>) -> Value {
        json!({ "time_zone": settings.time_zone.name(), "brand": brand, "detector": mirrorlake_signals::version(), "currency": settings.currency })
    }

    fn window_days(&self, _: &Settings, marts: &[(&'static str, MartPartition)]) -> Result<u32, Failure> {
        manifest_number(marts, "days")
    }

    fn compute(&self, work: &Work<'_>) -> Result<Computed, Failure> {
        let mut computed = Computed::default();
        let days = manifest_number(work.marts, "days")?;
        if work.settings.days_given && work.settings.days != days {
            return Err(Failure::usage(format!(
                "the marts of {} have a window of {days} days, not {}; leave --days out, or run takedown-sla with it first",
                work.as_of.day, work.settings.days
            )));
        }
        let mut brands = directory(work, &mut computed)?;
        if let Some(wanted) = work.brand {
            brands.retain(|(brand, _)| brand.brand_id == wanted);
        }
        let mut shelves = Shelves::fill(work)?;
        shelves.comments = CommentFigures::sum(work.window("comment_sums"), work.as_of, days)?;
        shelves.prevalence = PrevalenceFigures::read(work, days)?;
        shelves.authorisations = AuthorisationFigures::read(work, days)?;
        shelves.reappearance = ReappearanceFigures::read(work)?;
        shelves.risk = RiskFigures::read(work, days)?;
        let unknown = shelves.brands_without(&brands, work.brand);
        computed.notes = vec![
            ("reports".to_owned(), brands.len() as u64),
            ("brands_with_takedowns_but_not_in_the_table_brands".to_owned(), unknown),
        ];
        let day = work.as_of.day;
        let target = match work.brand {
            None => format!("reports/dt={day}"),
            Some(brand) => format!("reports/dt={day}/brand={brand}"),
        };
        let run = Run {
            as_of: work.as_of,
            days,
            sla_limit_hours: manifest_number(work.marts, "sla_limit_hours")?,
            generator: format!("Mirrorlake {}", work.version),
            one_brand: work.brand.is_some(),
            renderer: Renderer::new().map_err(refused)?,
        };
        computed.files = Some(ComputedFiles { target, files: Box::new(Pages::new(run, brands, shelves)) });
        Ok(computed)
    }
}

fn refused(error: ReportError) -> Failure {
    let status = match error {
        ReportError::Catalogue { .. }
        | ReportError::Message { .. }
        | ReportError::Template { .. }
        | ReportError::Json { .. } => ExitStatus::Failed,
        _ => ExitStatus::CheckFailed,
    };
    Failure::new(status, error.to_string())
}

/// A number of the configuration with which the marts were made: the report says what they say.
fn manifest_number(marts: &[(&'static str, MartPartition)], key: &str) -> Result<u32, Failure> {
    let manifest = marts.iter().find(|(mart, _)| *mart == "takedown_sla").map(|(_, partition)| &partition.manifest);
    let value = manifest.and_then(|m| m.configuration.get(key));
    value.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).ok_or_else(|| {
        let message = format!("mart takedown_sla: its manifest has no {key}; run takedown-sla again with --force");
        Failure::new(ExitStatus::InputRefused, message)
    })
}

fn directory(work: &Work<'_>, computed: &mut Computed) -> Result<Vec<(BrandInfo, Locale)>, Failure> {
    let batch = work.reduce("brand_directory", &mut computed.warnings)?;
    let cells = Cells(&batch);
    let (ids, names) = (cells.ints("brand_id")?, cells.texts("name_en")?);
    let (names_zh, owners) = (cells.texts("name_zh")?, cells.texts("owner_name")?);
    let locales = cells.words("report_locale", Locale::from_word)?;
    let zones = cells.texts("time_zone")?;
    let mut brands = Vec::with_capacity(batch.num_rows());
    for i in 0..batch.num_rows() {
        let zone = required("time_zone", zones[i])?;
        let info = BrandInfo {
            brand_id: required("brand_id", ids[i])?,
            name_en: required("name_en", names[i])?.to_owned(),
            name_zh: names_zh[i].map(str::to_owned),
            owner_name: required("owner_name", owners[i])?.to_owned(),
            time_zone: zone
                .parse()
                .map_err(|_| Failure::new(ExitStatus::InputRefused, format!("unknown time zone {zone}")))?,
        };
        brands.push((info, locales[i]));
    }
    Ok(brands)
}

/// The marts' rows, sorted onto one shelf a brand. A report is made from one shelf, which is taken away whole: there
/// is no way to reach another brand's rows from it.
#[derive(Default)]
struct Shelves {
    takedowns: BTreeMap<i64, (Vec<SlaRow>, Vec<OutcomeRow>)>,
    comments: Option<CommentFigures>,
    prevalence: Option<PrevalenceFigures>,
    authorisations: Option<AuthorisationFigures>,
    reappearance: Option<ReappearanceFigures>,
    risk: Option<RiskFigures>,
}

impl Shelves {
    fn fill(work: &Work<'_>) -> Result<Self, Failure> {
        let mut shelves = Self::default();
        let wanted = |brand: i64| work.brand.is_none_or(|b| b == brand);
        for batch in &work.mart("takedown_sla")?.batches {
            for row in catalogue::sla_rows(batch)? {
                if let Some(brand) = row.brand_id.filter(|b| wanted(*b)) {
                    shelves.takedowns.entry(brand).or_default().0.push(row);
                }
            }
        }
        for batch in &work.mart("takedown_outcomes")?.batches {
            for row in catalogue::outcome_rows(batch)? {
                if wanted(row.brand_id) {
                    shelves.takedowns.entry(row.brand_id).or_default().1.push(row);
                }
            }
        }
        Ok(shelves)
    }

    fn brands_without(&self, brands: &[(BrandInfo, Locale)], only: Option<i64>) -> u64 {
        let known = |id: &i64| brands.iter().any(|(b, _)| b.brand_id == *id);
        self.takedowns.keys().filter(|id| only.is_none_or(|o| o == **id) && !known(id)).count() as u64
    }

    fn take(&mut self, brand: i64) -> (Vec<SlaRow>, Vec<OutcomeRow>) {
        self.takedowns.remove(&brand).unwrap_or_default()
    }
}

/// What all pages of a run share.
struct Run {
    as_of: AsOf,
    days: u32,
    sla_limit_hours: u32,
    generator: String,
    one_brand: bool,
    renderer: Renderer,
}

/// The files of all reports, made when they are asked for.
struct Pages {
    run: Arc<Run>,
    brands: std::vec::IntoIter<(BrandInfo, Locale)>,
    shelves: Shelves,
    ready: Vec<(String, Vec<u8>)>,
    index: Vec<IndexBrand>,
    /// Whether it has been said that the prevalence of some brand is left out.
    warned: bool,
    done: bool,
}

impl Pages {
    fn new(run: Run, brands: Vec<(BrandInfo, Locale)>, shelves: Shelves) -> Self {
        Self {
            run: Arc::new(run),
            brands: brands.into_iter(),
            shelves,
            ready: Vec::new(),
            index: Vec::new(),
            warned: false,
            done: false,
        }
    }

    fn report(&mut self, brand: BrandInfo, locale: Locale) -> Result<(), ReportError> {
        let (sla_rows, outcomes) = self.shelves.take(brand.brand_id);
        let run = &self.run;
        let comments = self.shelves.comments.as_mut().map(|c| c.take(brand.brand_id, run.days));
        let prevalence = self.shelves.prevalence.as_mut().and_then(|p| p.take(brand.brand_id));
        let agrees = prevalence.as_ref().zip(comments.as_ref()).is_none_or(|(p, comments)| p.agrees_with(comments));
        if !agrees && !self.warned {
            self.warned = true;
            tracing::warn!(
                "brand_prevalence rests on other comment signals than there are now (the first is brand {}), and is left out of the reports concerned: run brand-prevalence again",
                brand.brand_id
            );
        }
        let prevalence = prevalence.filter(|_| agrees);
        let authorisations = self.shelves.authorisations.as_mut().map(|a| a.take(brand.brand_id));
        let reappearance = self.shelves.reappearance.as_mut().map(|r| r.take(brand.brand_id));
        let risk = self.shelves.risk.as_mut().map(|r| r.take(brand.brand_id));
        let folder = if self.run.one_brand { String::new() } else { format!("brand={}/", brand.brand_id) };
        let parts = BrandReportParts {
            brand,
            locale,
            as_of: self.run.as_of,
            days: self.run.days,
            sla_limit_hours: self.run.sla_limit_hours,
            generator: self.run.generator.clone(),
            sla_rows,
            outcomes,
            comments,
            prevalence,
            authorisations,
            reappearance,
            risk,
        };
        let view = ReportView::build(&BrandReportInput::new(parts)?)?;
        let html = self.run.renderer.report_html(&view)?;
        self.ready.push((format!("{folder}report.html"), html.into_bytes()));
        self.ready.push((format!("{folder}report.json"), report_json(&view)?.into_bytes()));
        self.index.push(IndexBrand::of(&view));
        Ok(())
    }

    fn index(&mut self) -> Result<(), ReportError> {
        let input = IndexInput {
            locale: Locale::En,
            as_of: self.run.as_of,
            days: self.run.days,
            sla_limit_hours: self.run.sla_limit_hours,
            generator: self.run.generator.clone(),
            facts: Vec::new(),
            brands: std::mem::take(&mut self.index),
        };
        let view = IndexView::build(&input)?;
        self.ready.push(("index.html".to_owned(), self.run.renderer.index_html(&view)?.into_bytes()));
        Ok(())
    }
}

impl Iterator for Pages {
    type Item = Result<(String, Vec<u8>), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(file) = self.ready.pop() {
                return Some(Ok(file));
            }
            let made = match self.brands.next() {
                Some((brand, locale)) => {
                    let id = brand.brand_id;
                    self.report(brand, locale).map_err(|e| refused(e).context(&format!("report of brand {id}")))
                }
                None if self.done => return None,
                None => {
                    self.done = true;
                    if self.run.one_brand { Ok(()) } else { self.index().map_err(refused) }
                }
            };
            if let Err(failure) = made {
                self.done = true;
                self.brands = Vec::new().into_iter();
                return Some(Err(failure));
            }
        }
    }
}
