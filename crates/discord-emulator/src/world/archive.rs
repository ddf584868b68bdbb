//! The archive that threads go to when nobody writes in them, and come back from when somebody does. Asks for no permission.

use std::time::Duration;

use super::{World, channels::Thread};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// Somebody writes in a thread: it comes back from the archive, and they are in it.
    pub(super) fn wake_thread(&mut self, now: Moment, thread: Snowflake, author: Snowflake) {
        let Some(channel) = self.channels.get_mut(&thread) else {
            return;
        };
        let Some(state) = channel.thread.as_mut() else {
            return;
        };
        state.last_active = now;
        if state.is_archived {
            state.is_archived = false;
            state.archive_changed = now;
            self.schedule_archive(thread);
            self.tell_of_channel(now, "THREAD_UPDATE", thread);
        }
        self.bring_into_thread(now, thread, author);
    }

    /// A thread is looked at again when it could have been silent for long enough.
    pub(super) fn schedule_archive(&mut self, thread: Snowflake) {
        let due = self
            .channels
            .get(&thread)
            .and_then(|channel| channel.thread.as_ref())
            .map(Thread::silent_until);
        self.archivals.extend(due.map(|due| (due, thread)));
    }

    /// Archives the threads in which nobody has written for long enough.
    pub(super) fn archive_the_silent(&mut self, now: Moment) {
        while let Some((due, id)) = self
            .archivals
            .first()
            .copied()
            .filter(|(due, _)| *due <= now)
        {
            self.archivals.remove(&(due, id));
            let Some(thread) = self
                .channels
                .get_mut(&id)
                .and_then(|channel| channel.thread.as_mut())
            else {
                continue;
            };
            if thread.is_archived {
                continue;
            }
            let until = thread.silent_until();
            if until > now {
                self.archivals.insert((until, id));
                continue;
            }
            thread.is_archived = true;
            thread.archive_changed = until;
            self.tell_of_channel(now, "THREAD_UPDATE", id);
            self.touch();
        }
    }
}

impl Thread {
    /// When it will be archived unless somebody writes.
    fn silent_until(&self) -> Moment {
        self.last_active
            .plus(Duration::from_secs(self.auto_archive * 60))
    }
}
