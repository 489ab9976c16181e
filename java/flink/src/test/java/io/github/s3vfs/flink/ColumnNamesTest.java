package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.changelog.Column;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns whose names differ by the case of some letters. */
class ColumnNamesTest {
  private static final DataType ROW =
      DataTypes.ROW(
          DataTypes.FIELD("\u00c9", DataTypes.STRING().notNull()),
          DataTypes.FIELD("\u00e9", DataTypes.STRING().notNull()),
          DataTypes.FIELD("Id", DataTypes.BIGINT().notNull()));

  @TempDir Path directory;

  @Test
  void aKeyIsFoundAsSqliteFindsIt() {
    SqliteTable table = SqliteTable.of("jdbc:sqlite:none", "t", ROW, "\u00e9", "iD");
    assertArrayEquals(new int[] {1, 2}, table.keyIndexes());
    assertEquals(
        List.of("\u00e9", "Id"), table.schema().primaryKey().stream().map(Column::name).toList());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            SqliteTable.of(
                "jdbc:sqlite:none",
                "t",
                DataTypes.ROW(DataTypes.FIELD("\u00c9", DataTypes.STRING().notNull())),
                "\u00e9"));
  }

  @Test
  void typesAreThoseOfTheColumnsThemselves() throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("db.sqlite");
    Databases.run(
        url,
        "CREATE TABLE t(\"\u00c9\" TEXT, \"\u00e9\" TEXT, \"iD\" INTEGER, \"\u00ce\" INTEGER)");
    DataType other =
        DataTypes.ROW(
            DataTypes.FIELD("\u00e9", DataTypes.STRING()),
            DataTypes.FIELD("\u00ee", DataTypes.STRING()));
    try (Connection connection = DriverManager.getConnection(url)) {
      ColumnTypes.check(connection, SqliteTable.of(url, "t", ROW));
      ColumnTypes.check(connection, SqliteTable.of(url, "t", other));
      SqliteTable bad =
          SqliteTable.of(url, "t", DataTypes.ROW(DataTypes.FIELD("ID", DataTypes.STRING())));
      assertThrows(IllegalArgumentException.class, () -> ColumnTypes.check(connection, bad));
    }
  }
}
