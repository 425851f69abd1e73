//! Any bytes as an OCSP response or request.

use eseal_pki::ocsp::{OcspRequest, OcspResponse};

pub(crate) fn check_response(data: &[u8]) {
    let Ok(response) = OcspResponse::from_der(data) else { return };
    let _ = response.has_nonce(b"nonce");
}

pub(crate) fn check_request(data: &[u8]) {
    let _ = OcspRequest::from_der(data);
}
