use std::collections::BTreeSet;

use eseal_log::{inclusion_proof, leaf_hash, root, verify_inclusion};
use eseal_store::{CompositionRecord, Documents, UseLog};

use crate::samples::{Fresh, at, composition, digest, file};

#[tokio::test]
async fn files_and_digests_belong_to_their_system() {
    let store = Fresh::new().await;
    let (file, digest) = (file("f", "A", "files/f", at(100)), digest("d", "A", Some("files/f"), at(50)));
    store.insert_file(&file).await.unwrap();
    store.insert_digest(&digest).await.unwrap();
    assert_eq!(store.find_file("A", "f").await.unwrap(), Some(file.clone()));
    assert_eq!(store.find_digest("A", "d").await.unwrap(), Some(digest.clone()));
    assert_eq!(store.find_file("B", "f").await.unwrap(), None);
    assert_eq!(store.find_digest("B", "d").await.unwrap(), None);
    store.insert_file(&file).await.unwrap_err(); // identifiers are used once
    store.insert_digest(&digest).await.unwrap_err();
}

#[tokio::test]
async fn a_file_is_kept_longer_but_never_shorter() {
    let store = Fresh::new().await;
    store.insert_file(&file("f", "A", "files/f", at(100))).await.unwrap();
    for (until, expected) in [(50, 100), (300, 300), (200, 300)] {
        store.extend_file("f", at(until)).await.unwrap();
        assert_eq!(store.find_file("A", "f").await.unwrap().unwrap().expires, at(expected));
    }
}

#[tokio::test]
async fn a_composition_comes_with_its_file_and_its_log_entry() {
    let store = Fresh::new().await;
    store.insert_digest(&digest("d", "A", Some("files/o"), at(50))).await.unwrap();
    let sealed = file("s", "A", "files/s", at(5000));
    let written = composition(3, Some("s"));
    let kept = store.commit_composition("d", &written, Some(&sealed)).await.unwrap().unwrap();
    assert_eq!(kept, CompositionRecord { log_index: 0, ..written.clone() });
    assert_eq!(store.find_file("A", "s").await.unwrap(), Some(sealed));
    assert_eq!(store.log_size().await.unwrap(), 1);
    assert_eq!(store.log_leaf(0).await.unwrap(), Some(written.leaf.clone()));
    let found = store.reopened().await.find_digest("A", "d").await.unwrap().unwrap();
    assert_eq!(found.composed, Some(kept));
    assert_eq!(found.expires, at(5000)); // as long as the sealed file
}

#[tokio::test]
async fn what_was_composed_is_not_composed_again_and_nothing_is_written() {
    let store = Fresh::new().await;
    store.insert_digest(&digest("d", "A", None, at(50))).await.unwrap();
    let first = store.commit_composition("d", &composition(1, None), None).await.unwrap().unwrap();
    let second = file("s2", "A", "files/s2", at(5000));
    assert_eq!(store.commit_composition("d", &composition(2, Some("s2")), Some(&second)).await.unwrap(), None);
    assert_eq!(store.commit_composition("unknown", &composition(2, None), None).await.unwrap(), None);
    assert_eq!(store.find_digest("A", "d").await.unwrap().unwrap().composed, Some(first));
    assert_eq!(store.find_file("A", "s2").await.unwrap(), None);
    assert_eq!(store.log_size().await.unwrap(), 1);
}

#[tokio::test]
async fn a_composition_whose_file_cannot_be_written_leaves_no_log_entry() {
    let store = Fresh::new().await;
    store.insert_digest(&digest("d", "A", None, at(50))).await.unwrap();
    store.insert_digest(&digest("other", "A", None, at(50))).await.unwrap();
    let taken = file("s", "A", "files/s", at(5000));
    store.insert_file(&taken).await.unwrap();
    // In one batch with one that succeeds: it takes nothing with it.
    let (bad, good) = (composition(1, Some("s")), composition(2, None));
    let (failed, kept) =
        tokio::join!(store.commit_composition("d", &bad, Some(&taken)), store.commit_composition("other", &good, None));
    failed.unwrap_err();
    assert_eq!(kept.unwrap().unwrap().log_index, 0);
    assert_eq!(store.find_digest("A", "d").await.unwrap().unwrap().composed, None);
    assert_eq!(store.log_size().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_parallel_compositions_get_positions_of_their_own_in_a_sound_tree() {
    const COUNT: u8 = 100;
    let store = Fresh::new().await;
    for number in 0..COUNT {
        store.insert_digest(&digest(&number.to_string(), "A", None, at(50))).await.unwrap();
    }
    let tasks: Vec<_> = (0..COUNT)
        .map(|number| {
            let store = (*store).clone();
            tokio::spawn(async move {
                let sealed = file(&format!("s{number}"), "A", &format!("files/s{number}"), at(5000));
                let written = composition(number, Some(&sealed.id));
                store.commit_composition(&number.to_string(), &written, Some(&sealed)).await.unwrap().unwrap()
            })
        })
        .collect();
    let mut positions = BTreeSet::new();
    for task in tasks {
        let kept = task.await.unwrap();
        assert_eq!(store.log_leaf(kept.log_index).await.unwrap(), Some(kept.leaf));
        positions.insert(kept.log_index);
    }
    assert_eq!(positions.into_iter().collect::<Vec<_>>(), (0..u64::from(COUNT)).collect::<Vec<_>>());

    let again = store.reopened().await;
    let size = again.log_size().await.unwrap();
    assert_eq!(size, u64::from(COUNT));
    let places: Vec<(u32, u64)> = (0..8).flat_map(|level| (0..size).map(move |index| (level, index))).collect();
    let nodes = again.log_nodes(&places).await.unwrap();
    let node = |level, index| nodes.get(&(level, index)).copied();
    let root = root(size, node).unwrap();
    for index in 0..size {
        let leaf = again.log_leaf(index).await.unwrap().unwrap();
        let proof = inclusion_proof(index, size, node).unwrap();
        verify_inclusion(&leaf_hash(&leaf), index, size, &proof, &root).unwrap();
    }
}

#[tokio::test]
async fn nodes_that_are_not_complete_are_left_out() {
    let store = Fresh::new().await;
    for number in 0..3 {
        store.insert_digest(&digest(&number.to_string(), "A", None, at(50))).await.unwrap();
        store.commit_composition(&number.to_string(), &composition(number, None), None).await.unwrap();
    }
    let nodes = store.log_nodes(&[(0, 2), (0, 3), (1, 0), (1, 1), (2, 0)]).await.unwrap();
    let mut places: Vec<_> = nodes.into_keys().collect();
    places.sort_unstable();
    assert_eq!(places, [(0, 2), (1, 0)]);
    assert_eq!(store.log_leaf(3).await.unwrap(), None);
    assert!(store.log_nodes(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_answered_commit_survives_a_store_that_is_dropped() {
    let store = Fresh::new().await;
    let fresh = store.reopened().await;
    for number in 0..5 {
        fresh.insert_digest(&digest(&number.to_string(), "A", None, at(50))).await.unwrap();
    }
    drop(fresh);
    for number in 0..5 {
        assert!(store.find_digest("A", &number.to_string()).await.unwrap().is_some());
    }
}
