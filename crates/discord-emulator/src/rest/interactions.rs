//! `POST /interactions/{id}/{token}/callback`: the first response. The clocks are the world's.

use super::{answer::Answer, call::Call};
use crate::world::{refusal::Refusal, uploads::Sent};

pub(crate) fn callback(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call
        .id("interaction")
        .map_err(|_| Refusal::UnknownInteraction)?;
    let token = call.text("token");
    let callback = call
        .world
        .respond(call.now, id, &token, Sent::new(&call.body, call.files))?;
    Ok(if call.is_on("with_response") {
        Answer::ok(callback)
    } else {
        Answer::no_content()
    })
}
