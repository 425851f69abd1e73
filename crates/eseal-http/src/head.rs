//! The head of a request (请求头): who is addressed, in which language, from where.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Path},
    http::{HeaderMap, Method, header, request::Parts},
};
use eseal_api::{Language, is_req_id};
use eseal_service::{Credentials, Error, Network, Result, random::new_id};

use crate::{address::client_address, answer::Addressee};

/// Header with the reqId of requests whose body is no envelope.
pub(crate) const REQ_ID_HEADER: &str = "x-eseal-req-id";

/// Header with the SM3 of the body.
pub(crate) const CONTENT_SM3_HEADER: &str = "x-eseal-content-sm3";

/// What is known of a request before its body is read.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    /// As sent, without the query.
    pub(crate) path: String,
    /// As sent; empty if there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// Client, behind trusted proxies.
    pub(crate) address: IpAddr,
    pub(crate) language: Language,
    /// 请求编号 of the header, if it is well-formed.
    pub(crate) req_id: Option<String>,
}

impl Head {
    pub(crate) fn of(parts: &Parts, trusted: &[Network]) -> Self {
        // Without a peer there is no socket: a request from inside this process.
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let headers = &parts.headers;
        Self {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            address: client_address(peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), headers, trusted),
            language: text(headers, header::ACCEPT_LANGUAGE.as_str())
                .map(Language::from_accept_language)
                .unwrap_or_default(),
            req_id: text(headers, REQ_ID_HEADER).filter(|text| is_req_id(text)).map(str::to_owned),
            headers: headers.clone(),
        }
    }

    /// A header that is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// Length of the body, if it was announced.
    pub(crate) fn content_length(&self) -> Option<u64> {
        self.header(header::CONTENT_LENGTH.as_str())?.parse().ok()
    }

    /// True for a form with files.
    pub(crate) fn is_form(&self) -> bool {
        let kind = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("multipart/form-data"))
    }

    /// True if the caller asks for this media type by name.
    pub(crate) fn accepts(&self, media_type: &str) -> bool {
        let accepted = self.header(header::ACCEPT.as_str()).unwrap_or_default();
        accepted
            .split(',')
            .filter_map(|part| part.split(';').next())
            .any(|part| part.trim().eq_ignore_ascii_case(media_type))
    }

    /// What is signed of the request besides its body.
    pub(crate) fn credentials(&self) -> Credentials {
        let header = |name: &str| self.header(name).map(str::to_owned);
        Credentials {
            method: self.method.as_str().to_owned(),
            path: self.path.clone(),
            query: self.query.clone(),
            system_id: header("x-eseal-system-id"),
            device_id: header("x-eseal-device-id"),
            timestamp: header("x-eseal-timestamp"),
            nonce: header("x-eseal-nonce"),
            algorithm: header("x-eseal-algorithm"),
            signature: header("x-eseal-signature"),
        }
    }

    /// The body's SM3 if the caller announced it: `X-Eseal-Content-SM3`.
    ///
    /// # Errors
    /// [`Error::BadRequestSignature`] if it is not the hex of 32 bytes: the signed text names no such digest.
    pub(crate) fn announced_sm3(&self) -> Result<Option<[u8; 32]>> {
        let Some(value) = self.headers.get(CONTENT_SM3_HEADER) else { return Ok(None) };
        let mut digest = [0; 32];
        hex::decode_to_slice(value.as_bytes(), &mut digest).map_err(|_| Error::BadRequestSignature)?;
        Ok(Some(digest))
    }

    /// Addressee of the answer: the reqId found in the body, that of the header, or a new one.
    pub(crate) fn addressee(&self, in_body: Option<String>) -> Addressee {
        let req_id = in_body.or_else(|| self.req_id.clone()).unwrap_or_else(new_req_id);
        Addressee { req_id, language: self.language }
    }
}

/// The identifier in a path; empty, and so nobody's, if it cannot be read.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, Infallible> {
        let found = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(found.map(|Path(id)| id).unwrap_or_default()))
    }
}

/// A reqId for a request that has none.
fn new_req_id() -> String {
    // Without random bits the answer still needs one.
    new_id().unwrap_or_else(|_| "none".into())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn head(headers: &[(&str, &str)]) -> Head {
        let mut request = Request::get("/a/b?x=1&y");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Head::of(&request.body(()).unwrap().into_parts().0, &[])
    }

    #[test]
    fn path_and_query_are_kept_as_sent() {
        let head = head(&[]);
        assert_eq!((head.path.as_str(), head.query.as_str()), ("/a/b", "x=1&y"));
        assert_eq!(head.language, Language::Chinese);
    }

    #[test]
    fn the_body_names_the_req_id_then_the_header() {
        let named = head(&[("X-Eseal-Req-Id", "h-1"), ("Accept-Language", "en-US")]);
        assert_eq!(named.addressee(Some("b-1".into())).req_id, "b-1");
        assert_eq!(named.addressee(None).req_id, "h-1");
        assert_eq!(named.language, Language::English);
        assert_eq!(head(&[("X-Eseal-Req-Id", "no good")]).addressee(None).req_id.len(), 32);
    }

    #[test]
    fn media_types_are_compared_without_their_parameters() {
        let form = head(&[
            ("Content-Type", "Multipart/Form-Data; boundary=x"),
            ("Accept", "text/html, text/event-stream;q=0.9"),
        ]);
        assert!(form.is_form() && form.accepts("text/event-stream") && !form.accepts("application/octet-stream"));
        assert!(!head(&[]).is_form());
    }
}
