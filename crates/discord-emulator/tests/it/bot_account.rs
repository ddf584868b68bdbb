//! The bot changes its own user.

use serde_json::json;

use crate::bot::{Gateway, Rest, emulator};

const ME: &str = "/users/@me";

#[tokio::test]
async fn a_bot_renames_itself_and_hears_of_it() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let (mut gateway, ready) = Gateway::identified(&emulator, 0).await;
    assert_eq!(ready["user"]["username"], "Footnote");
    let renamed = rest
        .call("PATCH", ME, &json!({"username": "Marginalia"}))
        .await;
    assert_eq!(
        (renamed.status, &renamed.body["username"]),
        (200, &json!("Marginalia"))
    );
    let told = gateway.payload().await;
    assert_eq!(
        (&told["t"], &told["d"]["username"]),
        (&json!("USER_UPDATE"), &json!("Marginalia"))
    );
    assert_eq!(rest.get(ME).await.body["username"], "Marginalia");
    let short = rest.call("PATCH", ME, &json!({"username": "M"})).await;
    assert_eq!(short.code(), (400, 50035));
    assert_eq!(
        short.body["errors"]["username"]["_errors"][0]["code"],
        "BASE_TYPE_BAD_LENGTH"
    );
    let avatar = json!({"avatar": "data:image/png;base64,AAAA"});
    assert_eq!(rest.call("PATCH", ME, &avatar).await.status, 501);
    assert_eq!(
        emulator.report().unimplemented,
        ["PATCH /api/v10/users/@me"]
    );
    emulator.close().await;
}
