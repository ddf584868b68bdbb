//! The fixed texts of the panel, in every language that Footnote speaks. A text that one lacks does not compile.

use crate::conversation::language::Language;

/// The texts of one language. What stands in braces is filled in; labels of buttons have at most 80 characters, of fields in forms 45, and
/// what a menu says 150.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Words {
    /// Above everything that is in force in the server.
    pub(super) title_server: &'static str,
    /// Above everything that is in force in `{place}`.
    pub(super) title: &'static str,
    /// What a menu says that offers the fields.
    pub(super) fields: &'static str,
    /// What a menu says that offers other places.
    pub(super) elsewhere: &'static str,
    /// Lets everything be inherited; on a button.
    pub(super) reset: &'static str,
    /// Before everything is inherited in `{place}`: these `{fields}` would be.
    pub(super) would_reset: &'static str,
    /// The same for the server.
    pub(super) would_reset_server: &'static str,
    /// Nothing is set in the place.
    pub(super) nothing_set: &'static str,
    /// Before the value that is set in the place.
    pub(super) here: &'static str,
    /// Before a value that is inherited.
    pub(super) inherited: &'static str,
    /// Before the value that would be in force without the one that is.
    pub(super) without: &'static str,
    /// Lets a field be inherited; on a button.
    pub(super) inherit: &'static str,
    /// Leads back to all fields; on a button.
    pub(super) back: &'static str,
    /// Opens a form for domains that are allowed; on a button.
    pub(super) allow: &'static str,
    /// The same for domains that are denied.
    pub(super) deny: &'static str,
    /// The same for domains that are taken out of the list.
    pub(super) remove: &'static str,
    /// Opens a form for dates; on a button.
    pub(super) dates: &'static str,
    /// Opens a form for any other value; on a button.
    pub(super) write: &'static str,
    /// Opens a form for the name of a list of domains; on a button.
    pub(super) keep: &'static str,
    /// What a menu says that drops a list of domains.
    pub(super) drop: &'static str,
    /// What a menu says that offers lists of domains.
    pub(super) preset: &'static str,
    /// The list of that name.
    pub(super) documentation: &'static str,
    /// The list of that name.
    pub(super) academic: &'static str,
    /// The list of that name.
    pub(super) news: &'static str,
    /// The list of that name.
    pub(super) official: &'static str,
    /// What a menu says that offers values.
    pub(super) choose: &'static str,
    /// What a menu says that offers roles and people.
    pub(super) who: &'static str,
    /// What a menu says that offers roles.
    pub(super) roles: &'static str,
    /// What a menu says that offers channels.
    pub(super) channel: &'static str,
    /// Above the field of a form for domains.
    pub(super) domains_field: &'static str,
    /// Above a field for a date.
    pub(super) published_after: &'static str,
    /// Above a field for a date.
    pub(super) published_before: &'static str,
    /// Above a field for a date.
    pub(super) updated_after: &'static str,
    /// Above a field for a date.
    pub(super) updated_before: &'static str,
    /// What a field for a date shows while it is empty.
    pub(super) day: &'static str,
    /// Above the field for a language.
    pub(super) one_language: &'static str,
    /// Above the field for several languages.
    pub(super) languages: &'static str,
    /// Above the field for a country.
    pub(super) country: &'static str,
    /// Above the field for how answers are to be written.
    pub(super) instruction: &'static str,
    /// Above the field for how many earlier exchanges are sent along.
    pub(super) turns: &'static str,
    /// Above the field for how much of them.
    pub(super) tokens: &'static str,
    /// Above the field for the name of a list.
    pub(super) list_name: &'static str,
    /// A change is saved.
    pub(super) saved: &'static str,
    /// A change changed nothing.
    pub(super) unchanged: &'static str,
    /// A change is saved, and the panel could not be shown anew.
    pub(super) saved_unshown: &'static str,
    /// `{person}` changed these `{fields}` since the panel was shown.
    pub(super) overtaken: &'static str,
    /// Somebody did, and it is not known who or what.
    pub(super) overtaken_unknown: &'static str,
    /// `{text}` is no number.
    pub(super) no_number: &'static str,
}

/// The texts of a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
        Language::Spanish => &SPANISH,
        Language::Portuguese => &PORTUGUESE,
        Language::Japanese => &JAPANESE,
    }
}

static ENGLISH: Words = Words {
    title_server: "Settings of this server",
    title: "Settings of {place}",
    fields: "Change a setting…",
    elsewhere: "Another channel, category or thread…",
    reset: "Reset all",
    would_reset: "These settings of {place} would be removed, and inherited again: {fields}.",
    would_reset_server: "These settings of the server would be removed, so that the operator's apply again: {fields}.",
    nothing_set: "Nothing is set here.",
    here: "Set here",
    inherited: "Inherited",
    without: "Without that",
    inherit: "Inherit",
    back: "Back",
    allow: "Allow…",
    deny: "Deny…",
    remove: "Remove…",
    dates: "Dates…",
    write: "Write…",
    keep: "Keep the current domains…",
    drop: "Delete a list…",
    preset: "Use a list of domains…",
    documentation: "Documentation",
    academic: "Academic",
    news: "News",
    official: "Official",
    choose: "Choose…",
    who: "Roles and people who may ask…",
    roles: "Roles…",
    channel: "Channel…",
    domains_field: "Domains, one per line",
    published_after: "Published after",
    published_before: "Published before",
    updated_after: "Updated after",
    updated_before: "Updated before",
    day: "2026-11-23",
    one_language: "Language, by its name or code",
    languages: "Languages, separated by commas",
    country: "Country, by its name or code",
    instruction: "How answers are to be written",
    turns: "Earlier exchanges sent along, at most",
    tokens: "Tokens of them, at most",
    list_name: "Name of the list",
    saved: "Saved.",
    unchanged: "It was set like that already.",
    saved_unshown: "Your change is saved, but the panel could not be shown anew. Open it again with `/settings panel`.",
    overtaken: "{person} changed {fields} while you were looking, so nothing of yours was saved. This is what is set now.",
    overtaken_unknown: "Somebody changed these settings while you were looking, so nothing of yours was saved. This is what is set now.",
    no_number: "“{text}” is not a whole number. Write digits only, such as 6.",
};

static GERMAN: Words = Words {
    title_server: "Einstellungen dieses Servers",
    title: "Einstellungen von {place}",
    fields: "Eine Einstellung ändern …",
    elsewhere: "Ein anderer Kanal, Thread oder eine Kategorie …",
    reset: "Alles zurücksetzen",
    would_reset: "Diese Einstellungen von {place} würden entfernt und wieder geerbt: {fields}.",
    would_reset_server: "Diese Einstellungen des Servers würden entfernt, sodass wieder die des Betreibers gelten: {fields}.",
    nothing_set: "Hier ist nichts eingestellt.",
    here: "Hier eingestellt",
    inherited: "Geerbt",
    without: "Ohne das",
    inherit: "Erben",
    back: "Zurück",
    allow: "Erlauben …",
    deny: "Sperren …",
    remove: "Entfernen …",
    dates: "Daten …",
    write: "Schreiben …",
    keep: "Die jetzigen Domains aufheben …",
    drop: "Eine Liste löschen …",
    preset: "Eine Liste von Domains verwenden …",
    documentation: "Dokumentation",
    academic: "Wissenschaft",
    news: "Nachrichten",
    official: "Amtliches",
    choose: "Auswählen …",
    who: "Rollen und Personen, die fragen dürfen …",
    roles: "Rollen …",
    channel: "Kanal …",
    domains_field: "Domains, eine pro Zeile",
    published_after: "Veröffentlicht nach dem",
    published_before: "Veröffentlicht vor dem",
    updated_after: "Aktualisiert nach dem",
    updated_before: "Aktualisiert vor dem",
    day: "2026-11-23",
    one_language: "Sprache, mit Namen oder Kürzel",
    languages: "Sprachen, durch Kommas getrennt",
    country: "Land, mit Namen oder Kürzel",
    instruction: "Wie Antworten geschrieben sein sollen",
    turns: "Mitgesendete frühere Fragen, höchstens",
    tokens: "Tokens davon, höchstens",
    list_name: "Name der Liste",
    saved: "Gespeichert.",
    unchanged: "Es war schon so eingestellt.",
    saved_unshown: "Deine Änderung ist gespeichert, aber das Bedienfeld konnte nicht neu gezeigt werden. Öffne es noch einmal mit `/settings panel`.",
    overtaken: "{person} hat währenddessen geändert: {fields}. Von dir wurde nichts gespeichert. Das ist jetzt eingestellt.",
    overtaken_unknown: "Jemand hat diese Einstellungen währenddessen geändert. Von dir wurde nichts gespeichert. Das ist jetzt eingestellt.",
    no_number: "„{text}“ ist keine ganze Zahl. Schreibe nur Ziffern, etwa 6.",
};

static FRENCH: Words = Words {
    title_server: "Paramètres de ce serveur",
    title: "Paramètres de {place}",
    fields: "Modifier un paramètre…",
    elsewhere: "Un autre salon, fil ou catégorie…",
    reset: "Tout réinitialiser",
    would_reset: "Ces paramètres de {place} seraient supprimés, et de nouveau hérités : {fields}.",
    would_reset_server: "Ces paramètres du serveur seraient supprimés, et ceux de l’opérateur s’appliqueraient de nouveau : {fields}.",
    nothing_set: "Rien n’est défini ici.",
    here: "Défini ici",
    inherited: "Hérité",
    without: "Sans cela",
    inherit: "Hériter",
    back: "Retour",
    allow: "Autoriser…",
    deny: "Bloquer…",
    remove: "Retirer…",
    dates: "Dates…",
    write: "Écrire…",
    keep: "Garder les domaines actuels…",
    drop: "Supprimer une liste…",
    preset: "Utiliser une liste de domaines…",
    documentation: "Documentation",
    academic: "Recherche universitaire",
    news: "Actualités",
    official: "Sites officiels",
    choose: "Choisir…",
    who: "Rôles et personnes qui peuvent demander…",
    roles: "Rôles…",
    channel: "Salon…",
    domains_field: "Domaines, un par ligne",
    published_after: "Publié après le",
    published_before: "Publié avant le",
    updated_after: "Mis à jour après le",
    updated_before: "Mis à jour avant le",
    day: "2026-11-23",
    one_language: "Langue, par son nom ou son code",
    languages: "Langues, séparées par des virgules",
    country: "Pays, par son nom ou son code",
    instruction: "Comment écrire les réponses",
    turns: "Échanges précédents envoyés, au plus",
    tokens: "Leurs tokens, au plus",
    list_name: "Nom de la liste",
    saved: "Enregistré.",
    unchanged: "C’était déjà défini ainsi.",
    saved_unshown: "Votre modification est enregistrée, mais le panneau n’a pas pu être affiché de nouveau. Ouvrez-le encore avec `/settings panel`.",
    overtaken: "{person} a modifié entre-temps : {fields}. Rien n’a été enregistré de votre part. Voici ce qui est défini maintenant.",
    overtaken_unknown: "Quelqu’un a modifié ces paramètres entre-temps. Rien n’a été enregistré de votre part. Voici ce qui est défini maintenant.",
    no_number: "« {text} » n’est pas un nombre entier. N’écrivez que des chiffres, par exemple 6.",
};

static SPANISH: Words = Words {
    title_server: "Ajustes de este servidor",
    title: "Ajustes de {place}",
    fields: "Cambiar un ajuste…",
    elsewhere: "Otro canal, hilo o categoría…",
    reset: "Restablecer todo",
    would_reset: "Se quitarían estos ajustes de {place}, y volverían a heredarse: {fields}.",
    would_reset_server: "Se quitarían estos ajustes del servidor, y volverían a valer los del operador: {fields}.",
    nothing_set: "Aquí no hay nada ajustado.",
    here: "Ajustado aquí",
    inherited: "Heredado",
    without: "Sin eso",
    inherit: "Heredar",
    back: "Volver",
    allow: "Permitir…",
    deny: "Bloquear…",
    remove: "Quitar…",
    dates: "Fechas…",
    write: "Escribir…",
    keep: "Guardar los dominios actuales…",
    drop: "Borrar una lista…",
    preset: "Usar una lista de dominios…",
    documentation: "Documentación",
    academic: "Académico",
    news: "Noticias",
    official: "Sitios oficiales",
    choose: "Elegir…",
    who: "Roles y personas que pueden preguntar…",
    roles: "Roles…",
    channel: "Canal…",
    domains_field: "Dominios, uno por línea",
    published_after: "Publicado después del",
    published_before: "Publicado antes del",
    updated_after: "Actualizado después del",
    updated_before: "Actualizado antes del",
    day: "2026-11-23",
    one_language: "Idioma, por su nombre o código",
    languages: "Idiomas, separados por comas",
    country: "País, por su nombre o código",
    instruction: "Cómo escribir las respuestas",
    turns: "Intercambios previos enviados, como máximo",
    tokens: "Sus tokens, como máximo",
    list_name: "Nombre de la lista",
    saved: "Guardado.",
    unchanged: "Ya estaba ajustado así.",
    saved_unshown: "Su cambio está guardado, pero el panel no se pudo mostrar de nuevo. Ábralo otra vez con `/settings panel`.",
    overtaken: "{person} cambió entretanto: {fields}. No se guardó nada suyo. Esto es lo que hay ahora.",
    overtaken_unknown: "Alguien cambió estos ajustes entretanto. No se guardó nada suyo. Esto es lo que hay ahora.",
    no_number: "«{text}» no es un número entero. Escriba solo cifras, por ejemplo 6.",
};

static PORTUGUESE: Words = Words {
    title_server: "Configurações deste servidor",
    title: "Configurações de {place}",
    fields: "Alterar uma configuração…",
    elsewhere: "Outro canal, tópico ou categoria…",
    reset: "Redefinir tudo",
    would_reset: "Estas configurações de {place} seriam removidas, e voltariam a ser herdadas: {fields}.",
    would_reset_server: "Estas configurações do servidor seriam removidas, e voltariam a valer as do operador: {fields}.",
    nothing_set: "Nada está definido aqui.",
    here: "Definido aqui",
    inherited: "Herdado",
    without: "Sem isso",
    inherit: "Herdar",
    back: "Voltar",
    allow: "Permitir…",
    deny: "Bloquear…",
    remove: "Remover…",
    dates: "Datas…",
    write: "Escrever…",
    keep: "Guardar os domínios atuais…",
    drop: "Excluir uma lista…",
    preset: "Usar uma lista de domínios…",
    documentation: "Documentação",
    academic: "Acadêmico",
    news: "Notícias",
    official: "Sites oficiais",
    choose: "Escolher…",
    who: "Cargos e pessoas que podem perguntar…",
    roles: "Cargos…",
    channel: "Canal…",
    domains_field: "Domínios, um por linha",
    published_after: "Publicado depois de",
    published_before: "Publicado antes de",
    updated_after: "Atualizado depois de",
    updated_before: "Atualizado antes de",
    day: "2026-11-23",
    one_language: "Idioma, pelo nome ou código",
    languages: "Idiomas, separados por vírgulas",
    country: "País, pelo nome ou código",
    instruction: "Como escrever as respostas",
    turns: "Trocas anteriores enviadas, no máximo",
    tokens: "Tokens delas, no máximo",
    list_name: "Nome da lista",
    saved: "Salvo.",
    unchanged: "Já estava definido assim.",
    saved_unshown: "Sua alteração foi salva, mas o painel não pôde ser mostrado de novo. Abra-o outra vez com `/settings panel`.",
    overtaken: "{person} alterou enquanto isso: {fields}. Nada seu foi salvo. Isto é o que está definido agora.",
    overtaken_unknown: "Alguém alterou estas configurações enquanto isso. Nada seu foi salvo. Isto é o que está definido agora.",
    no_number: "“{text}” não é um número inteiro. Escreva só algarismos, por exemplo 6.",
};

static JAPANESE: Words = Words {
    title_server: "このサーバーの設定",
    title: "{place} の設定",
    fields: "設定を変更…",
    elsewhere: "別のチャンネル、カテゴリー、スレッド…",
    reset: "すべてリセット",
    would_reset: "{place} の次の設定が削除され、再び継承されます：{fields}。",
    would_reset_server: "サーバーの次の設定が削除され、再び運営者の設定が適用されます：{fields}。",
    nothing_set: "ここでは何も設定されていません。",
    here: "ここでの設定",
    inherited: "継承",
    without: "それがない場合",
    inherit: "継承する",
    back: "戻る",
    allow: "許可…",
    deny: "拒否…",
    remove: "外す…",
    dates: "日付…",
    write: "入力…",
    keep: "現在のドメインを保存…",
    drop: "リストを削除…",
    preset: "ドメインのリストを使う…",
    documentation: "ドキュメント",
    academic: "学術",
    news: "ニュース",
    official: "公的機関",
    choose: "選択…",
    who: "質問できるロールとメンバー…",
    roles: "ロール…",
    channel: "チャンネル…",
    domains_field: "ドメイン（1行に1つ）",
    published_after: "公開日がこの日より後",
    published_before: "公開日がこの日より前",
    updated_after: "更新日がこの日より後",
    updated_before: "更新日がこの日より前",
    day: "2026-11-23",
    one_language: "言語（名前またはコード）",
    languages: "言語（カンマ区切り）",
    country: "国（名前またはコード）",
    instruction: "回答の書き方",
    turns: "一緒に送る過去のやり取りの上限",
    tokens: "そのトークン数の上限",
    list_name: "リストの名前",
    saved: "保存しました。",
    unchanged: "すでにそのように設定されています。",
    saved_unshown: "変更は保存されましたが、パネルを表示し直せませんでした。`/settings panel` で開き直してください。",
    overtaken: "その間に {person} さんが変更しました：{fields}。あなたの変更は保存されていません。現在の設定は次のとおりです。",
    overtaken_unknown: "その間に誰かがこれらの設定を変更しました。あなたの変更は保存されていません。現在の設定は次のとおりです。",
    no_number: "「{text}」は整数ではありません。6 のように数字だけを入力してください。",
};

#[cfg(test)]
mod tests;
