//! Classes by number, and how many of them are kept.

use std::fmt::Write;
use std::hash::Hasher as _;

use super::class::Prepared;
use super::index::Index;
use super::layout::Layout;
use super::{ClassId, Engine};
use crate::placement::table::number;
use crate::placement::task::Class;
use crate::placement::uid::Hash;

impl Engine {
    /// Says how many classes are kept. A new one then takes the place, and the number, of the one that was not asked for the
    /// longest time: who says so asks for a number each time anew. Without it all are kept.
    pub fn set_most_classes(&mut self, most: usize) {
        self.most = most.max(1);
    }

    /// The number of a class. Classes that say the same have the same number.
    pub fn class(&mut self, class: Class) -> ClassId {
        let hash = hash(&class);
        let id = match self.find(&class, hash) {
            Some(id) => id,
            None => self.register(class, hash),
        };
        self.now += 1;
        self.asked[id as usize] = self.now;
        ClassId(id)
    }

    /// The number of a class that has one, for those who may not have another one remembered.
    #[must_use]
    pub fn known_class(&self, class: &Class) -> Option<ClassId> {
        self.find(class, hash(class)).map(ClassId)
    }

    fn find(&self, class: &Class, hash: u64) -> Option<u32> {
        let alike = self.known.get(&hash).into_iter().flatten();
        alike.copied().find(|&id| self.classes[id as usize].class == *class)
    }

    fn register(&mut self, class: Class, hash: u64) -> u32 {
        let mut prepared = Prepared::new(class, &mut self.table);
        prepared.layout = self.layout(&prepared.plan.levels);
        let id = if self.classes.len() < self.most {
            self.classes.push(prepared);
            self.asked.push(0);
            number(self.classes.len() - 1)
        } else {
            let oldest = (0..self.classes.len()).min_by_key(|&id| self.asked[id]).unwrap_or_default();
            let before = std::mem::replace(&mut self.classes[oldest], prepared);
            self.taken = self.taken.saturating_sub(before.index.as_ref().map_or(0, Index::bytes));
            let id = number(oldest);
            let former = self::hash(&before.class);
            if let Some(same) = self.known.get_mut(&former) {
                same.retain(|&other| other != id);
                if same.is_empty() {
                    self.known.remove(&former);
                }
            }
            id
        };
        self.known.entry(hash).or_default().push(id);
        id
    }

    /// The number of the layout of these levels.
    fn layout(&mut self, levels: &[u32]) -> Option<usize> {
        if levels.is_empty() {
            return None;
        }
        let known = self.layouts.iter().position(|layout| layout.levels() == levels);
        Some(known.unwrap_or_else(|| {
            self.layouts.push(Layout::new(levels));
            self.layouts.len() - 1
        }))
    }
}

fn hash(class: &Class) -> u64 {
    struct Text(Hash);
    impl Write for Text {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut text = Text(Hash::default());
    // Writing into a hash does not fail.
    let _ = write!(text, "{class:?}");
    text.0.finish()
}
