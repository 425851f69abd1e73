use std::sync::Arc;

use eseal_bytes::ByteSource;
use eseal_store::{Objects, StoreError};

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|index| u8::try_from(index * 31 % 251).unwrap()).collect()
}

#[tokio::test]
async fn what_is_written_in_pieces_is_read_by_ranges() {
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::open(folder.path()).unwrap();
    let bytes = pattern(12 << 20); // more than two parts
    let mut writer = objects.create("files/a").await.unwrap();
    for piece in bytes.chunks(100_003) {
        writer.write(piece.to_vec().into()).await.unwrap();
    }
    assert!(matches!(objects.source("files/a").await, Err(StoreError::NoObject))); // not before it is whole
    writer.finish().await.unwrap();

    let source = objects.source("files/a").await.unwrap();
    let expected = bytes.clone();
    tokio::task::spawn_blocking(move || {
        assert_eq!(source.len(), 12 << 20);
        for (offset, len) in [(0, 10), (65_530, 20), (65_536, 65_536), (12_582_900, 12), (5_000_000, 3_000_000), (7, 0)]
        {
            let mut read = vec![0; len];
            source.read_at(offset, &mut read).unwrap();
            let start = usize::try_from(offset).unwrap();
            assert_eq!(read, expected[start..start + len], "{len} bytes at {offset}");
        }
        assert!(source.read_at(12 << 20, &mut [0]).is_err());
        assert!(source.read_at(u64::MAX, &mut [0; 2]).is_err());
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_source_is_copied_whole() {
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::open(folder.path()).unwrap();
    for len in [0, 1, 300_000, 6 << 20] {
        let bytes = pattern(len);
        objects.put("files/b", Arc::new(bytes.clone())).await.unwrap();
        let source = objects.source("files/b").await.unwrap();
        let read = tokio::task::spawn_blocking(move || source.read_all(1 << 30)).await.unwrap();
        assert_eq!(read.unwrap(), bytes);
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::open(folder.path()).unwrap();
    let mut writer = objects.create("files/c").await.unwrap();
    writer.write(vec![0; 11 << 20].into()).await.unwrap();
    drop(writer);
    assert!(matches!(objects.source("files/c").await, Err(StoreError::NoObject)));
}

#[tokio::test]
async fn objects_are_deleted_once_or_twice() {
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::open(folder.path()).unwrap();
    objects.put("files/d", Arc::new(vec![1])).await.unwrap();
    objects.delete("files/d").await.unwrap();
    objects.delete("files/d").await.unwrap();
    assert!(matches!(objects.source("files/d").await, Err(StoreError::NoObject)));
}

#[tokio::test]
async fn a_name_cannot_leave_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("objects");
    let objects = Objects::open(&inner).unwrap();
    objects.put("../outside", Arc::new(vec![1])).await.unwrap();
    assert!(!folder.path().join("outside").exists());
}
