//! Pictures for seals: drawn, cleaned, and what is refused.

use eseal_api::MakeSealImage;
use serde_json::{Value, json};

use crate::{
    font::triangles,
    world::{World, base64, unbase64},
};

#[tokio::test]
async fn a_picture_is_drawn_and_what_a_person_should_look_at_is_said() {
    let world = World::new().await;
    let asked = json!({"template": "fin-38", "sealName": "深圳市示例科技公司", "registeredName": "深圳市示例科技有限公司",
        "lines": ["财务专用章"], "sealCode": "4403010000001", "dpi": "300"});
    let (code, data) = world.call::<MakeSealImage>(asked).await.unwrap();
    assert_eq!(
        (code, &data["imageType"], &data["width"], &data["dpi"]),
        (200, &json!("png"), &json!(38.0), &json!(300))
    );
    assert!(unbase64(data["sealImg"].as_str().unwrap()).starts_with(b"\x89PNG"));
    assert!(data["svg"].as_str().unwrap().starts_with("<svg"));
    assert_eq!(data["warnings"][0]["kind"], "NAME_DIFFERS");
    assert!(data["warnings"][0]["detail"].as_str().unwrap().contains("深圳市示例科技有限公司"));

    // What was drawn is a scan without paper.
    let again = json!({"scan": data["sealImg"], "width": 38, "height": "38", "color": "#ff0000"});
    let (code, cleaned) = world.call::<MakeSealImage>(again).await.unwrap();
    assert_eq!((code, &cleaned["height"], &cleaned["warnings"]), (200, &json!(38.0), &json!([])));
    assert!(unbase64(cleaned["sealImg"].as_str().unwrap()).starts_with(b"\x89PNG") && cleaned["svg"].is_null());
}

#[tokio::test]
async fn fonts_in_the_servers_folder_give_rare_characters_and_the_face_that_is_named() {
    const RARE: &str = "深圳\u{2A6D6}公司"; // the shipped fonts have no U+2A6D6
    let drawn = |font: Option<&str>| json!({"template": "co-42", "sealName": RARE, "dpi": 96, "font": font});
    let kinds =
        |data: &Value| data["warnings"].as_array().unwrap().iter().map(|w| w["kind"].clone()).collect::<Vec<_>>();
    let path = |data: &Value, number: usize| data["svg"].as_str().unwrap().lines().nth(number).unwrap().to_owned();

    // A folder elsewhere, of no use to anybody: the fonts of the system are all there is.
    let without = World::with(|config| config.office.fonts = Some(config.storage.data.join("none"))).await;
    let (_, before) = without.call::<MakeSealImage>(drawn(None)).await.unwrap();
    assert_eq!(without.refused::<MakeSealImage>(drawn(Some("测试小篆"))).await, (40002, Some("/font".into())));

    let world = World::with(|config| {
        let folder = config.storage.data.join("fonts");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a.ttf"), triangles("测试小篆", &['深', '\u{2A6D6}'])).unwrap();
    })
    .await;
    // Paths by line: SVG, ring, star, then the characters.
    let (_, rare) = world.call::<MakeSealImage>(drawn(None)).await.unwrap();
    assert_eq!(kinds(&rare), ["OTHER_FONT"], "a box stands there no more, and that is told");
    assert_ne!(path(&rare, 5), path(&before, 5));
    assert_eq!(path(&rare, 3), path(&before, 3), "what the shipped font has stays as it is");

    let (_, named) = world.call::<MakeSealImage>(drawn(Some("测试小篆"))).await.unwrap();
    assert_eq!(kinds(&named), Vec::<Value>::new(), "the font was asked for");
    assert_ne!(path(&named, 3), path(&rare, 3), "it is used for all that it has");
    assert_eq!(path(&named, 4), path(&rare, 4), "圳 is not in it");
    assert_eq!(path(&named, 5), path(&rare, 5));
}

#[tokio::test]
async fn what_makes_no_picture_is_refused_with_its_field() {
    let world = World::new().await;
    let drawn = |change: Value| {
        let mut content = json!({"template": "co-42", "sealName": "深圳市示例科技有限公司"});
        content.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        content
    };
    let scan = |bytes: &[u8], width: Value| json!({"scan": base64(bytes), "width": width, "height": 40});
    for (content, code, field) in [
        (drawn(json!({"template": ""})), 40001, "/template"),
        (drawn(json!({"sealName": null})), 40001, "/sealName"),
        (drawn(json!({"template": "none"})), 40002, "/template"),
        (drawn(json!({"sealName": "深"})), 40002, "/sealName"),
        (drawn(json!({"sealCode": "1".repeat(21)})), 40002, "/sealCode"),
        (drawn(json!({"lines": ["横".repeat(31)]})), 40002, "/lines"),
        (drawn(json!({"dpi": 70_000})), 40002, "/dpi"),
        (drawn(json!({"dpi": 10})), 40002, "/dpi"),
        (drawn(json!({"color": "red"})), 40002, "/color"),
        (drawn(json!({"font": "没有的字体"})), 40002, "/font"),
        (scan(b"no picture", json!(40)), 42201, "/scan"),
        (scan(&vec![0; 6 << 20], json!(40)), 41301, "/scan"),
        (scan(&eseal_testkit::png(40), json!(null)), 40001, "/width"),
        (scan(&eseal_testkit::png(40), json!(400)), 40002, "/width"),
    ] {
        let shown = content.to_string().chars().take(80).collect::<String>();
        assert_eq!(world.refused::<MakeSealImage>(content).await, (code, Some(field.into())), "{shown}");
    }
}
