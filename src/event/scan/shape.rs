//! Shapes: what stands between the values of earlier lines, so that one comparison replaces reading a key.

use super::Meaning;
use std::collections::HashMap;

/// Past these a line's shape is not learned: writers have few, and attackers many.
const MAX_NODES: usize = 1000;
const MAX_FOLLOWERS: usize = 32;
const MAX_LITERAL: usize = 256;

/// The bytes of a literal that are compared at once.
const WINDOW: usize = 32;

/// A place in a line: right behind a literal, whatever stood before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u16);

/// Before the first byte of a line.
pub const START: Place = Place(0);
/// Behind something that is not learned.
pub const LOST: Place = Place(u16::MAX);

/// The literals that the lines so far have between their values, and which of them followed each other. A graph and no tree:
/// fields that may be left out would multiply the branches of a tree.
pub struct Shapes {
    nodes: Vec<Node>,
    places: HashMap<Box<[u8]>, Place>,
}

struct Node {
    /// The first bytes of the literal, and ones where there are bytes.
    window: [u64; 4],
    mask: [u64; 4],
    /// The bytes past the window.
    rest: Box<[u8]>,
    len: usize,
    meaning: Meaning,
    /// The places behind the literals that followed, in the order in which they were met.
    followers: Vec<Place>,
}

impl Shapes {
    pub fn new() -> Shapes {
        Shapes { nodes: vec![Node::new(b"", Meaning::Unknown)], places: HashMap::new() }
    }

    /// The literal that stands at `at` after `place`: its place, what it means, and where it ends.
    #[inline]
    pub fn next(&self, place: Place, line: &[u8], at: usize) -> Option<(Place, &Meaning, usize)> {
        let followers = &self.nodes.get(usize::from(place.0))?.followers;
        let window = window(line.get(at..)?);
        followers.iter().find_map(|place| {
            let node = &self.nodes[usize::from(place.0)];
            let is_here = node.begins(&window) && (node.rest.is_empty() || node.ends(line, at));
            is_here.then_some((*place, &node.meaning, at + node.len))
        })
    }

    /// Learns what stands after `place`, and gives its own place. What a literal means follows from its bytes.
    #[cold]
    pub fn learn(&mut self, place: Place, literal: &[u8], meaning: Meaning) -> Place {
        let learned = match self.places.get(literal) {
            Some(known) => *known,
            None if self.nodes.len() < MAX_NODES && literal.len() <= MAX_LITERAL => {
                let Ok(fresh) = u16::try_from(self.nodes.len()) else { return LOST };
                self.nodes.push(Node::new(literal, meaning));
                self.places.insert(literal.into(), Place(fresh));
                Place(fresh)
            }
            None => return LOST,
        };
        if let Some(node) = self.nodes.get_mut(usize::from(place.0))
            && node.followers.len() < MAX_FOLLOWERS
        {
            node.followers.push(learned);
        }
        learned
    }
}

impl Node {
    fn new(literal: &[u8], meaning: Meaning) -> Node {
        let shown = literal.len().min(WINDOW);
        let mut mask = [0; WINDOW];
        mask[..shown].fill(0xff);
        Node {
            window: window(literal),
            mask: window(&mask),
            rest: literal[shown..].into(),
            len: literal.len(),
            meaning,
            followers: Vec::new(),
        }
    }

    #[inline]
    fn begins(&self, window: &[u64; 4]) -> bool {
        let differs = |word: usize| (self.window[word] ^ window[word]) & self.mask[word];
        differs(0) | differs(1) | differs(2) | differs(3) == 0
    }

    fn ends(&self, line: &[u8], at: usize) -> bool {
        line[at..].get(WINDOW..self.len).is_some_and(|rest| *rest == *self.rest)
    }
}

/// The first bytes of what is left of a line; zeros behind its end, which no literal holds.
#[inline]
fn window(bytes: &[u8]) -> [u64; 4] {
    let mut padded = [0; WINDOW];
    let bytes = bytes.first_chunk::<WINDOW>().unwrap_or_else(|| {
        padded[..bytes.len()].copy_from_slice(bytes);
        &padded
    });
    let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
    [word(0), word(8), word(16), word(24)]
}
