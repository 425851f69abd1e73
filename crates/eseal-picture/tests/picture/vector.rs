//! SVG seal pictures (矢量印模): what is drawn, and what is refused.

use eseal_picture::{DecodeError, ReadPicture, SealDesign, Segment, VectorPicture, decode_picture, draw, read_picture};

fn svg(body: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40mm" height="20mm" viewBox="0 0 40 20">{body}</svg>"#
    )
}

fn vector(body: &str) -> VectorPicture {
    VectorPicture::from_svg(svg(body).as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

#[test]
fn a_drawn_seal_has_the_same_size_and_shapes_as_paths() {
    let design =
        SealDesign { template: "co-42".into(), name: "某某科技有限公司".into(), ..SealDesign::default() };
    let drawn = draw(&design).unwrap();
    let picture = VectorPicture::from_svg(drawn.svg.as_bytes()).unwrap();
    assert_eq!((picture.width_mm, picture.height_mm), (drawn.width_mm, drawn.height_mm));
    assert_eq!(picture.paths.len(), drawn.svg.matches("<path").count());
    assert!(picture.paths.iter().all(|path| path.fill == [0xe6, 0, 0x12] && path.alpha == 255));
    assert_eq!(picture, VectorPicture::from_svg(drawn.svg.as_bytes()).unwrap(), "the same twice");
}

#[test]
fn pixels_of_the_svg_are_those_of_the_png() {
    let design =
        SealDesign { template: "co-42".into(), name: "某某科技有限公司".into(), ..SealDesign::default() };
    let drawn = draw(&design).unwrap();
    let from_svg = decode_picture("svg", drawn.svg.as_bytes()).unwrap();
    let from_png = decode_picture("png", &drawn.png).unwrap();
    assert_eq!((from_svg.width, from_svg.height), (from_png.width, from_png.height), "600 dpi");
    assert!(from_svg.is_transparent);
    let alpha = |rgba: &[u8]| rgba.chunks(4).map(|pixel| i64::from(pixel[3])).collect::<Vec<_>>();
    let differing =
        alpha(&from_svg.rgba).iter().zip(alpha(&from_png.rgba)).filter(|(a, b)| (**a - b).abs() > 64).count();
    assert!(differing * 1_000 < from_svg.rgba.len() / 4, "{differing} pixels differ");
}

#[test]
fn shapes_strokes_uses_transforms_and_styles_become_outlines() {
    for (body, paths, fill, alpha) in [
        (r##"<rect x="1" y="1" width="10" height="5" fill="#e60012"/>"##, 1, [0xe6, 0, 0x12], 255),
        (r#"<circle cx="20" cy="10" r="9" fill="none" stroke="red" stroke-width="1"/>"#, 1, [255, 0, 0], 255),
        (r#"<path d="M1 1h9v9z" fill="red" stroke="red"/>"#, 2, [255, 0, 0], 255),
        (r##"<defs><path id="p" d="M1 1h9v9z"/></defs><use xlink:href="#p" x="9" fill="blue"/>"##, 1, [0, 0, 255], 255),
        (
            r#"<g transform="rotate(30 20 10)" style="fill:#00f"><ellipse cx="20" cy="10" rx="9" ry="4"/></g>"#,
            1,
            [0, 0, 255],
            255,
        ),
        (
            r#"<style>.a{fill:#0000ff;stroke-dasharray:none}</style><path class="a" d="M1 1h9v9z"/>"#,
            1,
            [0, 0, 255],
            255,
        ),
        (r#"<g opacity="0.5"><path d="M1 1h9v9z" fill="red"/></g>"#, 1, [255, 0, 0], 128),
        (r#"<path d="M1 1h9v9z" fill="red" fill-opacity="0.2"/>"#, 1, [255, 0, 0], 51),
        (
            r##"<clipPath id="c"><path d="M0 0H40V20H0z"/></clipPath><g clip-path="url(#c)"><path d="M1 1h9v9z" fill="red"/></g>"##,
            1,
            [255, 0, 0],
            255,
        ),
    ] {
        let picture = vector(body);
        assert_eq!(picture.paths.len(), paths, "{body}");
        assert!(
            picture.paths.iter().all(|path| path.fill == fill && path.alpha == alpha),
            "{body}: {:?}",
            picture.paths
        );
    }
}

#[test]
fn coordinates_are_millimetres_from_the_upper_left_corner() {
    let picture = vector(r#"<g transform="translate(2 3)"><path d="M1 1h9q1 0 1 1z" fill-rule="evenodd"/></g>"#);
    assert_eq!((picture.width_mm, picture.height_mm), (40.0, 20.0));
    let path = &picture.paths[0];
    assert!(path.even_odd);
    let curve = Segment::Cubic([[12.667, 4.0], [13.0, 4.333], [13.0, 5.0]]);
    assert_eq!(path.segments, [Segment::Move([3.0, 4.0]), Segment::Line([12.0, 4.0]), curve, Segment::Close]);
}

#[test]
fn what_paths_cannot_show_becomes_pixels() {
    for (what, body) in [
        (
            "gradient",
            r##"<linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient><path d="M1 1h9v9z" fill="url(#g)"/>"##,
        ),
        (
            "clip",
            r##"<clipPath id="c"><circle cx="9" cy="9" r="5"/></clipPath><g clip-path="url(#c)"><path d="M1 1h19v19z" fill="red"/></g>"##,
        ),
        (
            "clip",
            r##"<clipPath id="c"><path d="M0 0H9V9H0z"/></clipPath><g clip-path="url(#c)"><path d="M1 1h19v19z" fill="red"/></g>"##,
        ),
        ("transparent group", r#"<g opacity="0.5"><path d="M1 1h9v9z"/><path d="M2 1h9v9z"/></g>"#),
    ] {
        let text = svg(body);
        let refusal = VectorPicture::from_svg(text.as_bytes()).unwrap_err();
        assert!(matches!(&refusal, DecodeError::NotDrawn(reason) if reason.contains(what)), "{body}: {refusal}");
        let Ok(ReadPicture::Pixels(pixels)) = read_picture("svg", text.as_bytes()) else { panic!("{body}") };
        assert_eq!((pixels.width, pixels.height), (945, 472), "{body}: 600 dpi");
        assert!(pixels.rgba.chunks(4).any(|pixel| pixel[3] > 100), "{body}: nothing is drawn");
    }
}

#[test]
fn what_would_be_left_out_is_refused_by_name() {
    for (body, what) in [
        (r#"<text x="1" y="9">公章</text>"#, "text"),
        (r#"<image href="data:image/png;base64,AAAA" width="9" height="9"/>"#, "image"),
        (r#"<image href="http://example.com/seal.png" width="9" height="9"/>"#, "image"),
        (r#"<mask id="m"><path d="M1 1h9v9z"/></mask>"#, "mask"),
        (r#"<filter id="f"><feGaussianBlur stdDeviation="3"/></filter>"#, "filter"),
        (r#"<pattern id="p" width="1" height="1"/>"#, "pattern"),
        (r#"<script>alert(1)</script>"#, "script"),
        (r#"<foreignObject width="9" height="9"/>"#, "foreignObject"),
        (r#"<path d="M1 1h9v9z"><animate attributeName="d"/></path>"#, "animate"),
        (r#"<use href="other.svg#p"/>"#, "a reference outside"),
        (r#"<use xlink:href="file:///etc/passwd"/>"#, "a reference outside"),
        (r#"<path d="M1 1h9v9z" fill="url(http://example.com/#g)"/>"#, "a reference outside"),
        (r#"<style>@import "http://example.com/x.css";</style><path d="M1 1h9v9z"/>"#, "a reference outside"),
        (r#"<path d="M0 9h40" stroke="red" stroke-dasharray="0.00001 0.00001"/>"#, "stroke-dasharray"),
        (r#"<path d="M0 9h40" style="stroke:red;stroke-dasharray : 0.00001"/>"#, "stroke-dasharray"),
        (r#"<path d="M0 9h40" style="stroke:red;stroke-dash&#97;rray:0.00001"/>"#, "stroke-dasharray"),
        (r##"<g id="g"><use href="#g"/></g>"##, "a use of itself"),
        (r##"<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>"##, "a use of itself"),
        (
            r##"<clipPath id="c"><path id="p" d="M0 0h9v9z"/></clipPath><clipPath id="d"><path d="M1 1h9v9z" clip-path="url(#c)"/></clipPath>"##,
            "a clip of a clip",
        ),
        (
            r##"<g id="h"><path d="M1 1h9v9z" style="clip-path:url(#c)"/></g><clipPath id="d"><use href="#h"/></clipPath>"##,
            "a clip of a clip",
        ),
        (r##"<style>path{clip-path:url(#c)}</style><clipPath id="c"/><clipPath id="d"/>"##, "a clip of a clip"),
        (r##"<clipPath id="c" clipPathUnits="objectBoundingBox"><path d="M0 0h1v1z"/></clipPath>"##, "clipPathUnits"),
    ] {
        let text = svg(&format!(r#"<path d="M1 1h9v9z" fill="red"/>{body}"#));
        for refusal in
            [decode_picture("svg", text.as_bytes()).unwrap_err(), read_picture("svg", text.as_bytes()).unwrap_err()]
        {
            assert!(matches!(&refusal, DecodeError::NotDrawn(reason) if reason == what), "{body}: {refusal}");
        }
    }
}

#[test]
fn entities_are_not_expanded() {
    let mut bomb = String::from("<!DOCTYPE svg [<!ENTITY a0 \"M1 1h9v9z\">");
    for level in 1..9 {
        bomb.push_str(&format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10)));
    }
    bomb.push_str("]>");
    bomb.push_str(&svg(r#"<path d="&a8;"/>"#));
    assert!(matches!(decode_picture("svg", bomb.as_bytes()), Err(DecodeError::NotDrawn(what)) if what == "entities"));
    let public = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \
         \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\n{}",
        svg(r#"<path d="M1 1h9v9z"/>"#)
    );
    assert!(decode_picture("svg", public.as_bytes()).is_ok(), "drawing programs write this");
}

#[test]
fn bombs_are_refused_for_their_size() {
    let nested_use = {
        let mut body = String::from(r#"<g id="l0"><path d="M1 1h9v9z"/></g>"#);
        for level in 1..12 {
            let uses = format!(r##"<use href="#l{}"/>"##, level - 1).repeat(10);
            body.push_str(&format!(r#"<g id="l{level}">{uses}</g>"#));
        }
        body
    };
    let long_path = format!(r#"<path d="M0 0{}" stroke="red"/>"#, "l1 1".repeat(250_000));
    let shared_path =
        format!(r##"<path id="p" d="M0 0{}"/>{}"##, "l1 1".repeat(10_000), r##"<use href="#p"/>"##.repeat(1_000));
    let covers = r##"<linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient>"##
        .to_owned()
        + &r##"<path d="M0 0H40V20H0z" fill="url(#g)"/>"##.repeat(500);
    let attributes: String = (0..20_000).map(|at| format!(" a{at}=''")).collect();
    for (name, body) in [
        ("use of use", nested_use),
        ("deep", "<g>".repeat(5_000) + &"</g>".repeat(5_000)),
        ("many", r#"<path d="M1 1h9v9z"/>"#.repeat(30_000)),
        ("long path", long_path),
        ("path used often", shared_path),
        ("many covers", covers),
        ("attributes", format!("<path d='M1 1h9v9z'{attributes}/>")),
        ("style sheet", format!("<style>{}</style><path d='M1 1h9v9z'/>", ".a{fill:red}".repeat(2_000))),
        ("file", format!("<!--{}--><path d='M1 1h9v9z'/>", "x".repeat(3 << 20))),
    ] {
        let refusal = read_picture("svg", svg(&body).as_bytes()).unwrap_err();
        assert!(matches!(refusal, DecodeError::TooLarge), "{name}: {refusal}");
    }
}

#[test]
fn nonsense_numbers_neither_draw_nor_panic() {
    for body in [
        r#"<path d="M1e38 1e38L-1e38 5z"/>"#,
        r#"<path d="M1e300 1L5 5z"/>"#,
        r#"<circle cx="9" cy="9" r="1e30" stroke="red" stroke-width="1e30"/>"#,
        r#"<g transform="scale(1e20)"><path d="M1 1h1e18v9z"/></g>"#,
        r#"<g transform="matrix(0 0 0 0 0 0)"><path d="M1 1h9v9z"/></g>"#,
        r#"<g transform="matrix(nan 0 0 1 0 0)"><path d="M1 1h9v9z" stroke="red" stroke-width="-3"/></g>"#,
    ] {
        // Nothing, or something bounded.
        if let Ok(picture) = VectorPicture::from_svg(svg(body).as_bytes()) {
            let far = |[x, y]: [f64; 2]| x.abs() > 1e4 || y.abs() > 1e4;
            let ends = picture.paths.iter().flat_map(|path| &path.segments).filter_map(|segment| match segment {
                Segment::Move(to) | Segment::Line(to) | Segment::Cubic([_, _, to]) => Some(*to),
                Segment::Close => None,
            });
            assert!(!ends.into_iter().any(far), "{body}");
        }
        let _ = decode_picture("svg", svg(body).as_bytes());
    }
    for size in ["width='0' height='9'", "width='1e30' height='1e30'", "width='9000mm' height='1mm'", "width='nan'"] {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg' {size}><path d='M1 1h9v9z'/></svg>");
        if let Ok(pixels) = decode_picture("svg", text.as_bytes()) {
            assert!(pixels.width <= 2_400 && pixels.height <= 2_400, "{size}");
        }
    }
}

#[test]
fn truncated_and_empty_svg_is_damaged() {
    let whole = svg(r#"<path d="M1 1h9v9z" fill="red"/>"#);
    for length in 0..whole.len() {
        assert!(read_picture("svg", &whole.as_bytes()[..length]).is_err(), "{length} bytes");
    }
    for text in ["", "<svg/>", "<html/>", "<svg xmlns='http://www.w3.org/2000/svg'/>", &svg(""), "\u{feff}<"] {
        assert!(matches!(read_picture("svg", text.as_bytes()), Err(DecodeError::Damaged(_))), "{text:?}");
    }
    let chinese = "<?xml version='1.0' encoding='GBK'?><svg xmlns='http://www.w3.org/2000/svg'><title>\u{7ae0}";
    assert!(matches!(read_picture("svg", &[chinese.as_bytes(), b"\xff"].concat()), Err(DecodeError::Damaged(_))));
}

#[test]
fn changed_numbers_and_letters_never_panic() {
    let whole = svg(
        r##"<defs><clipPath id="c"><path d="M0 0H30V20H0z"/></clipPath></defs><g clip-path="url(#c)" transform="rotate(3 5 5)" opacity="0.5"><path id="p" d="M1 1h9v9a3 4 10 1 0 5 5q1 2 3 4t5 6c1 2 3 4 5 6z" fill="red" stroke="#0000ff" stroke-width="0.3"/></g><use href="#p" x="3"/>"##,
    );
    let mut seed = 38_540_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut drawn = 0;
    for _ in 0..300 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=random(3) {
            let at = random(bytes.len());
            let replacement = b"0123456789.-eE \"<>/#azMZHVAQTC"[random(30)];
            if random(2) == 0 { bytes[at] = replacement } else { bytes.insert(at, replacement) }
        }
        drawn += usize::from(read_picture("svg", &bytes).is_ok());
        if random(20) == 0 {
            let _ = decode_picture("svg", &bytes);
        }
    }
    assert!(drawn > 60, "{drawn}");
}
