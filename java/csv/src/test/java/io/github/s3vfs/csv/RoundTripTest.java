package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random tables, in random formats: what was exported is imported again, and is the same. */
class RoundTripTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int ROUNDS = THOROUGH ? 1500 : 50;

  private static final String[] CHARSETS = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"};
  private static final List<QuotePolicy> QUOTING = List.of(QuotePolicy.values());
  private static final List<LineEnd> LINE_ENDS = List.of(LineEnd.values());
  private static final CsvType[] TYPES = {
    CsvType.INTEGER, CsvType.REAL, CsvType.TEXT, CsvType.BLOB, CsvType.ANY
  };

  @TempDir Path directory;

  @Test
  void tablesComeBackAsTheyWere() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random seeds = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      long round = seeds.nextLong();
      try {
        roundTrip(new Random(round));
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + i + ", its seed " + round, e);
      }
    }
  }

  private void roundTrip(Random random) throws Exception {
    CsvExportOptions options = options(random);
    List<CsvType> types = new ArrayList<>();
    int columns = 1 + random.nextInt(6);
    for (int i = 0; i < columns; i++) {
      types.add(
          TYPES[random.nextInt(TYPES.length - (options.quoting() == QuotePolicy.TEXT ? 0 : 1))]);
    }
    try (Connection connection = Sql.memory()) {
      fill(connection, types, random);
      byte[] exported = export(connection, options, random);
      compareWithTheOtherReader(connection, options, exported);
      Map<String, CsvType> given = new HashMap<>();
      for (int i = 0; i < columns; i++) {
        given.put("c" + i, types.get(i));
      }
      boolean create = random.nextBoolean();
      if (!create) {
        Sql.execute(connection, "CREATE TABLE u AS SELECT * FROM t WHERE 0");
      }
      List<String> names = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        names.add("c" + i);
      }
      CsvImportOptions.Builder into =
          CsvImportOptions.builder()
              .format(options.format())
              .types(given)
              .createTable(true)
              .header(options.header() ? HeaderUse.NAMES : HeaderUse.NONE)
              .nulCharacters(true);
      CsvImport.into(connection, "u")
          .options((options.header() ? into : into.columns(names)).build())
          .from(new ByteArrayInputStream(exported));
      assertEquals(Sql.rows(connection, "t"), Sql.rows(connection, "u"), options.toString());
    }
  }

  private static CsvExportOptions options(Random random) {
    char[] delimiters = {',', ';', '\t', '|', ' ', 'x', '\u2028', '#'};
    char[] quotes = {'"', '"', '\'', '$'};
    String[] nulls = {"", "", "NULL", "\\N", "#N/A", "0"};
    CsvFormat format =
        new CsvFormat(
            delimiters[random.nextInt(delimiters.length)],
            quotes[random.nextInt(quotes.length)],
            Charset.forName(CHARSETS[random.nextInt(CHARSETS.length)]),
            "",
            random.nextBoolean() ? BlobText.HEX : BlobText.BASE64);
    String nullText = nulls[random.nextInt(nulls.length)];
    // A number is never quoted where quotes make text of it, so NULL cannot be one.
    QuotePolicy quoting = QUOTING.get(random.nextInt(3));
    if (nullText.indexOf(format.delimiter()) < 0
        && !(nullText.equals("0") && quoting == QuotePolicy.TEXT)) {
      format = format.withNullText(nullText);
    }
    // UTF-32 is big-endian where nothing is said, as is UTF-16.
    return new CsvExportOptions(
        format,
        random.nextInt(4) > 0,
        quoting,
        LINE_ENDS.get(random.nextInt(3)),
        random.nextBoolean(),
        random.nextBoolean());
  }

  /** One file, or several put together: without their headers, if they are told. */
  private byte[] export(Connection connection, CsvExportOptions options, Random random)
      throws Exception {
    CsvExport export =
        CsvExport.query(connection, "SELECT * FROM t ORDER BY rowid").options(options);
    if (options.header() || options.byteOrderMark() || random.nextBoolean()) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      export.to(out);
      return out.toByteArray();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (CsvExportResult.Part part :
        export.toParts(directory, "{part}.csv", 1 + random.nextInt(2000)).parts()) {
      byte[] bytes = Files.readAllBytes(Path.of(part.name()));
      boolean marked = options.format().charset().name().equals("UTF-16") && all.size() > 0;
      if (marked && !options.gzip() && bytes.length > 0) {
        all.write(bytes, 2, bytes.length - 2);
      } else if (marked && options.gzip()) {
        // Only whole files can be put together.
        return whole(export);
      } else {
        all.writeBytes(bytes);
      }
    }
    return all.toByteArray();
  }

  private static byte[] whole(CsvExport export) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    export.to(out);
    return out.toByteArray();
  }

  /** Apache Commons CSV finds the same fields. */
  private static void compareWithTheOtherReader(
      Connection connection, CsvExportOptions options, byte[] exported) throws Exception {
    InputStream in = new ByteArrayInputStream(exported);
    in = options.gzip() ? new GZIPInputStream(in) : in;
    String text = new String(in.readAllBytes(), decoder(options.format().charset()));
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    CSVFormat format =
        CSVFormat.RFC4180
            .builder()
            .setDelimiter(options.format().delimiter())
            .setQuote(options.format().quote())
            .setIgnoreEmptyLines(false)
            .get();
    List<List<String>> expected = new ArrayList<>();
    if (options.header()) {
      expected.add(new ArrayList<>());
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM t ORDER BY rowid")) {
      int columns = rows.getMetaData().getColumnCount();
      for (int i = 1; options.header() && i <= columns; i++) {
        expected.get(0).add(rows.getMetaData().getColumnLabel(i));
      }
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(text(rows.getObject(i), options.format()));
        }
        expected.add(row);
      }
    }
    List<List<String>> found = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(text, format)) {
      for (CSVRecord record : parser) {
        found.add(record.toList());
      }
    }
    assertEquals(expected, found, options.toString());
  }

  private static Charset decoder(Charset charset) {
    return charset.equals(StandardCharsets.UTF_16) ? StandardCharsets.UTF_16BE : charset;
  }

  private static String text(@Nullable Object value, CsvFormat format) {
    if (value == null) {
      return format.nullText();
    } else if (value instanceof byte[] bytes) {
      return format.blobs().text(bytes);
    } else if (value instanceof Double real && Double.isInfinite(real)) {
      return real > 0 ? "9e999" : "-9e999";
    }
    return value.toString();
  }

  private static void fill(Connection connection, List<CsvType> types, Random random)
      throws Exception {
    StringBuilder create = new StringBuilder("CREATE TABLE t(");
    for (int i = 0; i < types.size(); i++) {
      create.append(i > 0 ? ", " : "").append("c").append(i).append(' ');
      create.append(types.get(i).declaration());
    }
    Sql.execute(connection, create + ")");
    int rows = random.nextInt(60);
    String sql = "INSERT INTO t VALUES (" + "?, ".repeat(types.size() - 1) + "?)";
    try (PreparedStatement insert = connection.prepareStatement(sql)) {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < types.size(); i++) {
          insert.setObject(i + 1, RandomFields.value(types.get(i), random));
        }
        insert.executeUpdate();
      }
    }
  }
}
