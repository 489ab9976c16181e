package io.github.s3vfs.csv;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;

/** Makes values of fields. Immutable. */
final class FieldBinder {
  private final CsvFormat format;
  private final boolean looseTypes;

  FieldBinder(CsvImportOptions options) {
    this.format = options.format();
    this.looseTypes = options.looseTypes();
  }

  /**
   * Sets a parameter.
   *
   * @throws BadValue if the field is not of that type
   */
  void bind(PreparedStatement statement, int parameter, CsvType type, FieldList record, int field)
      throws SQLException, BadValue {
    String text = record.values().get(field);
    if (record.isNull(field, format.nullText())) {
      statement.setNull(parameter, Types.NULL);
      return;
    }
    switch (type) {
      case TEXT -> statement.setString(parameter, text);
      case BLOB -> statement.setBytes(parameter, format.blobs().bytes(text));
      case ANY -> bindNumber(statement, parameter, text, !record.quoted().get(field));
      case NUMERIC -> bindNumber(statement, parameter, text, true);
      case INTEGER -> {
        if (!bindInteger(statement, parameter, text)) {
          bindLoosely(statement, parameter, text, "is not a whole number of 64 bits");
        }
      }
      case REAL -> {
        Double value = NumberText.real(text);
        if (value == null) {
          bindLoosely(statement, parameter, text, "is not a number");
        } else {
          statement.setDouble(parameter, value);
        }
      }
    }
  }

  private static boolean bindInteger(PreparedStatement statement, int parameter, String text)
      throws SQLException {
    Long value = NumberText.integer(text);
    if (value == null) {
      return false;
    }
    statement.setLong(parameter, value);
    return true;
  }

  private static void bindNumber(
      PreparedStatement statement, int parameter, String text, boolean number) throws SQLException {
    Double real = number ? NumberText.real(text) : null;
    if (real == null) {
      statement.setString(parameter, text);
    } else if (!bindInteger(statement, parameter, text)) {
      statement.setDouble(parameter, real);
    }
  }

  /** As text, of which SQLite makes what it can by the affinity of the column. */
  private void bindLoosely(PreparedStatement statement, int parameter, String text, String problem)
      throws SQLException, BadValue {
    if (!looseTypes) {
      throw new BadValue(problem);
    }
    statement.setString(parameter, text);
  }
}
