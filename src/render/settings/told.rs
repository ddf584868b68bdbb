//! The fixed texts around what is shown of settings and of their changes, in every language, and how they fill messages.

use super::super::{File, MESSAGE_LIMIT, Message};
use super::level_name;
use crate::conversation::language::Language;
use crate::search::scope::{Level, Scope};

/// The fixed texts of a language. What stands in braces is filled in.
pub(super) struct Told {
    /// Heads what is in force at `{place}`.
    pub(super) settings_of: &'static str,
    /// A value comes from `{level}`.
    pub(super) from: &'static str,
    /// It is set in the very place.
    pub(super) set_here: &'static str,
    /// What would be in force without it: `{value}`, which comes from `{level}`.
    pub(super) without: &'static str,
    /// Behind a model that the operator does not offer any more.
    pub(super) not_offered: &'static str,
    /// Heads what was changed at `{place}`.
    pub(super) saved: &'static str,
    /// A change that changes nothing at `{place}`.
    pub(super) unchanged: &'static str,
    /// Heads what would be changed at `{place}`.
    pub(super) would_change: &'static str,
    /// A preview that changes nothing at `{place}`.
    pub(super) would_not_change: &'static str,
    /// These `{fields}` of a file are the server's, and not set below it.
    pub(super) left_out: &'static str,
    /// What is to be copied from `{place}` is nothing.
    pub(super) source_empty: &'static str,
    /// Changes are to be told in `{place}`, where the bot cannot write.
    pub(super) unwritable: &'static str,
    /// `{value}`, which is not set here.
    pub(super) inherited: &'static str,
    /// What is not set, where it is not known what is inherited.
    pub(super) unset: &'static str,
    /// Labels of buttons.
    pub(super) apply: &'static str,
    pub(super) cancel: &'static str,
    pub(super) older: &'static str,
    pub(super) newest: &'static str,
    /// Nothing was changed, as wished or because of what is said below it.
    pub(super) cancelled: &'static str,
    /// What would be changed is forgotten.
    pub(super) expired: &'static str,
    /// There is no `{level}` on the way to the place.
    pub(super) no_level: &'static str,
    /// No field is called `{name}`.
    pub(super) no_field: &'static str,
    /// A command came without what it needs.
    pub(super) nothing_given: &'static str,
    /// Both a file and a text came along.
    pub(super) file_or_text: &'static str,
    /// Heads the changes at `{place}`.
    pub(super) changes_of: &'static str,
    pub(super) no_changes: &'static str,
    /// Instead of what a change changed.
    pub(super) unreadable_change: &'static str,
    /// What is set for `{place}` cannot be read, and would be taken back.
    pub(super) would_clear: &'static str,
    /// It is taken back.
    pub(super) cleared: &'static str,
    /// Heads a change that `{person}` made at `{place}`.
    pub(super) changed_by: &'static str,
    /// Heads the file with what is set at `{place}`.
    pub(super) exported: &'static str,
    /// Nothing is set at `{place}`.
    pub(super) nothing_set: &'static str,
    /// The rest is in the file.
    pub(super) in_file: &'static str,
    /// The file could not be attached.
    pub(super) no_file: &'static str,
    // Why a file cannot be imported.
    /// It has more than `{most}` bytes.
    pub(super) file_too_large: &'static str,
    /// It stops being JSON in `{line}` at `{column}`.
    pub(super) not_json: &'static str,
    pub(super) not_settings: &'static str,
    /// It is of `{version}`.
    pub(super) other_version: &'static str,
    /// These are no fields: `{fields}`.
    pub(super) unknown_fields: &'static str,
    /// A `{field}` whose value cannot be read at `{at}`, for a `{reason}`.
    pub(super) unreadable_field: &'static str,
    pub(super) nothing_in_it: &'static str,

    /// The name of a file: letters, digits and dashes only.
    pub(super) file_name: &'static str,
}

static ENGLISH: Told = Told {
    settings_of: "**Settings of {place}**",
    from: "from: {level}",
    set_here: "set here",
    without: "without it: {value} ({level})",
    not_offered: "⚠ not offered any more; the usual model answers",
    saved: "**Saved for {place}**",
    unchanged: "Nothing changed for {place}: it was set so already.",
    would_change: "**This would change for {place}**",
    would_not_change: "Nothing would change for {place}.",
    left_out: "Left out, since they are set for the whole server: {fields}.",
    source_empty: "Nothing is set for {place} itself.",
    unwritable: "⚠ Footnote cannot write in {place}: let it view that channel and send messages in it.",
    inherited: "{value} (inherited)",
    unset: "inherited",
    apply: "Apply",
    cancel: "Cancel",
    older: "Older",
    newest: "Newest",
    cancelled: "Nothing was changed.",
    expired: "This is no longer open. Use the command again to see what would change now.",
    no_level: "There is no such level here: {level}. Choose another level or another place.",
    no_field: "No setting is called {name}. Choose one from the list.",
    nothing_given: "Fill in at least one option of the command.",
    file_or_text: "Give either a file or a text.",
    changes_of: "**Changes of {place}**",
    no_changes: "Nothing was changed.",
    unreadable_change: "What was changed cannot be read any more.",
    would_clear: "What is set for {place} cannot be read any more. Apply clears all of it, so that everything is inherited.",
    cleared: "What was set for {place} and could not be read is cleared: everything is inherited.",
    changed_by: "{person} changed {place}",
    exported: "What is set for {place}",
    nothing_set: "Nothing is set for {place}: everything is inherited.",
    in_file: "All of it is in the file.",
    no_file: "The file could not be attached. Let the bot attach files in this channel, or use the command in another one.",
    file_too_large: "The file has more than {most} bytes. Use one that /settings export has made.",
    not_json: "The file is no JSON: look at line {line}, column {column}.",
    not_settings: "The file holds no settings of Footnote’s. Use one that /settings export has made.",
    other_version: "The file is of version {version}, which this Footnote cannot read. Export it again.",
    unknown_fields: "No setting is called: {fields}.",
    unreadable_field: "{field} cannot be read at {at}: {reason}",
    nothing_in_it: "Nothing is set in the file. Use /settings reset to have everything inherited.",
    file_name: "settings",
};

static GERMAN: Told = Told {
    settings_of: "**Einstellungen von {place}**",
    from: "von: {level}",
    set_here: "hier gesetzt",
    without: "sonst: {value} ({level})",
    not_offered: "⚠ wird nicht mehr angeboten; das übliche Modell antwortet",
    saved: "**Gespeichert für {place}**",
    unchanged: "Für {place} ändert sich nichts: Es war schon so gesetzt.",
    would_change: "**Das würde sich für {place} ändern**",
    would_not_change: "Für {place} würde sich nichts ändern.",
    left_out: "Ausgelassen, weil das für den ganzen Server gesetzt wird: {fields}.",
    source_empty: "Für {place} selbst ist nichts gesetzt.",
    unwritable: "⚠ Footnote kann in {place} nicht schreiben: Erlaube dem Bot, den Kanal zu sehen und dort Nachrichten zu senden.",
    inherited: "{value} (geerbt)",
    unset: "geerbt",
    apply: "Anwenden",
    cancel: "Abbrechen",
    older: "Ältere",
    newest: "Neueste",
    cancelled: "Es wurde nichts geändert.",
    expired: "Das ist nicht mehr offen. Benutze den Befehl noch einmal, um zu sehen, was sich jetzt ändern würde.",
    no_level: "Diese Ebene gibt es hier nicht: {level}. Wähle eine andere Ebene oder einen anderen Ort.",
    no_field: "Keine Einstellung heißt {name}. Wähle eine aus der Liste.",
    nothing_given: "Fülle mindestens eine Option des Befehls aus.",
    file_or_text: "Gib entweder eine Datei oder einen Text an.",
    changes_of: "**Änderungen von {place}**",
    no_changes: "Es wurde nichts geändert.",
    unreadable_change: "Was geändert wurde, ist nicht mehr lesbar.",
    would_clear: "Was für {place} gesetzt ist, ist nicht mehr lesbar. Anwenden löscht es ganz, sodass alles geerbt wird.",
    cleared: "Was für {place} gesetzt und nicht lesbar war, ist gelöscht: Alles wird geerbt.",
    changed_by: "{person} hat {place} geändert",
    exported: "Was für {place} gesetzt ist",
    nothing_set: "Für {place} ist nichts gesetzt: Alles ist geerbt.",
    in_file: "Alles steht in der Datei.",
    no_file: "Die Datei konnte nicht angehängt werden. Erlaube dem Bot, in diesem Kanal Dateien anzuhängen, oder benutze den Befehl in einem anderen.",
    file_too_large: "Die Datei hat mehr als {most} Bytes. Nimm eine, die /settings export erstellt hat.",
    not_json: "Die Datei ist kein JSON: Sieh in Zeile {line}, Spalte {column} nach.",
    not_settings: "Die Datei enthält keine Einstellungen von Footnote. Nimm eine, die /settings export erstellt hat.",
    other_version: "Die Datei hat die Version {version}, die dieses Footnote nicht lesen kann. Exportiere sie neu.",
    unknown_fields: "Keine Einstellung heißt: {fields}.",
    unreadable_field: "{field} ist bei {at} nicht lesbar: {reason}",
    nothing_in_it: "In der Datei ist nichts gesetzt. Benutze /settings reset, damit alles geerbt wird.",
    file_name: "einstellungen",
};

static FRENCH: Told = Told {
    settings_of: "**Réglages de {place}**",
    from: "depuis : {level}",
    set_here: "réglé ici",
    without: "sinon : {value} ({level})",
    not_offered: "⚠ n’est plus proposé ; le modèle habituel répond",
    saved: "**Enregistré pour {place}**",
    unchanged: "Rien ne change pour {place} : c’était déjà réglé ainsi.",
    would_change: "**Voici ce qui changerait pour {place}**",
    would_not_change: "Rien ne changerait pour {place}.",
    left_out: "Laissé de côté, car réglé pour tout le serveur : {fields}.",
    source_empty: "Rien n’est réglé pour {place} même.",
    unwritable: "⚠ Footnote ne peut pas écrire dans {place} : autorisez-le à voir ce salon et à y envoyer des messages.",
    inherited: "{value} (hérité)",
    unset: "hérité",
    apply: "Appliquer",
    cancel: "Annuler",
    older: "Plus anciens",
    newest: "Plus récents",
    cancelled: "Rien n’a été modifié.",
    expired: "Ceci n’est plus ouvert. Utilisez de nouveau la commande pour voir ce qui changerait maintenant.",
    no_level: "Ce niveau n’existe pas ici : {level}. Choisissez un autre niveau ou un autre lieu.",
    no_field: "Aucun réglage ne s’appelle {name}. Choisissez-en un dans la liste.",
    nothing_given: "Remplissez au moins une option de la commande.",
    file_or_text: "Donnez soit un fichier, soit un texte.",
    changes_of: "**Modifications de {place}**",
    no_changes: "Rien n’a été modifié.",
    unreadable_change: "Ce qui a été modifié n’est plus lisible.",
    would_clear: "Ce qui est réglé pour {place} n’est plus lisible. Appliquer efface tout, et tout est alors hérité.",
    cleared: "Ce qui était réglé pour {place} et illisible est effacé : tout est hérité.",
    changed_by: "{person} a modifié {place}",
    exported: "Ce qui est réglé pour {place}",
    nothing_set: "Rien n’est réglé pour {place} : tout est hérité.",
    in_file: "Tout est dans le fichier.",
    no_file: "Le fichier n’a pas pu être joint. Autorisez le bot à joindre des fichiers dans ce salon, ou utilisez la commande dans un autre.",
    file_too_large: "Le fichier a plus de {most} octets. Prenez-en un que /settings export a créé.",
    not_json: "Le fichier n’est pas du JSON : regardez à la ligne {line}, colonne {column}.",
    not_settings: "Le fichier ne contient pas de réglages de Footnote. Prenez-en un que /settings export a créé.",
    other_version: "Le fichier est de la version {version}, que ce Footnote ne sait pas lire. Exportez-le de nouveau.",
    unknown_fields: "Aucun réglage ne s’appelle : {fields}.",
    unreadable_field: "{field} est illisible à {at} : {reason}",
    nothing_in_it: "Rien n’est réglé dans le fichier. Utilisez /settings reset pour que tout soit hérité.",
    file_name: "reglages",
};

static SPANISH: Told = Told {
    settings_of: "**Ajustes de {place}**",
    from: "de: {level}",
    set_here: "definido aquí",
    without: "si no: {value} ({level})",
    not_offered: "⚠ ya no se ofrece; responde el modelo habitual",
    saved: "**Guardado para {place}**",
    unchanged: "Nada cambia para {place}: ya estaba así.",
    would_change: "**Esto cambiaría para {place}**",
    would_not_change: "Nada cambiaría para {place}.",
    left_out: "Se omite lo que se define para todo el servidor: {fields}.",
    source_empty: "No hay nada definido para {place} en sí.",
    unwritable: "⚠ Footnote no puede escribir en {place}: permítale ver ese canal y enviar mensajes en él.",
    inherited: "{value} (heredado)",
    unset: "heredado",
    apply: "Aplicar",
    cancel: "Cancelar",
    older: "Anteriores",
    newest: "Más recientes",
    cancelled: "No se ha cambiado nada.",
    expired: "Esto ya no está abierto. Use el comando otra vez para ver qué cambiaría ahora.",
    no_level: "Ese nivel no existe aquí: {level}. Elija otro nivel u otro lugar.",
    no_field: "Ningún ajuste se llama {name}. Elija uno de la lista.",
    nothing_given: "Rellene al menos una opción del comando.",
    file_or_text: "Indique un archivo o un texto, no ambos.",
    changes_of: "**Cambios de {place}**",
    no_changes: "No se ha cambiado nada.",
    unreadable_change: "Lo que se cambió ya no se puede leer.",
    would_clear: "Lo que está definido para {place} ya no se puede leer. Aplicar lo borra todo, de modo que todo se hereda.",
    cleared: "Se ha borrado lo que estaba definido para {place} y no se podía leer: todo se hereda.",
    changed_by: "{person} cambió {place}",
    exported: "Lo que está definido para {place}",
    nothing_set: "No hay nada definido para {place}: todo se hereda.",
    in_file: "Todo está en el archivo.",
    no_file: "No se pudo adjuntar el archivo. Permita que el bot adjunte archivos en este canal o use el comando en otro.",
    file_too_large: "El archivo tiene más de {most} bytes. Use uno que haya hecho /settings export.",
    not_json: "El archivo no es JSON: mire la línea {line}, columna {column}.",
    not_settings: "El archivo no contiene ajustes de Footnote. Use uno que haya hecho /settings export.",
    other_version: "El archivo es de la versión {version}, que este Footnote no puede leer. Expórtelo de nuevo.",
    unknown_fields: "Ningún ajuste se llama: {fields}.",
    unreadable_field: "{field} no se puede leer en {at}: {reason}",
    nothing_in_it: "En el archivo no hay nada definido. Use /settings reset para que todo se herede.",
    file_name: "ajustes",
};

static PORTUGUESE: Told = Told {
    settings_of: "**Configurações de {place}**",
    from: "de: {level}",
    set_here: "definido aqui",
    without: "sem isso: {value} ({level})",
    not_offered: "⚠ não é mais oferecido; o modelo habitual responde",
    saved: "**Salvo para {place}**",
    unchanged: "Nada muda para {place}: já estava assim.",
    would_change: "**Isto mudaria para {place}**",
    would_not_change: "Nada mudaria para {place}.",
    left_out: "Deixado de fora, pois é definido para todo o servidor: {fields}.",
    source_empty: "Nada está definido para {place} em si.",
    unwritable: "⚠ O Footnote não consegue escrever em {place}: permita que ele veja esse canal e envie mensagens nele.",
    inherited: "{value} (herdado)",
    unset: "herdado",
    apply: "Aplicar",
    cancel: "Cancelar",
    older: "Mais antigas",
    newest: "Mais recentes",
    cancelled: "Nada foi alterado.",
    expired: "Isto não está mais aberto. Use o comando de novo para ver o que mudaria agora.",
    no_level: "Esse nível não existe aqui: {level}. Escolha outro nível ou outro lugar.",
    no_field: "Nenhuma configuração se chama {name}. Escolha uma da lista.",
    nothing_given: "Preencha pelo menos uma opção do comando.",
    file_or_text: "Dê um arquivo ou um texto, não ambos.",
    changes_of: "**Alterações de {place}**",
    no_changes: "Nada foi alterado.",
    unreadable_change: "O que foi alterado não pode mais ser lido.",
    would_clear: "O que está definido para {place} não pode mais ser lido. Aplicar apaga tudo, e então tudo é herdado.",
    cleared: "O que estava definido para {place} e não podia ser lido foi apagado: tudo é herdado.",
    changed_by: "{person} alterou {place}",
    exported: "O que está definido para {place}",
    nothing_set: "Nada está definido para {place}: tudo é herdado.",
    in_file: "Tudo está no arquivo.",
    no_file: "Não foi possível anexar o arquivo. Permita que o bot anexe arquivos neste canal ou use o comando em outro.",
    file_too_large: "O arquivo tem mais de {most} bytes. Use um que /settings export criou.",
    not_json: "O arquivo não é JSON: veja a linha {line}, coluna {column}.",
    not_settings: "O arquivo não contém configurações do Footnote. Use um que /settings export criou.",
    other_version: "O arquivo é da versão {version}, que este Footnote não consegue ler. Exporte-o de novo.",
    unknown_fields: "Nenhuma configuração se chama: {fields}.",
    unreadable_field: "{field} não pode ser lido em {at}: {reason}",
    nothing_in_it: "Nada está definido no arquivo. Use /settings reset para que tudo seja herdado.",
    file_name: "configuracoes",
};

static JAPANESE: Told = Told {
    settings_of: "**{place}の設定**",
    from: "設定元：{level}",
    set_here: "ここで設定",
    without: "なければ：{value}（{level}）",
    not_offered: "⚠ 現在は提供されていません。通常のモデルが回答します",
    saved: "**{place}に保存しました**",
    unchanged: "{place}に変更はありません。すでにその設定です。",
    would_change: "**{place}で変わる内容**",
    would_not_change: "{place}で変わるものはありません。",
    left_out: "サーバー全体で設定するため除外しました：{fields}",
    source_empty: "{place}自体には何も設定されていません。",
    unwritable: "⚠ Footnoteは{place}に書き込めません。チャンネルの閲覧とメッセージの送信を許可してください。",
    inherited: "{value}（継承）",
    unset: "継承",
    apply: "適用",
    cancel: "キャンセル",
    older: "以前の変更",
    newest: "最新の変更",
    cancelled: "何も変更していません。",
    expired: "この内容はもう有効ではありません。コマンドをもう一度使って、今の変更内容を確認してください。",
    no_level: "ここにはその階層がありません：{level}。別の階層か場所を選んでください。",
    no_field: "{name}という設定はありません。一覧から選んでください。",
    nothing_given: "コマンドのオプションを一つ以上入力してください。",
    file_or_text: "ファイルかテキストのどちらか一方を指定してください。",
    changes_of: "**{place}の変更**",
    no_changes: "変更はまだありません。",
    unreadable_change: "変更の内容はもう読めません。",
    would_clear: "{place}の設定はもう読めません。適用するとすべて消去され、継承に戻ります。",
    cleared: "読めなかった{place}の設定を消去しました。すべて継承されます。",
    changed_by: "{person}が{place}を変更しました",
    exported: "{place}で設定されている内容",
    nothing_set: "{place}では何も設定されていません。すべて継承されています。",
    in_file: "すべての内容はファイルにあります。",
    no_file: "ファイルを添付できませんでした。このチャンネルでボットにファイルの添付を許可するか、別のチャンネルでコマンドを使ってください。",
    file_too_large: "ファイルが{most}バイトを超えています。/settings exportで作ったものを使ってください。",
    not_json: "ファイルがJSONではありません。{line}行{column}列を確認してください。",
    not_settings: "ファイルにFootnoteの設定がありません。/settings exportで作ったものを使ってください。",
    other_version: "ファイルのバージョン{version}は、このFootnoteでは読めません。もう一度エクスポートしてください。",
    unknown_fields: "次の設定はありません：{fields}",
    unreadable_field: "{field}の{at}を読めません：{reason}",
    nothing_in_it: "ファイルに設定がありません。すべてを継承に戻すには/settings resetを使ってください。",
    file_name: "settings",
};

/// The fixed texts of a language.
pub(super) fn told(language: Language) -> &'static Told {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
        Language::Spanish => &SPANISH,
        Language::Portuguese => &PORTUGUESE,
        Language::Japanese => &JAPANESE,
    }
}

/// What a place is called: its level, and where it is a channel, category or thread its mention.
pub(super) fn place_text(place: &Scope, language: Language) -> String {
    let level = level_name(place.level, language);
    match place.channel() {
        None => level.to_owned(),
        Some(channel) => format!("{level} <#{channel}>"),
    }
}

/// What a level is called in a sentence about where a value comes from.
pub(super) fn level_text(level: Level, language: Language) -> &'static str {
    level_name(level, language)
}

/// A head and entries as one message; where they are too long for it, the head with all of them in a file.
pub(super) fn one(head: &str, entries: &[String], language: Language) -> Message {
    let whole = joined(head, entries);
    if whole.chars().count() <= MESSAGE_LIMIT {
        return Message::new(whole);
    }
    let told = told(language);
    let file = File {
        name: format!("{}.md", told.file_name),
        text: whole + "\n",
    };
    Message::new(format!("{head}\n{}", told.in_file)).with_file(file)
}

/// The most messages that something is told in. What is longer is in a file.
const MESSAGES_AT_MOST: usize = 8;

/// A head and entries as messages: as many entries in each as fit; where those would be too many, the head with all of them in a file. An entry that no message holds is parted where it has a space; so none of
/// what is listed in it is cut, since neither domains nor mentions have one.
pub(super) fn many(head: &str, entries: &[String], language: Language) -> Vec<Message> {
    let mut texts: Vec<String> = Vec::new();
    let mut text = head.to_owned();
    for piece in entries.iter().flat_map(|entry| parted(entry)) {
        if text.chars().count() + 1 + piece.chars().count() > MESSAGE_LIMIT {
            texts.push(std::mem::take(&mut text));
        } else if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(piece);
    }
    texts.push(text);
    if texts.len() > MESSAGES_AT_MOST {
        return vec![one(head, entries, language)];
    }
    texts.into_iter().map(Message::new).collect()
}

pub(super) fn joined(head: &str, entries: &[String]) -> String {
    let lines = std::iter::once(head).chain(entries.iter().map(String::as_str));
    lines.collect::<Vec<_>>().join("\n")
}

/// An entry in pieces that a message holds.
fn parted(entry: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = entry;
    while let Some((end, _)) = rest.char_indices().nth(MESSAGE_LIMIT) {
        let held = rest.get(..end).unwrap_or(rest);
        let (piece, behind) = match held.rfind(' ') {
            Some(space) if space > 0 => (space, space + 1),
            _ => (end, end),
        };
        pieces.push(rest.get(..piece).unwrap_or(held));
        rest = rest.get(behind..).unwrap_or_default();
    }
    pieces.push(rest);
    pieces
}

/// The same message without its file, for where Discord does not take one.
pub fn without_file(message: &Message, language: Language) -> Message {
    let head = message.content().lines().next().unwrap_or_default();
    Message::new(format!("{head}\n{}", told(language).no_file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_message_holds_is_parted_between_words() {
        let domain = "a".repeat(253);
        let entry = vec![domain.clone(); 20].join(", ");
        let entries = ["One".to_owned(), entry.clone()];
        let messages = many("**Head**", &entries, Language::English);
        let texts: Vec<&str> = messages.iter().map(Message::content).collect();
        assert!(texts.len() > 2);
        let first = texts[0].strip_prefix("**Head**\nOne\n").unwrap();
        let pieces = [&[first], &texts[1..]].concat();
        assert!(pieces.iter().all(|piece| piece.starts_with(&domain)));
        assert_eq!(pieces.join(" "), entry, "nothing is lost");
        // What would flood a channel is in a file instead.
        let flood = vec![entry; 9];
        let messages = many("**Head**", &flood, Language::English);
        assert_eq!(messages, [one("**Head**", &flood, Language::English)]);
        assert!(messages[0].file().is_some());
        // Without any space it is parted where it has to be.
        let endless = "é".repeat(4_100);
        let lengths: Vec<usize> = parted(&endless)
            .iter()
            .map(|piece| piece.chars().count())
            .collect();
        assert_eq!(lengths, [2_000, 2_000, 100]);
    }

    #[test]
    fn what_is_too_long_for_one_message_is_in_a_file() {
        let entries = vec!["x".repeat(1_000); 3];
        let message = one("**Head**", &entries, Language::English);
        assert_eq!(message.content(), "**Head**\nAll of it is in the file.");
        let file = message.file().unwrap();
        assert_eq!(file.text, format!("{}\n", joined("**Head**", &entries)));
        assert!(
            one("**Head**", &entries[..1], Language::English)
                .file()
                .is_none()
        );
    }
}
