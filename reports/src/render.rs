//! From a view to a file's text: JSON and HTML.

mod charts;

use std::sync::LazyLock;

use serde::Serialize;
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use crate::chart::{SvgMarkup, interval_bar};
use crate::error::ReportError;
use crate::messages::Messages;
use crate::view::ReportView;
use crate::view::index::IndexView;

/// Templates by name. Every name ends in `.html`: that is what turns escaping on.
const TEMPLATES: &[(&str, &str)] = &[
    ("brand/report.html", include_str!("../templates/brand/report.html")),
    ("brand/takedown_sla.html", include_str!("../templates/brand/takedown_sla.html")),
    ("brand/reappearance.html", include_str!("../templates/brand/reappearance.html")),
    ("brand/prevalence.html", include_str!("../templates/brand/prevalence.html")),
    ("brand/customer_comments.html", include_str!("../templates/brand/customer_comments.html")),
    ("brand/risk.html", include_str!("../templates/brand/risk.html")),
    ("brand/authorisations.html", include_str!("../templates/brand/authorisations.html")),
    ("brand/definitions.html", include_str!("../templates/brand/definitions.html")),
    ("brand/index.html", include_str!("../templates/brand/index.html")),
];

/// The one stylesheet, set inline into every page.
const STYLE: &str = include_str!("../templates/brand/style.css");

/// Nothing is loaded, run, sent or framed; the one style that counts is the stylesheet, by its hash.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64(&Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// `report.json`: the view, pretty, in the order of its fields, with a newline at the end.
///
/// # Errors
/// Fails where the view does not serialise.
pub fn report_json(view: &ReportView) -> Result<String, ReportError> {
    json(view)
}

/// The index's view as JSON, like [`report_json`].
///
/// # Errors
/// Fails where the view does not serialise.
pub fn index_json(view: &IndexView) -> Result<String, ReportError> {
    json(view)
}

fn json<T: Serialize>(view: &T) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(view).map_err(|e| ReportError::Json { detail: e.to_string() })?;
    text.push('\n');
    Ok(text)
}

/// Renders HTML. Parses the embedded templates once; share one over all brands of a run.
#[derive(Clone)]
pub struct Renderer {
    tera: Tera,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

impl Renderer {
    /// Parses the embedded templates.
    ///
    /// # Errors
    /// Fails where a template is broken, which a test rules out.
    pub fn new() -> Result<Self, ReportError> {
        let mut tera = Tera::new();
        tera.add_raw_templates(TEMPLATES.iter().copied()).map_err(|e| broken(&e))?;
        Ok(Self { tera })
    }

    /// `report.html` of a view: one self-contained page.
    ///
    /// # Errors
    /// Fails where a template or a message is broken.
    pub fn report_html(&self, view: &ReportView) -> Result<String, ReportError> {
        let messages = Messages::of(view.locale)?;
        let mut context = page_context(messages);
        context.insert("view", view);
        context.insert("sla", &view.takedown_sla);
        context.insert("comments", &view.customer_comments.measured);
        context.insert("not_measured", &view.customer_comments.not_measured);
        if let Some(comments) = &view.customer_comments.measured {
            context.insert("comment_chart", &charts::comments(comments, messages)?);
        }
        context.insert("prevalence", &view.prevalence.measured);
        context.insert("prevalence_not_measured", &view.prevalence.not_measured);
        if let Some(prevalence) = &view.prevalence.measured {
            context.insert("prevalence_chart", &charts::prevalence(&prevalence.trend, messages)?);
        }
        context.insert("reappearance", &view.reappearance.measured);
        context.insert("reappearance_not_measured", &view.reappearance.not_measured);
        if let Some(reappearance) = &view.reappearance.measured {
            context.insert("reappearance_chart", &charts::reappearance(&reappearance.curve, messages)?);
        }
        context.insert("risk", &view.risk.measured);
        context.insert("risk_not_measured", &view.risk.not_measured);
        if let Some(risk) = &view.risk.measured {
            context.insert("risk_chart", &charts::risk(&risk.tiers));
        }
        context.insert("authorisations", &view.authorisations.measured);
        context.insert("authorisations_not_measured", &view.authorisations.not_measured);
        context.insert("trend_chart", &charts::takedowns(&view.takedown_sla, messages)?);
        context.insert("headline_chart", &charts::headline(&view.takedown_sla, messages)?);
        self.render("brand/report.html", &context)
    }

    /// `index.html` of a view: one self-contained page.
    ///
    /// # Errors
    /// Fails where a template or a message is broken.
    pub fn index_html(&self, view: &IndexView) -> Result<String, ReportError> {
        let mut context = page_context(Messages::of(view.locale)?);
        let start = view.axis_from.value;
        let bars: Vec<Option<SvgMarkup>> = view
            .brands
            .iter()
            .map(|b| b.rate.value.map(|rate| interval_bar(rate, b.interval.as_ref().map(charts::ends), start)))
            .collect();
        context.insert("view", view);
        context.insert("bars", &bars);
        self.render("brand/index.html", &context)
    }

    fn render(&self, template: &str, context: &Context) -> Result<String, ReportError> {
        self.tera.render(template, context).map_err(|e| broken(&e))
    }
}

fn page_context(messages: &Messages) -> Context {
    let mut context = Context::new();
    context.insert("m", messages.tree());
    context.insert("style", STYLE);
    context.insert("policy", CONTENT_SECURITY_POLICY.as_str());
    context
}

fn broken(error: &tera::Error) -> ReportError {
    ReportError::Template { detail: error.to_string() }
}

/// Standard base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let index = (word >> (18 - 6 * i)) & 63;
            out.push(if i <= chunk.len() { ALPHABET[index as usize] as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let coded: Vec<String> = texts.iter().map(|t| base64(t.as_bytes())).collect();
        assert_eq!(coded, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }

    #[test]
    fn every_template_name_turns_escaping_on() {
        assert!(TEMPLATES.iter().all(|(name, _)| name.ends_with(".html")));
    }
}
