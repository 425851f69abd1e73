//! Converts one document, several times by one worker, and tells how long it took: `convert SOURCE TARGET [TIMES]`.

use std::time::Instant;

use eseal_office::{Job, Office, Settings, confinement};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(source), Some(target)) = (arguments.next(), arguments.next()) else { return Err("SOURCE TARGET".into()) };
    let times: usize = arguments.next().map_or(Ok(1), |times| times.parse())?;
    println!("{:?}", confinement());
    let bytes = std::fs::read(&source)?;
    let office = Office::new(Settings::new(std::env::temp_dir().join("eseal-office-example")));
    let job = Job { bytes: &bytes, stated: source.rsplit('.').next(), ..Job::default() };
    let mut before: Option<Vec<u8>> = None;
    for time in 0..times {
        let start = Instant::now();
        let converted = office.convert(&job, &|_| ())?;
        let took = start.elapsed().as_millis();
        let is_same = before.as_ref().is_none_or(|before| *before == converted.bytes);
        println!("{took} ms, {} pages, {}", converted.page_count, if is_same { "as before" } else { "NOT AS BEFORE" });
        if time == 0 {
            println!("{:#?}", converted.warnings);
            std::fs::write(&target, &converted.bytes)?;
        } else if !is_same {
            std::fs::write(format!("{target}.{time}"), &converted.bytes)?;
        }
        before = Some(converted.bytes);
    }
    Ok(())
}
