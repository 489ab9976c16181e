package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that SQLite takes for the same although their texts are not. */
@ParameterizedClass
@EnumSource(Places.Place.class)
class KeyCollationTest {
  private static final TableSchema SCHEMA =
      TableSchema.of(Column.key("k", LogicalType.STRING), Column.of("v", LogicalType.INT));
  private static final String ROWS = "SELECT k, v FROM t ORDER BY v";

  @Parameter Places.Place place = Places.Place.LOCAL;
  @TempDir Path directory;
  private Places places = Places.open(Places.Place.LOCAL, Path.of(""));
  private ChangelogDatabase from = places.database("none");

  @BeforeEach
  void open() {
    places = Places.open(place, directory);
    from = places.database("from");
  }

  @AfterEach
  void close() {
    places.close();
  }

  private ChangelogReader reader(ReaderOptions options) {
    return ChangelogReader.open(from, "t", SCHEMA, options);
  }

  @Test
  void aKeyInOtherLettersIsAnUpdate() throws Exception {
    Places.sql(
        from,
        "CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v INT)",
        "INSERT INTO t VALUES ('abc', 1), ('\u00e9', 2)");
    try (ChangelogReader reader = reader(ReaderOptions.defaults())) {
      assertEquals("+[abc, 1] +[\u00e9, 2]", Told.text(reader));
      Places.sql(from, "UPDATE t SET k = upper(k)");
      assertEquals("<[abc, 1] >[ABC, 1]", Told.text(reader));
      Places.sql(from, "UPDATE t SET k = '\u00c9' WHERE v = 2");
      assertEquals("+[\u00c9, 2] -[\u00e9, 2]", Told.text(reader));
      Places.sql(from, "DELETE FROM t WHERE k = 'Abc'");
      assertEquals("-[ABC, 1]", Told.text(reader));
    }
  }

  @Test
  void theCollationIsThatOfTheIndex() throws Exception {
    Places.sql(
        from,
        "CREATE TABLE t(k TEXT COLLATE NOCASE, v INT)",
        "CREATE UNIQUE INDEX i ON t(k COLLATE RTRIM)",
        "INSERT INTO t VALUES ('a', 1), ('A ', 2)");
    try (ChangelogReader reader = reader(ReaderOptions.defaults())) {
      assertEquals("+[a, 1] +[A , 2]", Told.text(reader));
      Places.sql(from, "UPDATE t SET k = trim(k) || '  '");
      assertEquals("<[a, 1] >[a  , 1] <[A , 2] >[A  , 2]", Told.text(reader));
    }
  }

  @Test
  void aCopyInSeveralBatchesLosesNoRow() throws Exception {
    int rows = 500;
    String table = "CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v INT NOT NULL)";
    Places.sql(
        from,
        table,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + rows
            + ") INSERT INTO t SELECT 'key ' || i, i FROM n");
    ChangelogDatabase to = places.database("to");
    Places.sql(to, table);
    WriterOptions snapshot = WriterOptions.snapshot().init(InitMode.CREATE);
    try (ChangelogReader reader = reader(ReaderOptions.defaults().maxBatchChanges(64));
        ChangelogWriter writer = ChangelogWriter.open(to, "t", SCHEMA, snapshot)) {
      Told.copy(reader, writer);
      Places.sql(from, "UPDATE t SET k = upper(k)");
      Told.copy(reader, writer);
    }
    assertEquals(Places.rows(from, ROWS), Places.rows(to, ROWS));
  }

  @Test
  void anotherCollationIsAnotherSchema() throws Exception {
    String create = "CREATE TABLE t(k TEXT COLLATE %s PRIMARY KEY NOT NULL, v INT)";
    Places.sql(from, create.formatted("BINARY"), "INSERT INTO t VALUES ('abc', 1)");
    try (ChangelogReader reader = reader(ReaderOptions.defaults())) {
      assertEquals("+[abc, 1]", Told.text(reader));
      Places.sql(from, "DROP TABLE t", create.formatted("NOCASE"));
      assertRefused(Kind.SCHEMA_CHANGED, List.of("k"), reader::poll);
      Places.sql(from, "DROP TABLE t", create.formatted("BINARY"));
      assertEquals("-[abc, 1]", Told.text(reader));
    }
  }
}
