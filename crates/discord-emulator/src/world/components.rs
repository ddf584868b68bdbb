//! What the components of messages and forms have in common: their numbers, and how they are nested. Checks nothing.

use serde_json::Value;

// https://docs.discord.com/developers/components/reference
pub(crate) const ROW: u64 = 1;
pub(crate) const BUTTON: u64 = 2;
pub(crate) const STRING_SELECT: u64 = 3;
pub(crate) const TEXT_INPUT: u64 = 4;
pub(crate) const USER_SELECT: u64 = 5;
pub(crate) const ROLE_SELECT: u64 = 6;
pub(crate) const MENTIONABLE_SELECT: u64 = 7;
pub(crate) const CHANNEL_SELECT: u64 = 8;
pub(crate) const TEXT_DISPLAY: u64 = 10;
pub(crate) const LABEL: u64 = 18;
pub(crate) const FILE_UPLOAD: u64 = 19;
pub(crate) const RADIO_GROUP: u64 = 21;
pub(crate) const CHECKBOX_GROUP: u64 = 22;
pub(crate) const CHECKBOX: u64 = 23;

/// The style of a button that opens a link.
pub(crate) const LINK: u64 = 5;

/// The number of a component's type; 0 when it has none.
pub(crate) fn kind(component: &Value) -> u64 {
    component["type"].as_u64().unwrap_or(0)
}

/// All components, each before what is inside of it.
pub(crate) fn flattened(components: &[Value]) -> Vec<&Value> {
    let mut all = Vec::new();
    for component in components {
        all.push(component);
        if let Some(inner) = component["components"].as_array() {
            all.extend(flattened(inner));
        }
        for single in ["accessory", "component"] {
            if component[single].is_object() {
                all.extend(flattened(std::slice::from_ref(&component[single])));
            }
        }
    }
    all
}

/// Gives every component without an id the lowest that is free, from 1 on, as Discord does.
pub(crate) fn number(components: &mut [Value]) {
    let taken: Vec<u64> = flattened(components)
        .into_iter()
        .filter_map(|component| component["id"].as_u64())
        .collect();
    let mut free = (1..).filter(|id| !taken.contains(id));
    number_with(components, &mut free);
}

fn number_with(components: &mut [Value], free: &mut impl Iterator<Item = u64>) {
    for component in components {
        if component["id"].as_u64().unwrap_or(0) == 0
            && let (Some(fields), Some(id)) = (component.as_object_mut(), free.next())
        {
            fields.insert("id".to_owned(), Value::from(id));
        }
        if let Some(inner) = component
            .get_mut("components")
            .and_then(Value::as_array_mut)
        {
            number_with(inner, free);
        }
        for single in ["accessory", "component"] {
            let inner = component.get_mut(single).filter(|inner| inner.is_object());
            if let Some(inner) = inner {
                number_with(std::slice::from_mut(inner), free);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_that_are_missing_are_given_in_order_and_those_sent_are_kept() {
        let mut components = [
            json!({"type": 1, "components": [{"type": 2, "id": 1}, {"type": 2}]}),
            json!({"type": 9, "components": [{"type": 10}], "accessory": {"type": 11}}),
        ];
        number(&mut components);
        let ids: Vec<u64> = flattened(&components)
            .iter()
            .map(|component| component["id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids, [2, 1, 3, 4, 5, 6]);
    }
}
