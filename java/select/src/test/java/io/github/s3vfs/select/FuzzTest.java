package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the query and the bytes are: a result or the one exception, and an end. */
class FuzzTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");

  private static final List<Compression> COMPRESSIONS =
      List.of(Compression.NONE, Compression.GZIP, Compression.BZIP2, Compression.ZSTD);

  private static final String[] WORDS = {
    "select",
    "from",
    "where",
    "limit",
    "s3object",
    "s3object[*]",
    "stdin",
    "as",
    "and",
    "or",
    "not",
    "between",
    "in",
    "like",
    "escape",
    "is",
    "null",
    "missing",
    "case",
    "when",
    "then",
    "else",
    "end",
    "cast",
    "int",
    "float",
    "decimal(9,2)",
    "string",
    "timestamp",
    "bool",
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "(",
    ")",
    ",",
    ".",
    ";",
    "*",
    "/",
    "%",
    "^",
    "+",
    "-",
    "=",
    "!=",
    "<",
    ">=",
    "[",
    "]",
    "0",
    "1",
    "99999999999",
    "1.5",
    "1e400",
    "'a'",
    "\"b\"",
    "`2020T`",
    "_1",
    "_2",
    "a",
    "'%_['",
    "'\\'",
    "substring",
    "trim",
    "leading",
    "extract",
    "year",
    "date_add",
    "date_diff",
    "to_string",
    "coalesce",
    "nullif",
    "utcnow()",
    "char_length",
    "nan",
    "true",
    "é",
    "?",
    "'",
    "\n"
  };

  private static final String[] EXPRESSIONS = {
    "_1",
    "_2",
    "_9",
    "a",
    "1",
    "-2",
    "1.5",
    "'x'",
    "'2020-01-01T00:00Z'",
    "null",
    "true",
    "nan",
    "int(%s)",
    "cast(%s as float)",
    "cast(%s as decimal(6,2))",
    "cast(%s as string)",
    "to_timestamp(%s)",
    "cast(%s as bool)",
    "%s + %s",
    "%s - %s",
    "%s * %s",
    "%s / %s",
    "%s %% %s",
    "%s ^ %s",
    "-%s",
    "(%s = %s)",
    "(%s < %s)",
    "(%s and %s)",
    "(%s or %s)",
    "(not %s)",
    "(%s between %s and %s)",
    "(%s in (%s, %s))",
    "(%s like %s)",
    "(%s like '%%a_[b-c]%%' escape 'x')",
    "(%s is null)",
    "case when %s then %s else %s end",
    "case %s when %s then %s else %s end",
    "coalesce(%s, %s)",
    "nullif(%s, %s)",
    "lower(%s)",
    "upper(%s)",
    "trim(%s)",
    "trim(both %s from %s)",
    "substring(%s, %s, %s)",
    "substring(%s from %s)",
    "char_length(%s)",
    "to_string(%s, %s)",
    "extract(week from %s)",
    "date_add(month, %s, %s)",
    "date_diff(second, %s, %s)",
    "add(%s, %s)",
    "to_string(to_timestamp('2020-02-03T04:05:06.7Z'), %s)",
    "sum(%s)",
    "count(%s)",
    "max(%s)"
  };

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private String expression(int depth) {
    String shape = EXPRESSIONS[random.nextInt(depth == 0 ? 12 : EXPRESSIONS.length)];
    int holes = shape.replace("%%", "").split("%s", -1).length - 1;
    Object[] parts = new Object[holes];
    for (int i = 0; i < holes; i++) {
      parts[i] = expression(depth - 1);
    }
    return shape.formatted(parts);
  }

  private String query(int round, String table) {
    if (round % 3 == 0) {
      StringBuilder words = new StringBuilder(round % 2 == 0 ? "select " : "");
      for (int i = random.nextInt(25); i >= 0; i--) {
        words.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(5) == 0 ? "" : " ");
      }
      return words.toString();
    }
    String query = "select " + expression(3) + ", " + expression(2) + " as a from " + table;
    query += random.nextBoolean() ? " where " + expression(3) : "";
    if (round % 3 == 1) {
      return query;
    }
    StringBuilder changed = new StringBuilder(query);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(changed.length());
      switch (random.nextInt(3)) {
        case 0 -> changed.deleteCharAt(at);
        case 1 -> changed.insert(at, WORDS[random.nextInt(WORDS.length)]);
        default -> changed.setCharAt(at, (char) random.nextInt(0x180));
      }
    }
    return changed.toString();
  }

  private byte[] data(boolean json) {
    String[] pieces =
        json
            ? new String[] {
              "{",
              "}",
              "[",
              "]",
              ":",
              ",",
              "\"a\"",
              "\"b\"",
              "\"x\\n\\u00e9\"",
              "1",
              "-2.5e3",
              "true",
              "null",
              " ",
              "\n",
              "{\"a\":1,\"b\":[2,{\"a\":\"x\"}]}\n",
              "\\",
              "\""
            }
            : new String[] {
              "1",
              "-22",
              "3.5",
              ",",
              ",",
              "\n",
              "\n",
              "\"",
              "\\",
              "\r\n",
              "x",
              "2020-01-01T00:00Z",
              "é",
              "#",
              "99999999999999999999",
              " "
            };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(40); i >= 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(6) - 3; i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private SelectOptions options(boolean json) {
    SelectOptions options =
        Queries.CSV
            .withDialect(random.nextBoolean() ? Dialect.AWS : Dialect.CEPH)
            .withOutput(random.nextBoolean() ? CsvOutput.DEFAULT : JsonOutput.DEFAULT);
    if (json) {
      return options.withInput(random.nextBoolean() ? JsonInput.LINES : JsonInput.DOCUMENT);
    }
    List<CsvInput> formats =
        List.of(
            CsvInput.DEFAULT,
            CsvInput.WITH_HEADER,
            CsvInput.DEFAULT.withQuotedRecordDelimiter(true),
            CsvInput.DEFAULT.withDelimiters("1", "\r\n"),
            CsvInput.DEFAULT.withDelimiters("é", "xx"),
            CsvInput.DEFAULT.withQuotes(null, null));
    Compression compression =
        random.nextInt(10) == 0 ? COMPRESSIONS.get(random.nextInt(4)) : Compression.NONE;
    return options
        .withInput(formats.get(random.nextInt(formats.size())))
        .withCompression(compression);
  }

  @Test
  void aResultOrTheOneException() {
    System.out.println("seed " + seed);
    int rounds = THOROUGH ? 400_000 : 12_000;
    int[] results = new int[1];
    assertTimeoutPreemptively(
        Duration.ofMinutes(10),
        () -> {
          for (int round = 0; round < rounds; round++) {
            results[0] += round(round);
          }
        },
        "seed " + seed);
    assertTrue(results[0] > rounds / 50, results[0] + " results of " + rounds + ", seed " + seed);
  }

  private int round(int round) {
    boolean json = random.nextInt(3) == 0;
    String query =
        query(round, json ? "s3object[*]" + (random.nextBoolean() ? ".a" : "") : "stdin");
    byte[] data = data(json);
    SelectOptions options = options(json);
    try (SelectRows rows = S3Select.query(query, ObjectSource.of(data), options)) {
      rows.writeTo(OutputStream.nullOutputStream());
      return 1;
    } catch (SelectException e) {
      return 0;
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          "seed " + seed + ", round " + round + ": " + query + "\n" + options, e);
    }
  }
}
