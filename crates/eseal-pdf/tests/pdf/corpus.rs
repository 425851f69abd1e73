//! Public sample files: opened or refused, sealed, and no worse for it.

use std::{fs, path::PathBuf, sync::Arc};

use eseal_pdf::{Mark, PdfDocument, PdfLimits, SealError};

use crate::{hostile::everything, judges, support::*};

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["corpus/pdf-plain", "corpus/malformed"] {
        let Some(folder) = shared(folder) else { continue };
        files.extend(fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    }
    files.sort();
    files.retain(|file| file.extension().is_some_and(|end| end == "pdf"));
    files
}

#[test]
fn every_sample_is_opened_or_refused_and_what_opens_can_be_sealed() {
    let files = files();
    let (mut sealed_count, mut refused) = (0, Vec::new());
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(file).unwrap();
        everything(bytes.clone());
        let document = match PdfDocument::open(Arc::new(bytes.clone()), &PdfLimits::default()) {
            Ok(document) => document,
            Err(error) => {
                refused.push(format!("{name}: {error}"));
                continue;
            }
        };
        let last = document.page_count();
        let page = document.page(last).unwrap();
        let size = 20_f64.min(page.width_mm() / 2.0).min(page.height_mm() / 2.0);
        let marks = [Mark::whole(place(1, 0.5, 0.5, 3.0)), Mark::whole(place(last, 0.0, 0.0, size))];
        let prepared = match prepare_marks(&bytes, &marks, false) {
            Ok(prepared) => prepared,
            Err(SealError::DamagedAndSigned | SealError::Locked(_) | SealError::BadMark { .. }) => continue,
            Err(error) => panic!("{name}: {error}"),
        };
        let sealed = finish(&bytes, &prepared, b"\x30\x00");
        assert!(sealed.starts_with(&bytes), "{name}");
        let after = open(&sealed);
        assert_eq!(after.page_count(), last, "{name}");
        let signatures = after.signatures().unwrap();
        let ours = signatures.last().unwrap();
        assert!(ours.is_well_framed() && ours.covers_whole_file, "{name}: {ours:?}");
        assert_eq!(ours.placements.len(), 2, "{name}: {ours:?}");
        assert_eq!(after.digests(std::slice::from_ref(ours)).unwrap().signed, [Some(prepared.data_hash)], "{name}");
        judges::no_worse_for_qpdf(&name, &bytes, &sealed);
        sealed_count += 1;
    }
    println!("{} files, {sealed_count} sealed, refused: {refused:#?}", files.len());
    assert!(files.is_empty() || sealed_count * 10 >= files.len() * 7, "{sealed_count} of {}", files.len());
}
