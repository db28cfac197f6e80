//! What the writer of a partition promises of its files, in `_manifest.json`.

use mirrorlake_model::text::printable;

use crate::location::Entry;
use crate::snapshot::is_data;

/// What a partition's `_manifest.json` promises of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// File name.
    pub name: String,
    /// Size in bytes.
    pub bytes: Option<u64>,
    /// Rows.
    pub rows: Option<u64>,
    /// SHA-256 sum, lower-case hexadecimal.
    pub sha256: Option<String>,
}

/// Compares a partition's files with those that its manifest lists.
pub fn files_are_those_promised(entries: &[Entry], promises: &[Promise]) -> Result<(), String> {
    let name = |e: &Entry| e.path.rsplit('/').next().unwrap_or_default().to_owned();
    let present: Vec<String> = entries.iter().map(name).collect();
    for (number, promise) in promises.iter().enumerate() {
        let shown = printable(&promise.name, 200);
        if !present.contains(&promise.name) {
            return Err(format!("the manifest lists {shown}, which is not there"));
        }
        if promises[..number].iter().any(|p| p.name == promise.name) {
            return Err(format!("the manifest lists {shown} twice"));
        }
    }
    let promised = |e: &&Entry| promises.iter().any(|p| p.name == name(e));
    match entries.iter().filter(|e| is_data(e)).find(|e| !promised(e)) {
        Some(extra) => Err(format!("{} is there but not in the manifest", printable(&name(extra), 200))),
        None => Ok(()),
    }
}

/// Reads the files of a manifest: a list `files` or `outputs` of objects, or an object that maps names to sums.
pub fn read_promises(bytes: &[u8]) -> Result<Vec<Promise>, String> {
    use serde_json::Value;
    let value: Value = serde_json::from_slice(bytes).map_err(|e| format!("not JSON: {e}"))?;
    let sum = |text: &str| text.strip_prefix("sha256:").unwrap_or(text).to_ascii_lowercase();
    let files = ["files", "outputs"].iter().find_map(|key| value.get(key));
    match files {
        None => Ok(Vec::new()),
        Some(Value::Object(map)) => Ok(map
            .iter()
            .map(|(name, v)| Promise {
                name: name.clone(),
                sha256: v.as_str().or_else(|| v.get("sha256").and_then(Value::as_str)).map(sum),
                bytes: v.get("bytes").or_else(|| v.get("size")).and_then(Value::as_u64),
                rows: v.get("rows").and_then(Value::as_u64),
            })
            .collect()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|v| {
                let text = |keys: &[&str]| keys.iter().find_map(|k| v.get(k)).and_then(Value::as_str);
                let number = |keys: &[&str]| keys.iter().find_map(|k| v.get(k)).and_then(Value::as_u64);
                let name = text(&["path", "name", "file"]).ok_or("an entry of its files has no path")?;
                Ok(Promise {
                    name: name.rsplit('/').next().unwrap_or_default().to_owned(),
                    bytes: number(&["bytes", "size"]),
                    rows: number(&["rows"]),
                    sha256: text(&["sha256", "checksum"]).map(sum),
                })
            })
            .collect(),
        Some(_) => Err("its files are neither a list nor an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_of_other_writers_are_understood() {
        let sums = |text: &str| read_promises(text.as_bytes()).map(|p| (p[0].name.clone(), p[0].sha256.clone()));
        let expected = Ok(("a.parquet".to_owned(), Some("ab12".to_owned())));
        assert_eq!(sums(r#"{"files":[{"path":"x/a.parquet","bytes":3,"rows":1,"sha256":"AB12"}]}"#), expected);
        assert_eq!(sums(r#"{"outputs":[{"name":"a.parquet","checksum":"sha256:ab12"}]}"#), expected);
        assert_eq!(sums(r#"{"files":{"a.parquet":"ab12"}}"#), expected);
        assert!(read_promises(b"{").is_err());
        assert_eq!(read_promises(br#"{"note":"none"}"#), Ok(Vec::new()));
    }
}
