//! The image beside the title. It is known by its bytes, whatever its file is called, and stands in the page as an
//! image, in which nothing runs and which loads nothing, not even of SVG.

use super::policy::base64;
use std::fmt;

/// The bytes of the largest image that is taken: a page is read by mail and on phones.
const LARGEST: usize = 256 * 1024;

/// An image that a page can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    address: String,
}

/// Why bytes are no logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLogo {
    /// They are too many.
    TooLarge { bytes: usize },
    /// They are none of the kinds of images that every browser draws.
    NoImage,
}

impl fmt::Display for NoLogo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoLogo::TooLarge { bytes } => {
                write!(f, "is {} KiB large, and a logo has at most {} KiB", bytes.div_ceil(1024), LARGEST / 1024)
            }
            NoLogo::NoImage => write!(f, "is no image: its content is none of PNG, JPEG, SVG, WebP and GIF"),
        }
    }
}

impl std::error::Error for NoLogo {}

impl Logo {
    /// The logo that the bytes of a file are.
    ///
    /// # Errors
    /// They are too many, or no image.
    pub fn of(bytes: &[u8]) -> Result<Logo, NoLogo> {
        if bytes.len() > LARGEST {
            return Err(NoLogo::TooLarge { bytes: bytes.len() });
        }
        let kind = kind(bytes).ok_or(NoLogo::NoImage)?;
        Ok(Logo { address: format!("data:image/{kind};base64,{}", base64(bytes)) })
    }

    /// The image as an address that needs no network.
    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

/// The kind of an image by how its bytes begin, as in its media type.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => std::str::from_utf8(bytes).is_ok_and(is_svg).then_some("svg+xml"),
    }
}

/// Whether the first element of a text is `svg`; declarations and comments may stand before it.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            comment if comment.starts_with("<!--") => "-->",
            prolog if prolog.starts_with("<?") || prolog.starts_with("<!") => ">",
            first => {
                let name = first.strip_prefix("<svg");
                return name.is_some_and(|after| after.starts_with([' ', '\t', '\r', '\n', '>', '/']));
            }
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_its_bytes() {
        let cases: [(&[u8], &str); 7] = [
            (b"\x89PNG\r\n\x1a\n\0\0", "png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpeg"),
            (b"GIF89a\x01\0\x01\0", "gif"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "svg+xml"),
            (b"<?xml version=\"1.0\"?>\n<!-- <b> -->\n<!DOCTYPE svg>\n<svg>", "svg+xml"),
            (b"\xef\xbb\xbf<svg\n>", "svg+xml"),
        ];
        for (bytes, kind) in cases {
            let logo = Logo::of(bytes).expect(kind);
            assert!(logo.address().starts_with(&format!("data:image/{kind};base64,")), "{}", logo.address());
        }
        assert!(Logo::of(b"<svg>").unwrap().address().ends_with(",PHN2Zz4="));
    }

    #[test]
    fn what_is_no_image_is_refused_whatever_it_holds() {
        for bytes in
            ["", "svg", "<html><svg></svg></html>", "<svgx>", "<!-- <svg>", "GIF88a", "\u{89}PNG", "PK\x03\x04"]
        {
            assert_eq!(Logo::of(bytes.as_bytes()), Err(NoLogo::NoImage), "{bytes}");
        }
        assert_eq!(Logo::of(b"<svg>\xff"), Err(NoLogo::NoImage));
    }

    #[test]
    fn an_image_has_a_largest_size() {
        let image = |bytes: usize| [b"\xff\xd8\xff".to_vec(), vec![0; bytes - 3]].concat();
        assert!(Logo::of(&image(LARGEST)).is_ok());
        let refused = Logo::of(&image(LARGEST + 1)).unwrap_err();
        assert_eq!(refused.to_string(), "is 257 KiB large, and a logo has at most 256 KiB");
    }
}
