//! In what order jobs that stand in lines have their turns: the same statements for every engine. Changes nothing.

/// The jobs of the kind `$1` that wait, each with its place in its line: each person's first before anybody's second, and of these whose last turn
/// in the line is the longest ago.
macro_rules! placed {
    ($which:literal) => {
        concat!(
            "WITH own AS (SELECT id, seq, lane, question_id, ",
            "row_number() OVER (PARTITION BY lane, person_id ORDER BY seq) AS nth, ",
            "(SELECT max(past.turn) FROM job AS past WHERE past.kind = job.kind AND past.lane = job.lane ",
            "AND past.person_id = job.person_id AND past.turn IS NOT NULL) AS last_turn ",
            "FROM job WHERE kind = $1 AND state = 'waiting'",
            $which,
            "), ",
            "placed AS (SELECT id, seq, lane, question_id, ",
            "row_number() OVER (PARTITION BY lane ORDER BY nth, last_turn NULLS FIRST, seq) AS place FROM own) ",
        )
    };
}

/// Who waits in the line `$2`, in order.
pub(super) const WAITING: &str = concat!(
    placed!(" AND lane = $2"),
    "SELECT id, question_id, place FROM placed ORDER BY place",
);

/// Whose turn it is, in order: as many as there is room for, `$2` having their turns at the same time in all and `$3` of one line. Those who are
/// first in their lines come before those who are second, and of these whose line had its last turn the longest ago.
pub(super) const NEXT: &str = concat!(
    placed!(""),
    "SELECT placed.id FROM placed WHERE placed.place <= $3 - ",
    "(SELECT count(*) FROM job AS begun WHERE begun.kind = $1 AND begun.lane = placed.lane AND begun.state = 'ready' AND begun.turn IS NOT NULL AND NOT begun.turn_over) ",
    "ORDER BY placed.place, ",
    "(SELECT max(past.turn) FROM job AS past WHERE past.kind = $1 AND past.lane = placed.lane AND past.turn IS NOT NULL) NULLS FIRST, ",
    "placed.seq LIMIT (SELECT CASE WHEN count(*) < $2 THEN $2 - count(*) ELSE 0 END ",
    "FROM job AS begun WHERE begun.kind = $1 AND begun.state = 'ready' AND begun.turn IS NOT NULL AND NOT begun.turn_over)",
);
