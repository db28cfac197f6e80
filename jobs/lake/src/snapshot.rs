//! Which partitions and files a job reads, as of a day.

use chrono::{Days, NaiveDate};
use mirrorlake_model::AsOf;
use mirrorlake_model::text::printable;

use crate::contract::{Kind, Table};
use crate::error::{LakeError, Place};
use crate::location::{Entry, Location};
use crate::promise::{Promise, files_are_those_promised, read_promises};

/// Largest partition manifest that is read.
const MANIFEST_BYTES: u64 = 64 << 20;

/// One finished partition.
#[derive(Clone, Debug)]
pub struct Partition {
    /// Its day.
    pub day: NaiveDate,
    /// Its Parquet files, in path order.
    pub files: Vec<Entry>,
    /// What its manifest promises; `None` without a manifest.
    pub promises: Option<Vec<Promise>>,
}

impl Partition {
    /// What the manifest promises of a file.
    #[must_use]
    pub fn promised(&self, entry: &Entry) -> Option<&Promise> {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        self.promises.as_ref()?.iter().find(|p| p.name == name)
    }
}

/// What to read of a table.
#[derive(Clone, Debug)]
pub struct TableSnapshot {
    /// Its contract.
    pub table: &'static Table,
    /// The lake.
    pub location: Location,
    /// Partitions, oldest first.
    pub partitions: Vec<Partition>,
    /// Event days that have no finished partition.
    pub missing_days: Vec<NaiveDate>,
}

/// How a table is selected.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// As of when.
    pub as_of: AsOf,
    /// Days of events, ending with the as-of day.
    pub days: u32,
    /// Whether event days may be missing.
    pub allow_missing_days: bool,
    /// How many days old a state partition may be; `None` for the contract's default.
    pub tolerance_days: Option<u32>,
}

/// Days for which a table has a folder, finished or not, oldest first.
fn days(location: &Location, table: &Table) -> Result<Vec<NaiveDate>, LakeError> {
    let Some(folders) = location.folders(table.name)? else {
        let Some(tables) = location.folders("")? else {
            return Err(LakeError::NoLake {
                location: location.display(),
                problem: "there is nothing there, or it is not a folder".to_owned(),
            });
        };
        if !tables.iter().any(|name| Table::find(name).is_some()) {
            return Err(LakeError::NoLake {
                location: location.display(),
                problem: "it holds none of the lake's tables".to_owned(),
            });
        }
        return Err(LakeError::refused(
            Place::table(table.name),
            "table_present",
            format!("the table is missing; the lake has {}", printable(&tables.join(", "), 400)),
            "have the table's owner publish it",
        ));
    };
    let day = |folder: &String| folder.strip_prefix("dt=").and_then(|d| d.parse::<NaiveDate>().ok());
    let mut days: Vec<NaiveDate> = folders.iter().filter_map(day).collect();
    days.sort_unstable();
    Ok(days)
}

fn is_finished(location: &Location, table: &Table, day: NaiveDate) -> Result<bool, LakeError> {
    Ok(location.files(&format!("{}/dt={day}", table.name))?.iter().any(|e| e.path.ends_with("/_SUCCESS")))
}

/// The first of `days` that has a finished partition. Folders are looked into one by one: on an object store each look
/// is a request, and the first few nearly always decide.
fn first_finished(
    location: &Location,
    table: &Table,
    days: impl Iterator<Item = NaiveDate>,
) -> Result<Option<NaiveDate>, LakeError> {
    for day in days {
        if is_finished(location, table, day)? {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

/// The newest day with a finished partition.
///
/// # Errors
///
/// [`LakeError::NoLake`] where there is no lake, [`LakeError::Refused`] where the table is missing.
pub fn newest_finished_day(location: &Location, table: &Table) -> Result<Option<NaiveDate>, LakeError> {
    first_finished(location, table, days(location, table)?.into_iter().rev())
}

/// Selects the partitions of a table as of a day and lists their files.
///
/// # Errors
///
/// [`LakeError::Refused`] for a missing or stale state, a missing event day, or a partition without files or with a
/// manifest that does not fit its files.
pub fn select(location: &Location, table: &'static Table, selection: Selection) -> Result<TableSnapshot, LakeError> {
    let folders = days(location, table)?;
    let (chosen, missing_days) = match table.kind {
        Kind::State { tolerance_days } => {
            let tolerance = selection.tolerance_days.unwrap_or(tolerance_days);
            (vec![state_day(location, table, &folders, selection.as_of.day, tolerance)?], Vec::new())
        }
        Kind::Event { .. } => event_days(location, table, &folders, selection)?,
    };
    let partitions = chosen.into_iter().map(|day| partition(location, table, day)).collect::<Result<_, _>>()?;
    Ok(TableSnapshot { table, location: location.clone(), partitions, missing_days })
}

fn state_day(
    location: &Location,
    table: &Table,
    folders: &[NaiveDate],
    day: NaiveDate,
    tolerance: u32,
) -> Result<NaiveDate, LakeError> {
    let refuse = |problem: String| {
        Err(LakeError::refused(
            Place::table(table.name),
            "state_fresh",
            problem,
            "wait for the table's next partition, choose an earlier --as-of, or set a larger tolerance",
        ))
    };
    let before = folders.iter().rev().copied().filter(|d| *d <= day);
    let Some(newest) = first_finished(location, table, before)? else {
        return refuse(match first_finished(location, table, folders.iter().copied())? {
            None => "no finished partition (one with a _SUCCESS file)".to_owned(),
            Some(first) => format!("no finished partition on or before {day}; the first one is dt={first}"),
        });
    };
    let age = (day - newest).num_days();
    if age > i64::from(tolerance) {
        return refuse(format!(
            "the newest finished partition on or before {day} is dt={newest}, {age} days old where {tolerance} are \
             tolerated"
        ));
    }
    Ok(newest)
}

fn event_days(
    location: &Location,
    table: &Table,
    folders: &[NaiveDate],
    selection: Selection,
) -> Result<(Vec<NaiveDate>, Vec<NaiveDate>), LakeError> {
    let last = selection.as_of.day;
    let until = folders.iter().copied().filter(|d| *d <= last);
    let Some(first_present) = first_finished(location, table, until)? else {
        return Err(LakeError::refused(
            Place::table(table.name),
            "days_present",
            format!("no finished partition on or before {last}"),
            "wait for the table's partitions or choose another --as-of",
        ));
    };
    let mut day = selection.as_of.window_start(selection.days);
    let (mut present, mut missing) = (Vec::new(), Vec::new());
    while day <= last {
        if folders.binary_search(&day).is_ok() && is_finished(location, table, day)? {
            present.push(day);
        } else if day > first_present {
            missing.push(day);
        }
        day = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
    }
    if !missing.is_empty() && !selection.allow_missing_days {
        let listed: Vec<String> = missing.iter().take(10).map(ToString::to_string).collect();
        let more = missing.len().saturating_sub(listed.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return Err(LakeError::refused(
            Place::table(table.name),
            "days_present",
            format!("{} event days have no finished partition: {}{more}", missing.len(), listed.join(", ")),
            "wait for them, or allow gaps with --allow-missing-days",
        ));
    }
    Ok((present, missing))
}

/// The contract takes any name that ends in .parquet, one that begins with _ or . as well.
pub(crate) fn is_data(entry: &Entry) -> bool {
    entry.path.ends_with(".parquet")
}

fn partition(location: &Location, table: &Table, day: NaiveDate) -> Result<Partition, LakeError> {
    let folder = format!("{}/dt={day}", table.name);
    let place = || Place::table(table.name).partition(&format!("dt={day}"));
    let entries = location.files(&folder)?;
    let has_manifest = entries.iter().any(|e| e.path.ends_with("/_manifest.json"));
    let files: Vec<Entry> = entries.iter().filter(|e| is_data(e)).cloned().collect();
    if files.is_empty() {
        return Err(LakeError::refused(
            place(),
            "files_present",
            "the partition is finished but has no .parquet file",
            "have the table's owner write it again (an empty state is a file with zero rows)",
        ));
    }
    let mut promises = None;
    if has_manifest && let Some(bytes) = location.read(&format!("{folder}/_manifest.json"), MANIFEST_BYTES)? {
        let listed = read_promises(&bytes).map_err(|problem| {
            let advice = "have the table's owner write the partition again";
            LakeError::refused(place(), "manifest_readable", format!("_manifest.json: {problem}"), advice)
        })?;
        if !listed.is_empty() {
            files_are_those_promised(&entries, &listed).map_err(|problem| {
                let advice = "the partition is incomplete or was tampered with; have it written again";
                LakeError::refused(place(), "manifest_files", problem, advice)
            })?;
            promises = Some(listed);
        }
        let verified = |e: &Entry| {
            let name = e.path.rsplit('/').next().unwrap_or_default();
            promises.iter().flatten().any(|p| p.name == name && p.sha256.is_some())
        };
        if !files.iter().all(verified) {
            tracing::warn!(
                table = table.name,
                "table {}, partition dt={day}: its _manifest.json has no SHA-256 sum for every file, so it verifies \
                 little (expected: {{\"files\": [{{\"path\": …, \"bytes\": …, \"rows\": …, \"sha256\": …}}]}})",
                table.name
            );
        }
    }
    Ok(Partition { day, files, promises })
}

/// Lists a snapshot's files again and compares: a file that changed while it was read is an error.
///
/// # Errors
///
/// [`LakeError::Changed`] naming the file.
pub fn verify_unchanged(snapshot: &TableSnapshot) -> Result<(), LakeError> {
    for partition in &snapshot.partitions {
        let folder = format!("{}/dt={}", snapshot.table.name, partition.day);
        let now = snapshot.location.files(&folder)?;
        let changed = |path: &str, problem: &str| LakeError::Changed {
            place: Box::new(Place::file(path)),
            problem: problem.to_owned(),
        };
        for entry in &partition.files {
            match now.iter().find(|e| e.path == entry.path) {
                None => return Err(changed(&entry.path, "the file is gone")),
                Some(e) if e != entry => {
                    return Err(changed(&entry.path, "its size or modification mark is another one"));
                }
                Some(_) => {}
            }
        }
        if let Some(added) = now.iter().find(|e| is_data(e) && !partition.files.contains(e)) {
            return Err(changed(&added.path, "the file is new"));
        }
        if !now.iter().any(|e| e.path.ends_with("/_SUCCESS")) {
            return Err(changed(&format!("{folder}/_SUCCESS"), "the file is gone"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lake() -> (tempfile::TempDir, TableSnapshot) {
        let folder = tempfile::tempdir().expect("a folder");
        let partition = folder.path().join("claims/dt=2026-11-16");
        std::fs::create_dir_all(&partition).expect("created");
        for name in ["a.parquet", "b.parquet", "_SUCCESS", "_manifest.json.tmp", "c.parquet.tmp"] {
            std::fs::write(partition.join(name), name).expect("written");
        }
        let location = Location::Local(folder.path().to_owned());
        let as_of = AsOf { day: "2026-11-16".parse().expect("a day"), time_zone: chrono_tz::Asia::Shanghai };
        let selection = Selection { as_of, days: 1, allow_missing_days: false, tolerance_days: None };
        let table = Table::find("claims").expect("a table");
        let snapshot = select(&location, table, selection).expect("selected");
        (folder, snapshot)
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_an_error_to_try_again() {
        let (folder, snapshot) = lake();
        assert_eq!(snapshot.partitions[0].files.len(), 2);
        verify_unchanged(&snapshot).expect("nothing has changed");
        let file = folder.path().join("claims/dt=2026-11-16/b.parquet");
        std::fs::write(&file, "another content").expect("written");
        let changed = verify_unchanged(&snapshot).expect_err("the size is another one");
        assert_eq!(changed.exit_status(), mirrorlake_model::ExitStatus::TryAgain);
        assert!(changed.to_string().contains("table claims, partition dt=2026-11-16, file b.parquet"), "{changed}");
        // A republished file of the same size is another file all the same.
        std::fs::write(folder.path().join("new"), "b.parquet").expect("written");
        std::fs::rename(folder.path().join("new"), &file).expect("renamed");
        verify_unchanged(&snapshot).expect_err("the modification mark is another one");
        std::fs::remove_file(&file).expect("removed");
        verify_unchanged(&snapshot).expect_err("the file is gone");
    }
}
