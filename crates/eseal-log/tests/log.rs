//! The tree as a whole: a store in memory, proofs for every leaf and every pair of sizes, and a foreign judge.

use std::{
    cell::Cell,
    collections::HashMap,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use eseal_log::{
    Checkpoint, CheckpointError, Frontier, FrontierError, Hash, Kind, Leaf, LeafError, Origin, ProofError,
    consistency_proof, empty_root, inclusion_proof, leaf_hash, node_hash, root, system_hash, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;

/// A store of nodes, and the frontier.
#[derive(Default)]
struct Log {
    nodes: HashMap<(u32, u64), Hash>,
    frontier: Frontier,
}

impl Log {
    fn of(leaves: u64) -> Self {
        let mut log = Self::default();
        for number in 0..leaves {
            for node in log.frontier.append(leaf_hash(&number.to_be_bytes())).expect("room") {
                assert!(log.nodes.insert((node.level, node.index), node.hash).is_none(), "a node is written once");
            }
        }
        log
    }

    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        self.nodes.get(&(level, index)).copied()
    }
}

/// MTH of RFC 9162, 2.1.1, word for word.
fn mth(leaves: &[u64]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => leaf_hash(&leaf.to_be_bytes()),
        _ => {
            let k = 1 << (leaves.len() - 1).ilog2();
            node_hash(&mth(&leaves[..k]), &mth(&leaves[k..]))
        }
    }
}

#[test]
fn the_root_is_that_of_the_rfc_at_every_size() {
    let log = Log::of(70);
    let leaves: Vec<u64> = (0..70).collect();
    for size in 0..=70 {
        let expected = mth(&leaves[..size]);
        assert_eq!(root(size as u64, |level, index| log.node(level, index)), Ok(expected), "{size}");
        let frontier = Frontier::from_nodes(size as u64, |level, index| log.node(level, index)).expect("nodes");
        assert_eq!(frontier.root(), expected, "{size}");
        assert_eq!(frontier, Log::of(size as u64).frontier);
        assert_eq!(Frontier::from_parts(size as u64, frontier.roots().to_vec()), Ok(frontier));
    }
    assert_eq!(
        Frontier::from_parts(3, vec![[0; 32]]),
        Err(FrontierError::WrongLength { size: 3, expected: 2, found: 1 })
    );
}

#[test]
fn every_leaf_is_proved_at_every_size_and_nothing_else_is() {
    let log = Log::of(40);
    for size in 1..=40 {
        let root = root(size, |level, index| log.node(level, index)).expect("root");
        for index in 0..size {
            let leaf = leaf_hash(&index.to_be_bytes());
            let proof = inclusion_proof(index, size, |level, index| log.node(level, index)).expect("proof");
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()), "{index} of {size}");
            let other = (index + 1) % size;
            assert!(size == 1 || verify_inclusion(&leaf, other, size, &proof, &root).is_err(), "{index} of {size}");
            assert!(verify_inclusion(&[7; 32], index, size, &proof, &root).is_err());
            assert!(verify_inclusion(&leaf, index, size, &[&proof[..], &[root]].concat(), &root).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_inclusion(&leaf, index, size, shorter, &root).is_err());
            }
            for step in 0..proof.len() {
                let mut broken = proof.clone();
                broken[step][0] ^= 1;
                assert!(verify_inclusion(&leaf, index, size, &broken, &root).is_err());
            }
        }
        assert_eq!(inclusion_proof(size, size, |_, _| None), Err(ProofError::NoSuchLeaf { index: size, size }));
        assert!(verify_inclusion(&root, size, size, &[], &root).is_err());
    }
}

#[test]
fn every_later_tree_is_proved_to_continue_every_earlier_one() {
    let log = Log::of(40);
    let roots: Vec<Hash> =
        (0..=40).map(|size| root(size, |level, index| log.node(level, index)).expect("root")).collect();
    for second in 1..=40_u64 {
        for first in 1..=second {
            let proof = consistency_proof(first, second, |level, index| log.node(level, index)).expect("proof");
            let (old, new) = (&roots[first as usize], &roots[second as usize]);
            assert_eq!(verify_consistency(first, second, &proof, old, new), Ok(()), "{first} to {second}");
            assert!(verify_consistency(first, second, &proof, &[9; 32], new).is_err());
            assert!(verify_consistency(first, second, &proof, old, &[9; 32]).is_err());
            assert!(verify_consistency(first, second, &[&proof[..], &[*new]].concat(), old, new).is_err());
            for step in 0..proof.len() {
                let mut broken = proof.clone();
                broken[step][31] ^= 0x80;
                assert!(verify_consistency(first, second, &broken, old, new).is_err());
            }
        }
    }
    assert!(consistency_proof(0, 5, |_, _| None).is_err());
    assert!(consistency_proof(6, 5, |_, _| None).is_err());
}

#[test]
fn a_hundred_million_leaves_need_a_few_dozen_nodes() {
    // All leaves alike, so that the node of a level is the same everywhere and the tree need not be built.
    let mut levels = vec![leaf_hash(b"x")];
    for level in 0..63 {
        levels.push(node_hash(&levels[level], &levels[level]));
    }
    let asked = Cell::new(0);
    let node = |level: u32, _: u64| {
        asked.set(asked.get() + 1);
        levels.get(level as usize).copied()
    };
    let size = 100_000_007;
    let root = root(size, node).expect("root");
    for index in [0, 1, 63, 54_321_987, size - 1] {
        asked.set(0);
        let proof = inclusion_proof(index, size, node).expect("proof");
        assert_eq!(verify_inclusion(&levels[0], index, size, &proof, &root), Ok(()));
        assert!(asked.get() < 60, "{} nodes were asked for", asked.get());
    }
    let old = eseal_log::root(77_777_777, node).expect("root");
    let proof = consistency_proof(77_777_777, size, node).expect("proof");
    assert_eq!(verify_consistency(77_777_777, size, &proof, &old, &root), Ok(()));
    let mut frontier = Frontier::from_nodes(size, node).expect("nodes");
    assert_eq!(frontier.root(), root);
    assert!(frontier.append(levels[0]).expect("room").len() < 30);
}

#[test]
fn a_store_that_lost_a_node_says_which() {
    let mut log = Log::of(11);
    log.nodes.remove(&(2, 1));
    let node = |level, index| log.node(level, index);
    assert_eq!(inclusion_proof(0, 11, node), Err(ProofError::NoNode { level: 2, index: 1 }));
}

fn leaf() -> Leaf {
    Leaf {
        kind: Kind::Composed,
        time: "2026-11-24T08:00:00.123Z".parse().expect("a time"),
        file_sm3: [1; 32],
        data_hash: [2; 32],
        seal_code: "44030000000001".into(),
        system_hash: system_hash(&[3; 32], "oa"),
    }
}

#[test]
fn the_bytes_of_a_leaf_stay_as_they_are() {
    let bytes = leaf().to_bytes().expect("bytes");
    let expected = format!(
        "0101{:016x}{}{}0e{}{}",
        1_795_507_200_123_u64,
        "01".repeat(32),
        "02".repeat(32),
        hex::encode("44030000000001"),
        hex::encode(leaf().system_hash),
    );
    assert_eq!(hex::encode(&bytes), expected);
    assert_eq!(Leaf::from_bytes(&bytes), Ok(leaf()));
}

#[test]
fn what_is_no_leaf_is_refused_with_its_place() {
    let good = leaf().to_bytes().expect("bytes");
    let at = |offset: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[offset] = byte;
        bytes
    };
    let cases = [
        ("empty", vec![], 0),
        ("another version", at(0, 2), 0),
        ("an unknown kind", at(1, 9), 1),
        ("a time beyond the calendar", at(2, 0x7F), 2),
        ("a code that is no text", at(75, 0xFF), 75),
        ("a code longer than the rest", at(74, 200), 75),
        ("a byte too few", good[..good.len() - 1].to_vec(), 89),
        ("a byte too many", [&good[..], &[0]].concat(), good.len()),
    ];
    for (name, bytes, offset) in cases {
        assert_eq!(Leaf::from_bytes(&bytes), Err(LeafError::Malformed { offset }), "{name}");
    }
    let long = Leaf { seal_code: "4".repeat(256), ..leaf() };
    assert_eq!(long.to_bytes(), Err(LeafError::SealCodeTooLong { found: 256 }));
}

#[test]
fn a_checkpoint_is_three_lines_that_begin_with_the_prefix() {
    let origin = Origin::new("seal.example").expect("a name");
    let checkpoint = Checkpoint { origin, tree_size: 12, root: [0; 32] };
    let text = checkpoint.to_string();
    assert_eq!(text, "ESEAL-LOG/1 seal.example\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    assert_eq!(Checkpoint::parse(&text), Ok(checkpoint));
    let cases = [
        ("no last line feed", text.trim_end().to_owned(), CheckpointError::Lines),
        ("a fourth line", format!("{text}x\n"), CheckpointError::Lines),
        ("another prefix", text.replace("LOG", "TICKET"), CheckpointError::Origin),
        ("no name", text.replace("seal.example", ""), CheckpointError::Origin),
        ("a blank in the name", text.replace("seal.", "seal "), CheckpointError::Origin),
        ("a leading zero", text.replace("\n12", "\n012"), CheckpointError::Size),
        ("a sign", text.replace("\n12", "\n+12"), CheckpointError::Size),
        ("a short root", text.replace("AAAA", ""), CheckpointError::Root),
    ];
    for (name, text, error) in cases {
        assert_eq!(Checkpoint::parse(&text), Err(error), "{name}");
    }
    for name in ["", "a b", "a\nb", "印章"] {
        assert_eq!(Origin::new(name), Err(CheckpointError::Name), "{name:?}");
    }
}

proptest! {
    #[test]
    fn any_leaf_survives_its_bytes(
        ms in -377_705_023_201_000_i64..253_402_207_200_000,
        file_sm3: [u8; 32],
        data_hash: [u8; 32],
        system_hash: [u8; 32],
        seal_code in ".{0,60}",
    ) {
        let time = jiff::Timestamp::from_millisecond(ms).expect("in range");
        let leaf = Leaf { kind: Kind::Central, time, file_sm3, data_hash, seal_code, system_hash };
        prop_assert_eq!(Leaf::from_bytes(&leaf.to_bytes().expect("bytes")), Ok(leaf));
    }

    #[test]
    fn no_bytes_crash_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(leaf) = Leaf::from_bytes(&bytes) {
            prop_assert_eq!(leaf.to_bytes(), Ok(bytes));
        }
    }

    #[test]
    fn proofs_hold_at_random_sizes(size in 1_u64..600, at: proptest::sample::Index, first: proptest::sample::Index) {
        let log = Log::of(size);
        let node = |level, index| log.node(level, index);
        let (index, first) = (at.index(size as usize) as u64, first.index(size as usize) as u64 + 1);
        let root = log.frontier.root();
        let proof = inclusion_proof(index, size, node).expect("proof");
        prop_assert_eq!(verify_inclusion(&leaf_hash(&index.to_be_bytes()), index, size, &proof, &root), Ok(()));
        let old = eseal_log::root(first, node).expect("root");
        let proof = consistency_proof(first, size, node).expect("proof");
        prop_assert_eq!(verify_consistency(first, size, &proof, &old, &root), Ok(()));
    }
}

#[test]
fn the_acceptance_kit_agrees_with_our_receipts() {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/accept");
    if !kit.join("tools.py").exists() {
        println!("skipped: ../shared is absent");
        return;
    }
    let base64 = |hash: &Hash| format!("\"{}\"", BASE64_STANDARD.encode(hash));
    let receipts: Vec<String> = [(0, 1), (0, 2), (4, 5), (3, 7), (6, 7), (31, 33), (32, 33), (99, 100)]
        .into_iter()
        .map(|(index, size)| {
            let log = Log::of(size);
            let proof = inclusion_proof(index, size, |level, index| log.node(level, index)).expect("proof");
            let root = log.frontier.root();
            let checkpoint = Checkpoint { origin: Origin::new("t").expect("a name"), tree_size: size, root };
            format!(
                r#"{{"logIndex":{index},"treeSize":{size},"leafHash":{},"inclusionProof":[{}],"checkpoint":"{}"}}"#,
                base64(&leaf_hash(&index.to_be_bytes())),
                proof.iter().map(base64).collect::<Vec<_>>().join(","),
                checkpoint.to_string().replace('\n', "\\n"),
            )
        })
        .collect();
    let script = "import sys,json,tools\nfor r in json.load(sys.stdin): print(tools.merkle(r))";
    let mut python = Command::new("python3")
        .args(["-c", script])
        .current_dir(kit)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let input = format!("[{}]", receipts.join(","));
    python.stdin.take().expect("stdin").write_all(input.as_bytes()).expect("written");
    let output = python.wait_with_output().expect("python3 ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success());
    assert_eq!(
        text.lines().filter(|line| line.starts_with("Merkle proof good, sm3")).count(),
        receipts.len(),
        "{text}"
    );
}

#[test]
fn leaves_hashed_side_by_side_have_the_same_hashes() {
    let leaves: Vec<Vec<u8>> = (0..40_u8).map(|length| vec![length; usize::from(length) * 7]).collect();
    let one_by_one: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    assert_eq!(eseal_log::leaf_hashes(&leaves), one_by_one);
    assert!(eseal_log::leaf_hashes(&[]).is_empty());
}
