//! A stand-in of a resolver: says what it is told to, and another time something else. Must ask nobody.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Names and what they are looked up as. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Names(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    answers: HashMap<String, VecDeque<Vec<SocketAddr>>>,
    /// For names that nothing was told of.
    others: Vec<SocketAddr>,
    asked: Vec<String>,
}

impl Names {
    /// A resolver that knows no name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every name that nothing else was told of is at this address.
    pub fn all_at(&self, address: SocketAddr) -> &Self {
        self.world().others = vec![address];
        self
    }

    /// The name has these addresses. Told again, these are the answer to the next look, and so on; the last answer stays.
    pub fn says(&self, name: &str, addresses: &[SocketAddr]) -> &Self {
        let mut world = self.world();
        let answers = world.answers.entry(name.to_owned()).or_default();
        answers.push_back(addresses.to_vec());
        drop(world);
        self
    }

    /// The addresses of a name.
    #[must_use]
    pub fn look_up(&self, name: &str) -> Vec<SocketAddr> {
        let mut world = self.world();
        world.asked.push(name.to_owned());
        let Some(answers) = world.answers.get_mut(name) else {
            return world.others.clone();
        };
        match answers.len() {
            0 | 1 => answers.front().cloned().unwrap_or_default(),
            _ => answers.pop_front().unwrap_or_default(),
        }
    }

    /// The names that were looked up, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.world().asked.clone()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
