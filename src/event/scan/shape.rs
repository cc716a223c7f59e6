//! Shapes: what stands between the values of earlier lines, so that one comparison replaces reading a key.

use super::Meaning;
use std::collections::HashMap;
use wide::u8x16;

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
    literal: Box<[u8]>,
    meaning: Meaning,
    /// What followed, in the order in which it was met.
    followers: Vec<Follower>,
}

/// What may stand behind a place, held where it is looked for.
struct Follower {
    /// The first bytes of the literal, and a bit for each of them.
    window: [u8x16; 2],
    bits: u32,
    len: u32,
    place: Place,
    meaning: Meaning,
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
        let is_here = |follower: &&Follower| {
            follower.begins(window) && (follower.is_short() || self.stands_at(follower.place, line, at))
        };
        let found = followers.iter().find(is_here)?;
        Some((found.place, &found.meaning, at + found.len as usize))
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
        let follower = Follower::new(learned, literal, self.nodes[usize::from(learned.0)].meaning);
        if let Some(node) = self.nodes.get_mut(usize::from(place.0))
            && node.followers.len() < MAX_FOLLOWERS
        {
            node.followers.push(follower);
        }
        learned
    }

    /// Whether the whole literal before a place stands at `at`.
    #[cold]
    fn stands_at(&self, place: Place, line: &[u8], at: usize) -> bool {
        line[at..].starts_with(&self.nodes[usize::from(place.0)].literal)
    }
}

impl Node {
    fn new(literal: &[u8], meaning: Meaning) -> Node {
        Node { literal: literal.into(), meaning, followers: Vec::new() }
    }
}

impl Follower {
    #[allow(clippy::cast_possible_truncation, reason = "literals are short")]
    fn new(place: Place, literal: &[u8], meaning: Meaning) -> Follower {
        let len = literal.len() as u32;
        let bits = u32::MAX.checked_shr(WINDOW as u32 - len.min(WINDOW as u32)).unwrap_or(0);
        Follower { window: window(literal), bits, len, place, meaning }
    }

    #[inline]
    fn begins(&self, window: [u8x16; 2]) -> bool {
        let [first, second] = [0, 1].map(|half: usize| self.window[half].simd_eq(window[half]).to_bitmask());
        (first | second << 16) & self.bits == self.bits
    }

    #[inline]
    fn is_short(&self) -> bool {
        self.len as usize <= WINDOW
    }
}

/// The first bytes of what is left of a line; zeros behind its end, which no literal holds.
#[inline]
fn window(bytes: &[u8]) -> [u8x16; 2] {
    let mut padded = [0; WINDOW];
    let bytes = bytes.first_chunk::<WINDOW>().unwrap_or_else(|| {
        padded[..bytes.len()].copy_from_slice(bytes);
        &padded
    });
    let halves = bytes.as_chunks().0;
    [u8x16::new(halves[0]), u8x16::new(halves[1])]
}
