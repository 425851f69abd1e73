//! Whom we may contact (允许名单): scheme, host and port as listed, and addresses that are public or listed too.

use std::{fmt, net::IpAddr, str::FromStr};

use ureq::http::Uri;

use crate::{FetchError, Network, NotANetwork, address::is_public};

/// Scheme, host and port (来源), such as `https://ocsp.example.cn` or `http://10.2.0.9:8088`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    is_https: bool,
    host: String,
    port: u16,
}

/// The text names no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a scheme, a host and perhaps a port, such as https://ocsp.example.cn:8443")]
pub struct NotAnOrigin(pub String);

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let wrong = || NotAnOrigin(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        if uri.query().is_some() || !matches!(uri.path(), "" | "/") || text.ends_with('/') {
            return Err(wrong());
        }
        Self::of(&uri).map_err(|_| wrong())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl Origin {
    /// The origin of a URL.
    pub(crate) fn of(uri: &Uri) -> Result<Self, FetchError> {
        let is_https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(FetchError::Url),
        };
        let authority = uri.authority().ok_or(FetchError::Url)?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(FetchError::Url);
        }
        // `http` reads `host:` and `host:99999` as a host without a port.
        let has_port = authority.as_str().len() > authority.host().len();
        let port = match (authority.port_u16(), has_port) {
            (Some(port), true) if port > 0 => port,
            (None, false) => 80 + 363 * u16::from(is_https),
            _ => return Err(FetchError::Url),
        };
        // A trailing dot names the same host in another way.
        let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
        if host.is_empty() {
            return Err(FetchError::Url);
        }
        Ok(Self { is_https, host, port })
    }

    /// The host if it is written as an address.
    fn literal(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

/// Whom we may contact; nobody by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    origins: Vec<Origin>,
    networks: Vec<Network>,
}

impl AllowList {
    /// Origins, and networks that may be contacted although they are not public.
    #[must_use]
    pub const fn new(origins: Vec<Origin>, networks: Vec<Network>) -> Self {
        Self { origins, networks }
    }

    /// As [`AllowList::new`], from texts of a configuration.
    ///
    /// # Errors
    /// [`NotAnOrigin`], [`NotANetwork`], in words.
    pub fn read(origins: &[String], networks: &[String]) -> Result<Self, String> {
        let origins = origins.iter().map(|text| text.parse()).collect::<Result<_, NotAnOrigin>>();
        let networks = networks.iter().map(|text| text.parse()).collect::<Result<_, NotANetwork>>();
        Ok(Self {
            origins: origins.map_err(|error| error.to_string())?,
            networks: networks.map_err(|error| error.to_string())?,
        })
    }

    /// True if nobody may be contacted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// Whether the host of this URL is listed: a quick look before anything is asked for.
    #[must_use]
    pub fn lists(&self, url: &str) -> bool {
        self.check(url).is_ok()
    }

    /// The origin of a URL that may be asked for.
    pub(crate) fn check(&self, url: &str) -> Result<(Uri, Origin), FetchError> {
        if url.contains(['#', '\\']) || !url.is_ascii() {
            return Err(FetchError::Url);
        }
        let uri: Uri = url.parse().map_err(|_| FetchError::Url)?;
        let origin = Origin::of(&uri)?;
        if self.origins.contains(&origin) {
            Ok((uri, origin))
        } else {
            Err(FetchError::NotListed { origin: origin.to_string() })
        }
    }

    /// Whether the address of a listed host may be connected to.
    pub(crate) fn permits(&self, origin: &Origin, address: IpAddr) -> bool {
        is_public(address)
            || origin.literal() == Some(address)
            || self.networks.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> AllowList {
        let origins = ["https://ocsp.example.cn", "http://crl.example.cn:8080", "http://10.2.0.9"];
        AllowList::read(&origins.map(Into::into), &["10.3.0.0/16".into()]).unwrap()
    }

    #[test]
    fn scheme_host_and_port_must_be_as_listed() {
        let check = |url: &str, expected: bool| assert_eq!(list().lists(url), expected, "{url}");
        check("https://ocsp.example.cn/a?b", true);
        check("https://OCSP.Example.CN:443/", true);
        check("https://ocsp.example.cn./", true);
        check("http://ocsp.example.cn/", false);
        check("https://ocsp.example.cn:8443/", false);
        check("http://crl.example.cn:8080/x.crl", true);
        check("http://crl.example.cn/x.crl", false);
        check("https://ocsp.example.cn.evil.example/", false);
        check("https://ocsp.example.cn@evil.example/", false);
        check("https://evil@ocsp.example.cn/", false);
        check("https://evil.example/?https://ocsp.example.cn", false);
        check("https://ocsp.example.cn:99999/", false);
        check("https://ocsp.example.cn:/", false);
        check("ldap://ocsp.example.cn/", false);
        check("file:///etc/passwd", false);
        check("https:///x", false);
        check("/x", false);
        check("", false);
        assert!(!AllowList::default().lists("https://ocsp.example.cn/"));
    }

    #[test]
    fn private_addresses_need_to_be_listed_too() {
        let named: Origin = "https://ocsp.example.cn".parse().unwrap();
        let literal: Origin = "http://10.2.0.9".parse().unwrap();
        let check = |origin: &Origin, address: &str, expected: bool| {
            assert_eq!(list().permits(origin, address.parse().unwrap()), expected, "{origin} {address}");
        };
        check(&named, "223.5.5.5", true);
        check(&named, "127.0.0.1", false);
        check(&named, "169.254.169.254", false);
        check(&named, "10.2.0.9", false);
        check(&named, "10.3.0.1", true);
        check(&literal, "10.2.0.9", true);
        check(&literal, "10.2.0.10", false);
    }

    #[test]
    fn a_list_with_a_mistake_is_refused() {
        for wrong in
            ["ocsp.example.cn", "https://a.cn/path", "https://a.cn/", "https://a.cn?x", "ftp://a.cn", "https://u@a.cn"]
        {
            assert!(AllowList::read(&[wrong.into()], &[]).is_err(), "{wrong}");
        }
        assert!(AllowList::read(&[], &["everywhere".into()]).is_err());
    }
}
