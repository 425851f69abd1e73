//! What came after a signature (签章后的变更), update by update.
//!
//! Each update is compared with the state before it, once; a signature's later changes are those of all updates that
//! follow it.

use super::{LaterChange, diff::Diff, frame::only_space_from, survey::Survey};
use crate::{error::PdfError, read::PdfDocument};

/// Most changes that one signature lists: more say no more.
const MAX_CHANGES: usize = 2_000;

/// Changes of every update, found when asked for.
pub(super) struct Changes<'a> {
    document: &'a PdfDocument,
    /// By section, newest first.
    updates: Vec<Option<Vec<LaterChange>>>,
    survey: Option<Survey>,
    /// Bytes behind the newest revision.
    stray: Option<LaterChange>,
    ends: Vec<u64>,
    diff: Diff<'a>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(document: &'a PdfDocument, ends: &[Option<u64>]) -> Result<Self, PdfError> {
        Ok(Self {
            document,
            updates: vec![None; document.sections.len()],
            survey: None,
            stray: stray_bytes(document)?,
            ends: ends.iter().flatten().copied().collect(),
            diff: Diff::new(document),
        })
    }

    /// Changes since the revision whose newest section is `view` and that ends at `end`.
    pub(super) fn since(&mut self, view: usize, end: u64) -> Result<Vec<LaterChange>, PdfError> {
        let mut all = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for index in (0..view).rev() {
            for change in self.of_update(index)? {
                if all.len() < MAX_CHANGES && seen.insert(change.clone()) {
                    all.push(change.clone());
                }
            }
        }
        if view > 0 {
            let survey = self.survey()?;
            if survey.too_many {
                all.push(LaterChange::Unreadable);
            }
            let crossing = survey.crossing.iter().filter(|(at, _)| *at == end);
            all.extend(crossing.map(|(_, object)| LaterChange::Object {
                object: *object,
                what: "reaches beyond the signed part".into(),
            }));
        }
        all.extend(self.stray.clone());
        Ok(all)
    }

    fn survey(&mut self) -> Result<&Survey, PdfError> {
        let survey = match self.survey.take() {
            Some(known) => known,
            None => Survey::new(self.document, &self.ends)?,
        };
        Ok(self.survey.insert(survey))
    }

    fn of_update(&mut self, index: usize) -> Result<&[LaterChange], PdfError> {
        if self.updates.get(index).is_some_and(Option::is_none) {
            let mut found = self.diff.of_update(index)?;
            let survey = self.survey()?;
            found.extend(survey.filled_by(index));
            if survey.metadata_is_used {
                let used = |change: &mut LaterChange| {
                    if *change == LaterChange::Metadata {
                        *change = LaterChange::Catalog { entry: "Metadata".to_owned() };
                    }
                };
                found.iter_mut().for_each(used);
            }
            if let Some(place) = self.updates.get_mut(index) {
                *place = Some(found);
            }
        }
        Ok(self.updates.get(index).and_then(Option::as_deref).unwrap_or_default())
    }
}

/// Bytes behind the newest revision that are not white space.
fn stray_bytes(document: &PdfDocument) -> Result<Option<LaterChange>, PdfError> {
    let mut end = 0;
    for section in &document.sections {
        end = document.end_of(section)?.max(end);
    }
    let len = document.source.len().saturating_sub(end);
    if document.is_rebuilt() || only_space_from(document, end)? {
        return Ok(None);
    }
    Ok(Some(LaterChange::StrayBytes { offset: end, len }))
}
