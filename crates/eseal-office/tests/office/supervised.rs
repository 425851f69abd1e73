//! Workers are replaced: after a crash, a sleep, a number of jobs; none outlives its pool.

use std::{
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use eseal_office::{Job, Office, OfficeError, Settings, Stage, confinement, missing_official_faces};

use crate::{documents, is_installed, settings};

fn lives(id: u32) -> bool {
    // A process that is gone but not yet asked about counts as gone.
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn this_machine_can_confine() {
    let confinement = confinement();
    println!("{confinement:?}");
    if cfg!(target_os = "linux") {
        assert!(confinement.network);
    }
}

#[test]
fn twenty_jobs_on_two_workers() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let office = Arc::new(Office::new(Settings { workers: 2, ..settings(folder.path()) }));
    let documents = Arc::new([documents::docx(), documents::xlsx(), documents::pptx(), documents::html()]);
    let start = Instant::now();
    let threads: Vec<_> = (0..20)
        .map(|index| {
            let (office, documents) = (office.clone(), documents.clone());
            std::thread::spawn(move || {
                let job = Job { bytes: &documents[index % 4], stated: Some("HTML"), ..Job::default() };
                office.convert(&job, &|_| ()).map(|done| (index % 4, done.bytes))
            })
        })
        .collect();
    let mut made: Vec<(usize, Vec<u8>)> = threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
    println!("20 jobs, two cold workers: {:?}", start.elapsed());
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 4, "the same document gave different files");
    let workers = office.idle_processes();
    assert!(matches!(workers.len(), 1 | 2), "{workers:?}");
    drop(office);
    assert!(workers.iter().all(|id| !lives(*id)), "a worker outlived its pool");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was left behind");
}

#[test]
fn a_job_that_takes_too_long_is_ended_and_the_next_one_works() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings { job_time: Duration::from_secs(1), ..settings(folder.path()) };
    settings.test_environment = vec![("ESEAL_OFFICE_TEST_SLEEP".into(), "30".into())];
    let office = Office::new(settings);
    let bytes = documents::html();
    let job = Job { bytes: &bytes, ..Job::default() };
    for _ in 0..2 {
        let refused = office.convert(&job, &|_| ()).map(drop);
        assert!(matches!(refused, Err(OfficeError::TimedOut { seconds: 1 })), "{refused:?}");
        assert!(office.idle_processes().is_empty());
    }
}

#[test]
fn a_worker_killed_in_the_middle_of_a_job_is_replaced_and_the_job_done_once_more() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    settings.test_environment = vec![("ESEAL_OFFICE_TEST_SLEEP".into(), "1".into())];
    let office = Office::new(settings);
    assert_eq!(office.health(), None);
    let bytes = documents::html();
    let job = Job { bytes: &bytes, ..Job::default() };
    let whole = office.convert(&job, &|_| ()).unwrap().bytes;
    let first = office.idle_processes();
    let done = office.convert(&job, &|stage| {
        if stage == Stage::Inspected {
            let id = first[0].to_string();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(500));
                Command::new("kill").args(["-9", &id]).status()
            });
        }
    });
    assert!(done.unwrap().bytes == whole);
    let second = office.idle_processes();
    assert_ne!(first, second);
    let health = office.health().unwrap();
    assert_eq!(health.to_string(), "office up, workers 1 idle and 0 busy, failed 1");
    // One that dies while it waits is noticed too.
    Command::new("kill").args(["-9", &second[0].to_string()]).status().unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert!(office.convert(&job, &|_| ()).is_ok());
}

#[test]
fn a_worn_worker_is_replaced() {
    if !is_installed() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let office = Office::new(Settings { jobs_per_worker: 2, ..settings(folder.path()) });
    let bytes = documents::html();
    let job = Job { bytes: &bytes, ..Job::default() };
    office.convert(&job, &|_| ()).unwrap();
    assert_eq!(office.idle_processes().len(), 1);
    office.convert(&job, &|_| ()).unwrap();
    assert!(office.idle_processes().is_empty());
}

#[test]
fn without_libreoffice_the_answer_says_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let program = Some(folder.path().join("nowhere"));
    let office = Office::new(Settings { program, ..settings(folder.path()) });
    let bytes = documents::docx();
    let refused = office.convert(&Job { bytes: &bytes, ..Job::default() }, &|_| ());
    let error = refused.map(drop).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("libreoffice-writer-nogui"), "{error}");
}

#[test]
fn an_operators_font_counts_for_official_papers_by_any_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    let Some(missing) = missing_official_faces(&settings(folder.path())) else {
        println!("skipped: fontconfig is not installed");
        return;
    };
    println!("{missing:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was left behind");
}
