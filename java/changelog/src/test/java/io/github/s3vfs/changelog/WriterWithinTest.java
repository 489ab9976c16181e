package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a program writes of its own, in the transaction of a batch. */
@ParameterizedClass
@EnumSource(Places.Place.class)
class WriterWithinTest {
  private static final TableSchema SCHEMA = TableSchema.of(Column.key("k", LogicalType.INT));
  private static final String BOTH = "SELECT (SELECT group_concat(k) FROM t), (SELECT n FROM done)";

  @Parameter Places.Place place = Places.Place.LOCAL;
  @TempDir Path directory;
  private Places places = Places.open(Places.Place.LOCAL, Path.of(""));
  private ChangelogDatabase database = places.database("none");

  @BeforeEach
  void open() throws Exception {
    places = Places.open(place, directory);
    database = places.database("db");
    Places.sql(
        database,
        "CREATE TABLE t(k INTEGER PRIMARY KEY)",
        "CREATE TABLE done(n INT)",
        "INSERT INTO done VALUES (0)");
  }

  @AfterEach
  void close() {
    places.close();
  }

  private ChangelogWriter writer(WriterOptions options) {
    return ChangelogWriter.open(database, "t", SCHEMA, options);
  }

  private static ChangelogWriter.Within done(int n, boolean write) {
    return connection -> {
      Places.run(connection, "UPDATE done SET n = " + n);
      return write;
    };
  }

  @Test
  void isCommittedWithTheEvents() throws Exception {
    try (ChangelogWriter writer = writer(WriterOptions.snapshot())) {
      writer.writeWithin(0, List.of(RowEvent.insert(1L), RowEvent.insert(2L)), done(7, true));
      assertEquals("1,2|7", Places.rows(database, BOTH));
      writer.writeWithin(0, List.of(), done(8, true));
      assertEquals("1,2|8", Places.rows(database, BOTH));
    }
  }

  @Test
  void mayLeaveTheEventsOut() throws Exception {
    try (ChangelogWriter writer = writer(WriterOptions.snapshot())) {
      writer.writeWithin(0, List.of(RowEvent.insert(1L)), done(7, false));
    }
    assertEquals("NULL|7", Places.rows(database, BOTH));
  }

  @Test
  void isUndoneWithTheEvents() throws Exception {
    Places.sql(
        database, "CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'no'); END");
    try (ChangelogWriter writer = writer(WriterOptions.snapshot())) {
      assertRefused(
          Kind.CONSTRAINT,
          List.of(),
          () -> writer.writeWithin(0, List.of(RowEvent.insert(1L)), done(7, true)));
      assertEquals("NULL|0", Places.rows(database, BOTH));
      assertRefused(
          Kind.DATABASE_FAILED,
          List.of(),
          () ->
              writer.writeWithin(
                  0,
                  List.of(),
                  connection -> {
                    boolean unused = done(9, true).run(connection);
                    throw new SQLException("of the program");
                  }));
      assertEquals("NULL|0", Places.rows(database, BOTH));
      IllegalStateException thrown = new IllegalStateException("of the program");
      assertEquals(
          thrown,
          assertThrows(
              IllegalStateException.class,
              () ->
                  writer.writeWithin(
                      0,
                      List.of(),
                      connection -> {
                        boolean unused = done(9, true).run(connection);
                        throw thrown;
                      })));
      assertThrows(
          AssertionError.class,
          () ->
              writer.writeWithin(
                  0,
                  List.of(),
                  connection -> {
                    throw new AssertionError("of the program");
                  }));
      assertEquals("NULL|0", Places.rows(database, BOTH));
      Places.sql(database, "DROP TRIGGER no");
      writer.writeWithin(0, List.of(RowEvent.insert(1L)), done(7, true));
      assertEquals("1|7", Places.rows(database, BOTH));
    }
  }

  @Test
  void isOneTransactionOrNone() throws Exception {
    try (ChangelogWriter writer = writer(WriterOptions.snapshot().maxBatchSize(1))) {
      assertRefused(
          Kind.INVALID_BATCH_SIZE,
          List.of(),
          () ->
              writer.writeWithin(
                  0, List.of(RowEvent.insert(1L), RowEvent.insert(2L)), done(7, true)));
    }
    assertEquals("NULL|0", Places.rows(database, BOTH));
  }

  @Test
  void eventsAreCheckedBeforehand() {
    RowEvent.insert(1L).check(SCHEMA);
    assertRefused(Kind.INVALID_VALUE, List.of("k"), () -> RowEvent.insert("x").check(SCHEMA));
    assertRefused(Kind.INVALID_VALUE, List.of(), () -> RowEvent.insert(1L, 2L).check(SCHEMA));
    assertRefused(
        Kind.ROW_HAS_ERRORS,
        List.of("k"),
        () -> new RowEvent(List.of(1L), 1, Map.of("k", "bad")).check(SCHEMA));
  }
}
