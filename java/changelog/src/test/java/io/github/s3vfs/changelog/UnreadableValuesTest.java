package io.github.s3vfs.changelog;

import static io.github.s3vfs.changelog.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of which nothing can be made are errors of their own, and of no other row. */
class UnreadableValuesTest {
  @TempDir Path directory;

  private ChangelogDatabase database() {
    return ChangelogDatabase.file(directory.resolve("db.sqlite"));
  }

  private ChangelogReader reader(Column key, Column value) {
    return ChangelogReader.open(
        database(), "t", TableSchema.of(key, value), ReaderOptions.defaults());
  }

  private static Column key() {
    return Column.key("k", LogicalType.INT);
  }

  /** The first byte of an object; none for 0, and an empty one is more than it can bear. */
  private static final ObjectSerializer<Byte> FIRST =
      new ObjectSerializer<>() {
        @Override
        public byte[] write(Byte value) {
          return value == 0 ? new byte[] {}.clone() : new byte[] {(byte) (10 / (value - 1))};
        }

        @Override
        @SuppressWarnings("NullAway") // as a program may do it
        public Byte read(byte[] bytes) {
          return bytes[0] == 0 ? nothing() : Byte.valueOf(bytes[0]);
        }

        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
        private static <T> T nothing() {
          @Nullable T none = null;
          return none;
        }
      };

  @Test
  void anObjectThatItsSerializerFailsWithIsAnErrorOfThatRow() throws Exception {
    Places.sql(
        database(),
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (1, 'AQ=='), (2, ''), (3, 'AA=='), (4, 'BA==')");
    Column object = Column.of("v", LogicalType.object(Byte.class, FIRST));
    try (ChangelogReader reader = reader(key(), object)) {
      List<Change> changes = Told.changes(reader);
      assertEquals(
          "[[1, 1], [2, null], [3, null], [4, 4]]",
          changes.stream().map(each -> each.row().values()).toList().toString());
      assertTrue(
          String.valueOf(changes.get(1).row().errors().get("v")).contains("ArrayIndexOutOf"),
          changes::toString);
      assertTrue(
          String.valueOf(changes.get(2).row().errors().get("v")).contains("gives null"),
          changes::toString);
    }
    TableSchema schema = TableSchema.of(key(), object);
    try (ChangelogWriter writer =
        ChangelogWriter.open(database(), "t", schema, WriterOptions.snapshot())) {
      ChangelogException e =
          assertRefused(
              Kind.INVALID_VALUE,
              List.of("v"),
              () -> writer.write(0, List.of(RowEvent.insert(9L, (byte) 1))));
      assertTrue(String.valueOf(e.getMessage()).contains("ArithmeticException"), e.getMessage());
    }
  }

  @Test
  void textThatIsNotUtf8IsAnErrorAndNoOtherText() throws Exception {
    Places.sql(
        database(),
        "CREATE TABLE t(k TEXT PRIMARY KEY NOT NULL, v TEXT)",
        "INSERT INTO t VALUES (CAST(x'ff' AS TEXT), 'a'), (CAST(x'fe' AS TEXT), 'b'),"
            + " (char(65533), char(65533))");
    try (ChangelogReader reader =
        reader(Column.key("k", LogicalType.STRING), Column.of("v", LogicalType.STRING))) {
      assertEquals("+[null, a]![k] +[null, b]![k] +[\ufffd, \ufffd]", sorted(reader));
      Places.sql(database(), "UPDATE t SET v = CAST(x'61ff' AS TEXT) WHERE v = 'a'");
      assertEquals("<[null, a]![k] >[null, null]![k, v]", Told.text(reader));
      Places.sql(database(), "UPDATE t SET v = CAST(x'61fe' AS TEXT) WHERE v = x'61ff' || ''");
      List<Change> changes = Told.changes(reader);
      assertEquals(2, changes.size(), changes::toString);
      assertTrue(
          String.valueOf(changes.get(1).row().errors().get("v")).contains("x'61fe'"),
          changes::toString);
    }
  }

  private static String sorted(ChangelogReader reader) {
    return String.join(
        " ", java.util.Arrays.stream(Told.text(reader).split(" (?=[+])", -1)).sorted().toList());
  }

  @Test
  void halfOfACharacterIsNotWritten() throws Exception {
    TableSchema schema = TableSchema.of(Column.key("k", LogicalType.STRING));
    WriterOptions options = WriterOptions.snapshot().init(InitMode.CREATE);
    try (ChangelogWriter writer = ChangelogWriter.open(database(), "t", schema, options)) {
      for (String bad : List.of("\ud83d", "\ude00", "a\ude00\ud83d", "\ud83d\ud83d\ude00")) {
        assertRefused(
            Kind.INVALID_VALUE,
            List.of("k"),
            () -> writer.write(0, List.of(RowEvent.insert("fine"), RowEvent.insert(bad))));
      }
      writer.write(0, List.of(RowEvent.insert("\ud83d\ude00")));
    }
    assertEquals("\ud83d\ude00", Places.rows(database(), "SELECT k FROM t"));
  }

  @Test
  void wordsOfBoolsAreTrimmedOfAllWhiteSpace() throws Exception {
    Places.sql(
        database(),
        "CREATE TABLE t(k INTEGER PRIMARY KEY, v)",
        "INSERT INTO t VALUES (1, char(160) || 'Yes' || char(8239)), (2, char(9) || 'off ')");
    try (ChangelogReader reader = reader(key(), Column.of("v", LogicalType.BOOL))) {
      assertEquals("+[1, true] +[2, false]", Told.text(reader));
    }
  }
}
