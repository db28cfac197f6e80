//! `[merchant_risk]` of the configuration file.

use std::path::{Path, PathBuf};

use mirrorlake_metrics::merchant_risk::Model;
use serde::{Deserialize, Serialize};

/// How merchants are ranked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RiskSettings {
    /// A file of weights, as `train risk` writes it; relative paths are from the configuration file's folder. Without it the
    /// reviewed weights that the program was built with.
    pub weights: Option<PathBuf>,
    /// What the file says, once it has been read.
    #[serde(skip)]
    text: Option<String>,
}

impl RiskSettings {
    /// Reads the file of weights, if one is named.
    ///
    /// # Errors
    ///
    /// A sentence that names the key, the file and what is wrong with it.
    pub fn load(&mut self, folder: &Path) -> Result<(), String> {
        let Some(weights) = &self.weights else { return Ok(()) };
        let path = folder.join(weights);
        let at = |problem: &dyn std::fmt::Display| format!("merchant_risk.weights: {}: {problem}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|e| at(&e))?;
        Model::parse(&text).map_err(|e| at(&e))?;
        self.text = Some(text);
        Ok(())
    }

    /// The weights.
    ///
    /// # Errors
    ///
    /// What is wrong with the file.
    pub fn model(&self) -> Result<Model, String> {
        let model = self.text.as_deref().map_or_else(Model::reviewed, Model::parse);
        model.map_err(|e| format!("merchant_risk.weights: {e}"))
    }
}
