//! Which trouble the next request meets. Must be shared by the test that sets it and the server that plays it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What happens to a request, or to the reply to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This reply comes instead; what would have been done is not done, and costs nothing.
    Instead {
        /// HTTP status.
        status: u16,
        /// Headers beside `content-type: application/json`, or instead of it.
        headers: Vec<(String, String)>,
        /// Body.
        body: String,
    },
    /// The request is taken, carried out and paid, and never answered.
    Silence,
    /// The connection breaks after so many bytes of the body.
    Cut {
        /// Bytes of the body that arrive.
        after: usize,
    },
    /// Nothing more comes after so many bytes of the body, and the connection stays open.
    Stall {
        /// Bytes of the body that arrive.
        after: usize,
    },
    /// The body comes in pieces of so many bytes, each sent by itself.
    Pieces {
        /// Bytes of a piece, at least 1.
        of: usize,
    },
    /// The body is another one, with the status and the headers of a good reply: wrong types, HTML, half of a JSON.
    Body(String),
}

impl Trouble {
    /// A page in HTML, as a proxy sends it when what stands behind it is away.
    #[must_use]
    pub fn html(status: u16) -> Self {
        Self::Instead {
            status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: format!(
                "<html><head><title>{status}</title></head><body>Try again.</body></html>"
            ),
        }
    }
}

/// The troubles of the next requests, one for each, in order; after them all goes well, unless there is one for all.
#[derive(Clone, Debug, Default)]
pub struct Script(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    next: VecDeque<Option<Trouble>>,
    always: Option<Trouble>,
}

impl Script {
    /// The next request that has none yet meets this trouble.
    pub fn then(&self, trouble: Trouble) -> &Self {
        self.plan().next.push_back(Some(trouble));
        self
    }

    /// The next request that has no trouble yet meets none.
    pub fn then_well(&self) -> &Self {
        self.plan().next.push_back(None);
        self
    }

    /// Every request meets this trouble, but for those that have one of their own.
    pub fn always(&self, trouble: Trouble) {
        self.plan().always = Some(trouble);
    }

    /// Forgets every trouble.
    pub fn clear(&self) {
        *self.plan() = Plan::default();
    }

    /// The trouble of the request that comes now.
    #[must_use]
    pub fn take(&self) -> Option<Trouble> {
        let mut plan = self.plan();
        match plan.next.pop_front() {
            Some(planned) => planned,
            None => plan.always.clone(),
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
