//! Signatures that phone and server make together (协同签名性能), without HTTP and database: what the arithmetic costs.

use std::hint::black_box;

use anyhow::{Result, anyhow, ensure};
use eseal_gm::{
    sm2::cosign::{PhoneKeyStart, PhoneShare, ServerKeyStart, ServerShare},
    sm3,
};

use super::{Figures, timer::per_second};

fn shares() -> Result<(PhoneShare, ServerShare)> {
    let (phone, commitment) = PhoneKeyStart::new(b"bench")?;
    let (server, server_public) = ServerKeyStart::new(b"bench", commitment)?;
    let (phone, phone_public) = phone.finish(&server_public)?;
    Ok((phone, server.finish(&phone_public)?))
}

pub(super) fn phone() -> Result<Figures> {
    let (mut phone, server) = shares()?;
    let e = sm3(b"document");
    let stored = server.to_bytes();
    let first = phone.begin(&e)?.1;
    let answer = per_second(|| {
        black_box(server.answer(&e, &first)?);
        Ok::<_, anyhow::Error>(())
    })?;
    let value = {
        let (round, first) = phone.begin(&e)?;
        round.finish(&server.answer(&e, &first)?)?
    };
    // What the server does for one signature: it reads its share, answers, and verifies the finished value.
    let server_round = per_second(|| {
        let share = ServerShare::from_bytes(&stored).map_err(|error| anyhow!(error))?;
        black_box(share.answer(&e, &first)?);
        ensure!(share.verifying_key().verify_prehash(&e, &value), "our own signature does not verify");
        Ok(())
    })?;
    let both = per_second(|| {
        let (round, first) = phone.begin(&e)?;
        black_box(round.finish(&server.answer(&e, &first)?)?);
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(Figures::from([("server_answer", answer), ("server_round", server_round), ("phone_and_server", both)]))
}
