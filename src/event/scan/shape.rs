//! Shapes: what stands between the values of earlier lines, so that one comparison replaces reading a key.

use super::Meaning;

/// Past these a line's shape is not learned: writers have few, and attackers many.
const MAX_NODES: usize = 1000;
const MAX_SIBLINGS: usize = 13;
const MAX_LITERAL: usize = 256;

/// The bytes of a literal that are compared at once.
const WINDOW: usize = 32;

/// A place in the tree: everything up to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u16);

/// Before the first byte of a line.
pub const START: Place = Place(0);
/// Where nothing is learned any more.
pub const LOST: Place = Place(u16::MAX);
const NONE: u16 = u16::MAX;

/// What the lines so far have between their values, as a tree: the children of a literal are those that followed it.
pub struct Shapes {
    nodes: Vec<Node>,
}

struct Node {
    /// The first bytes of the literal, and ones where there are bytes.
    window: [u64; 4],
    mask: [u64; 4],
    /// The bytes past the window.
    rest: Box<[u8]>,
    len: usize,
    meaning: Meaning,
    child: u16,
    sibling: u16,
}

impl Shapes {
    pub fn new() -> Shapes {
        Shapes { nodes: vec![Node::new(b"", Meaning::Unknown)] }
    }

    /// The literal that stands at `at` after `place`: its place, what it means, and where it ends.
    #[inline]
    pub fn next(&self, place: Place, line: &[u8], at: usize) -> Option<(Place, &Meaning, usize)> {
        let mut index = self.nodes.get(usize::from(place.0))?.child;
        let window = window(line.get(at..)?);
        while let Some(node) = self.nodes.get(usize::from(index)) {
            if node.begins(&window) && (node.rest.is_empty() || node.ends(line, at)) {
                return Some((Place(index), &node.meaning, at + node.len));
            }
            index = node.sibling;
        }
        None
    }

    /// Learns what stands after `place`, and gives its own place.
    #[cold]
    pub fn learn(&mut self, place: Place, literal: &[u8], meaning: Meaning) -> Place {
        let fits = place != LOST && self.nodes.len() < MAX_NODES && literal.len() <= MAX_LITERAL;
        let Some(index) = u16::try_from(self.nodes.len()).ok().filter(|_| fits) else { return LOST };
        let mut last = NONE;
        let mut siblings = 0;
        let mut at = self.nodes[usize::from(place.0)].child;
        while at != NONE {
            siblings += 1;
            (last, at) = (at, self.nodes[usize::from(at)].sibling);
        }
        if siblings >= MAX_SIBLINGS {
            return LOST;
        }
        self.nodes.push(Node::new(literal, meaning));
        match last {
            NONE => self.nodes[usize::from(place.0)].child = index,
            last => self.nodes[usize::from(last)].sibling = index,
        }
        Place(index)
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
            child: NONE,
            sibling: NONE,
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
