package io.github.s3vfs.select.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random tables that DuckDB has written, and random queries that it answers, too. */
class DuckDbTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  @TempDir Path folder;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  /**
   * A type of columns.
   *
   * @param sql its name in DuckDB
   * @param value DuckDB's expression of a random value of a row i
   * @param shown DuckDB's expression of a column as text
   * @param literals constants to compare with
   */
  private record Type(String sql, String value, String shown, List<Literal> literals) {}

  /** A constant in our language, and in DuckDB's. */
  private record Literal(String ours, String theirs) {}

  private static List<Literal> same(String... literals) {
    return Arrays.stream(literals).map(text -> new Literal(text, text)).toList();
  }

  private static final List<Literal> INSTANTS =
      List.of(
          new Literal(
              "to_timestamp('2001-09-09T01:46:40Z')", "timestamptz '2001-09-09 01:46:40+00'"),
          new Literal(
              "to_timestamp('2005-01-01T00:00:00.5Z')", "timestamptz '2005-01-01 00:00:00.5+00'"));

  private static final List<Literal> LOCAL =
      List.of(
          new Literal("to_timestamp('2001-09-09T01:46:40Z')", "timestamp '2001-09-09 01:46:40'"),
          new Literal(
              "to_timestamp('2005-01-01T00:00:00.5Z')", "timestamp '2005-01-01 00:00:00.5'"));

  private static final List<Literal> DATES =
      List.of(
          new Literal("to_timestamp('2001-09-09T')", "date '2001-09-09'"),
          new Literal("to_timestamp('2010-01-01T')", "date '2010-01-01'"));

  private static final List<Type> TYPES =
      List.of(
          new Type("tinyint", "(R * 250 - 125)", "%s", same("0", "100", "-7")),
          new Type("usmallint", "(R * 65535)", "%s", same("0", "40000")),
          new Type("integer", "(R * 2000 - 1000)", "%s", same("0", "500", "-999")),
          new Type("uinteger", "(R * 4294967295)", "%s", same("3000000000")),
          new Type("bigint", "(I * 3 - 1000)", "%s", same("0", "5000", "20000", "-1")),
          new Type("ubigint", "(R * 18000000000000000000)::double", "%s", same("1000000000000")),
          new Type("boolean", "R < 0.5", "%s", same("true", "false")),
          new Type("float", "(round(R * 4000) / 4 - 500)", "%s::double", same("0.25", "-100.5")),
          new Type("double", "(round(R * 8000) / 8 - 500)", "%s", same("0.125", "10")),
          new Type("decimal(4,1)", "(R * 900)", "%s", same("500", "0.5")),
          new Type("decimal(18,3)", "(R * 900000)", "%s", same("500000", "0.125")),
          new Type("decimal(38,5)", "(R * 900000)", "%s", same("500000")),
          new Type(
              "varchar",
              "'v' || (I * 7919 % 97)::varchar || repeat('é', (I % 3)::int)",
              "%s",
              same("'v5'", "'v96é'", "''")),
          new Type("varchar", "'k' || (I // 1000)::varchar", "%s", same("'k1'", "'k3'")),
          new Type(
              "date", "date '2000-01-01' + (R * 5000)::int", "epoch_us((%s)::timestamp)", DATES),
          new Type(
              "timestamp",
              "make_timestamp(946684800000000 + (I * 60000001))",
              "epoch_us(%s)",
              LOCAL),
          new Type(
              "timestamp_ms",
              "make_timestamp(946684800000000 + (R * 300000000000000)::bigint)",
              "epoch_us(%s)",
              LOCAL),
          new Type(
              "timestamptz",
              "make_timestamptz(946684800000000 + (R * 300000000000000)::bigint)",
              "epoch_us(%s)",
              INSTANTS),
          new Type(
              "uuid",
              "md5(I::varchar)::uuid",
              "%s",
              same("'80000000-0000-0000-0000-000000000000'")));

  private record Column(String name, Type type) {
    boolean isNumber() {
      return !type.shown.contains("epoch")
          && !type.sql.equals("varchar")
          && !type.sql.equals("boolean")
          && !type.sql.equals("uuid");
    }
  }

  /** A condition in our language, and in DuckDB's. */
  private record Condition(String ours, String theirs) {}

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private Condition condition(List<Column> columns, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      Condition a = condition(columns, depth - 1);
      Condition b = condition(columns, depth - 1);
      return switch (random.nextInt(5)) {
        case 0 -> new Condition("not (" + a.ours + ")", "not (" + a.theirs + ")");
        case 1, 2 ->
            new Condition(
                "(" + a.ours + " or " + b.ours + ")", "(" + a.theirs + " or " + b.theirs + ")");
        default ->
            new Condition(
                "(" + a.ours + " and " + b.ours + ")", "(" + a.theirs + " and " + b.theirs + ")");
      };
    }
    Column column = any(columns);
    Literal x = any(column.type.literals);
    Literal y = any(column.type.literals);
    String shape =
        any(
            List.of(
                "%s = %s",
                "%s <> %s",
                "%s < %s",
                "%s <= %s",
                "%s > %s",
                "%s >= %s",
                "%s between %s and %s",
                "%s in (%s, %s)",
                "%s not in (%s, %s)",
                "%s is null",
                "%s is not null",
                "R%s < %s"));
    if (column.type.sql.equals("varchar") && random.nextInt(3) == 0) {
      shape = "%s like '%%" + random.nextInt(10) + "_'";
    }
    if (shape.startsWith("R")) {
      return new Condition(x.ours + " < " + column.name, x.theirs + " < " + column.name);
    }
    return new Condition(
        shape.formatted(column.name, x.ours, y.ours),
        shape.formatted(column.name, x.theirs, y.theirs));
  }

  @Test
  void answersAreThoseOfDuckDb() throws Exception {
    System.out.println("seed " + seed);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("set threads = 1");
      statement.execute("set timezone = 'UTC'");
      for (int table = 0; table < (THOROUGH ? 60 : 5); table++) {
        table(statement, table);
      }
    }
  }

  private void table(Statement statement, int number) throws SQLException, IOException {
    List<Column> columns = new ArrayList<>();
    StringBuilder select = new StringBuilder();
    for (int i = 1 + random.nextInt(12); i >= 0; i--) {
      Type type = any(TYPES);
      Column column = new Column("c" + i, type);
      columns.add(column);
      String value = type.value.replace("R", "random()").replace("I", "i");
      int nulls = any(List.of(0, 0, 10, 90));
      select
          .append(select.isEmpty() ? "" : ", ")
          .append("case when random() * 100 < " + nulls + " then null else ")
          .append(value)
          .append(" end::" + type.sql + " as " + column.name);
    }
    Path file = folder.resolve("t" + number + ".parquet");
    int rows = any(List.of(1, 100, 5_000, 12_000));
    String options =
        "format parquet, row_group_size %d, codec '%s', parquet_version '%s'"
            .formatted(
                any(List.of(2_048, 4_096, 100_000)),
                any(List.of("uncompressed", "snappy", "gzip", "zstd", "lz4_raw")),
                any(List.of("V1", "V2")));
    statement.execute("select setseed(0." + (seed & 0xFFFF) + ")");
    statement.execute(
        "copy (select "
            + select
            + " from range("
            + rows
            + ") r(i)) to '"
            + file
            + "' ("
            + options
            + ")");
    for (int i = 0; i < (THOROUGH ? 60 : 15); i++) {
      query(statement, file, columns, select + " " + options + " " + rows);
    }
  }

  private void query(Statement statement, Path file, List<Column> columns, String table)
      throws SQLException, IOException {
    Condition condition = random.nextInt(6) == 0 ? null : condition(columns, random.nextInt(3));
    String where = condition == null ? "" : " where " + condition.ours;
    String theirWhere = condition == null ? "" : " where " + condition.theirs;
    String ours;
    String theirs;
    if (random.nextInt(3) == 0) {
      Column column = any(columns);
      Column number = columns.stream().filter(Column::isNumber).findFirst().orElse(null);
      ours = "count(*), count(" + column.name + ")";
      theirs = ours;
      if (number != null) {
        ours += ", min(" + number.name + "), max(" + number.name + ")";
        theirs += ", " + shown(number, "min(%s)") + ", " + shown(number, "max(%s)");
      }
    } else {
      List<Column> chosen =
          random.nextInt(3) == 0
              ? columns
              : columns.stream().filter(column -> random.nextInt(3) == 0).toList();
      chosen = chosen.isEmpty() ? columns : chosen;
      ours =
          chosen == columns ? "*" : String.join(", ", chosen.stream().map(Column::name).toList());
      theirs = String.join(", ", chosen.stream().map(column -> shown(column, "%s")).toList());
    }
    String limit = random.nextInt(5) == 0 && !ours.startsWith("count") ? " limit 7" : "";
    String query = "select " + ours + " from s3object" + where + limit;
    List<List<@Nullable String>> expected =
        rows(statement, "select " + theirs + " from '" + file + "'" + theirWhere + limit);
    String message = "seed " + seed + ": " + query + "\n" + table;
    List<List<@Nullable String>> found;
    try {
      found = rows(query, file);
    } catch (RuntimeException e) {
      throw new AssertionError(message, e);
    }
    assertEquals(expected.size(), found.size(), message);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), found.get(i), "row " + i + ", " + message);
    }
  }

  private static String shown(Column column, String of) {
    return column.type.shown.formatted(of.formatted(column.name));
  }

  private static List<List<@Nullable String>> rows(Statement statement, String query)
      throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      int count = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
          Object value = result.getObject(i);
          row.add(value == null ? null : value.toString());
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<List<@Nullable String>> rows(String query, Path file) throws IOException {
    List<List<@Nullable String>> all = new ArrayList<>();
    try (SelectRows rows = S3Select.query(query, ObjectSource.of(file), Queries.PARQUET)) {
      while (rows.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 0; i < rows.columnCount(); i++) {
          Object value = rows.getObject(i);
          row.add(value == null ? null : shown(value));
        }
        all.add(row);
      }
    }
    return all;
  }

  private static String shown(Object value) {
    if (value instanceof OffsetDateTime time) {
      return Long.toString(time.toEpochSecond() * 1_000_000 + time.getNano() / 1_000);
    }
    return value.toString();
  }

  /** What DuckDB can write and we do not read is refused. */
  @Test
  void brotliIsRefused() throws Exception {
    Path file = folder.resolve("brotli.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("copy (select 1 as a) to '" + file + "' (format parquet, codec 'brotli')");
    }
    byte[] data = Files.readAllBytes(file);
    assertEquals(
        SelectError.PARQUET_UNSUPPORTED_CODEC,
        Queries.failure(() -> Queries.run("select a from s3object", data)).error());
  }

  /** Nested values are the same JSON as DuckDB makes of them. */
  @Test
  void nestedValuesAreThoseOfDuckDb() throws Exception {
    Path file = folder.resolve("nested.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("set threads = 1");
      statement.execute(
          "copy (select i, case when i % 5 = 0 then null else"
              + " list_transform(range(i % 4), lambda x: case when x = 1 then null else x + i end) end"
              + " as l, {'a': i, 'b': 'x\"' || i, 'c': [{'d': i}, null]} as s,"
              + " map {'k' || i: i, 'é': null} as m, [[1, i], [], null] as n from range(5000) r(i))"
              + " to '"
              + file
              + "' (format parquet, row_group_size 2048)");
      String all = "i";
      for (String column : List.of("l", "s", "m", "n")) {
        all += ", to_json(" + column + ")::varchar";
      }
      List<List<@Nullable String>> expected =
          rows(statement, "select " + all + " from '" + file + "' where i % 3 = 1");
      assertEquals(expected, rows("select * from s3object where i % 3 = 1", file));
    }
  }
}
