//! What is made of texts, kept for those that come again.

use std::rc::Rc;

/// Most texts of which something is kept.
const MOST: usize = 64;

/// What has been made of texts; the oldest is replaced first.
pub(crate) struct Kept<T> {
    made: Vec<(String, Rc<T>)>,
    /// Where the oldest is, once there are as many as may be.
    oldest: usize,
    last: usize,
}

impl<T> Kept<T> {
    /// Nothing.
    pub(crate) const fn new() -> Self {
        Self { made: Vec::new(), oldest: 0, last: 0 }
    }

    /// What `make` makes of a text, or has made of it.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn of<E>(
        &mut self,
        text: &str,
        make: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Rc<T>, E> {
        let is_of = |(of, _): &(String, Rc<T>)| of == text;
        if !self.made.get(self.last).is_some_and(is_of) {
            self.last = match self.made.iter().position(is_of) {
                Some(place) => place,
                None => self.put((text.to_owned(), Rc::new(make(text)?))),
            };
        }
        Ok(Rc::clone(&self.made[self.last].1))
    }

    fn put(&mut self, made: (String, Rc<T>)) -> usize {
        if self.made.len() < MOST {
            self.made.push(made);
            return self.made.len() - 1;
        }
        let place = self.oldest;
        self.oldest = (place + 1) % MOST;
        self.made[place] = made;
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_while_it_is_among_the_last() {
        let (mut kept, mut made) = (Kept::new(), 0);
        let mut read = |text: usize| {
            let of = kept.of(&text.to_string(), |text| {
                made += 1;
                text.parse::<usize>()
            });
            assert_eq!(of.map(|of| *of), Ok(text));
            made
        };
        for round in 0..3 {
            for text in 0..MOST {
                read(text);
            }
            assert_eq!(read(0), MOST, "{round}");
        }
        // The oldest goes.
        assert_eq!(
            [read(MOST), read(MOST), read(1), read(0)],
            [MOST + 1, MOST + 1, MOST + 1, MOST + 2]
        );
    }

    #[test]
    fn what_cannot_be_made_is_not_kept() {
        let mut kept = Kept::new();
        assert_eq!(kept.of("a", |_| Err::<(), _>("no")), Err("no"));
        assert_eq!(kept.of("a", |_| Ok::<_, &str>(())), Ok(Rc::new(())));
    }
}
