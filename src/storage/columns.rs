//! What a row holds, whatever engine it is from. Knows no table.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Error, Row as _};

/// A row whose columns are read by their names.
pub(super) trait Columns {
    /// A whole number.
    fn int(&self, column: &str) -> Result<i64, Error>;

    /// A whole number that may be missing.
    fn opt_int(&self, column: &str) -> Result<Option<i64>, Error>;

    /// A text.
    fn text(&self, column: &str) -> Result<&str, Error>;

    /// A text that may be missing.
    fn opt_text(&self, column: &str) -> Result<Option<&str>, Error>;

    /// Whether something is so.
    fn flag(&self, column: &str) -> Result<bool, Error>;

    /// A fraction that may be missing.
    fn opt_real(&self, column: &str) -> Result<Option<f64>, Error>;
}

macro_rules! columns {
    ($row:ty) => {
        impl Columns for $row {
            fn int(&self, column: &str) -> Result<i64, Error> {
                self.try_get(column)
            }

            fn opt_int(&self, column: &str) -> Result<Option<i64>, Error> {
                self.try_get(column)
            }

            fn text(&self, column: &str) -> Result<&str, Error> {
                self.try_get(column)
            }

            fn opt_text(&self, column: &str) -> Result<Option<&str>, Error> {
                self.try_get(column)
            }

            fn flag(&self, column: &str) -> Result<bool, Error> {
                self.try_get(column)
            }

            fn opt_real(&self, column: &str) -> Result<Option<f64>, Error> {
                self.try_get(column)
            }
        }
    };
}

columns!(SqliteRow);

columns!(PgRow);
