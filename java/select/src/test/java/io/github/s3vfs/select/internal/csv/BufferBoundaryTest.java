package io.github.s3vfs.select.internal.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.Inputs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where the array ends in which records are found does not matter. */
class BufferBoundaryTest {
  private static final List<CsvInput> FORMATS =
      List.of(
          CsvInput.DEFAULT,
          CsvInput.DEFAULT.withQuotedRecordDelimiter(true),
          CsvInput.DEFAULT.withQuotes("\"", "\""),
          CsvInput.DEFAULT.withQuotes(null, null),
          CsvInput.DEFAULT.withDelimiters(";", "\r\n"),
          CsvInput.DEFAULT.withDelimiters("::", "\n"),
          CsvInput.DEFAULT.withHeader(FileHeaderInfo.USE),
          CsvInput.DEFAULT.withDelimiters("é", "€").withQuotes("„", "ß"));

  private static final String[] PIECES = {
    "a",
    "bc",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\"",
    "\"\"",
    "\\",
    ";",
    "::",
    ":",
    "#",
    "é",
    "€",
    "„",
    "ß",
    "longer text",
    "12345678",
    "\r"
  };

  private static List<List<String>> read(byte[] data, CsvInput format, int buffer) {
    return read(data, format, buffer, 1 << 20);
  }

  private static List<List<String>> read(byte[] data, CsvInput format, int buffer, int most) {
    List<List<String>> rows = new ArrayList<>();
    try (CsvReader reader =
        CsvReader.open(
            Inputs.open(
                ObjectSource.of(data), 0, Long.MAX_VALUE, Compression.NONE, SelectLimits.DEFAULT),
            format,
            Dialect.AWS,
            most,
            CsvReader.FIRST,
            Long.MAX_VALUE,
            List.of(),
            buffer)) {
      while (reader.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < reader.starCount(); i++) {
          Value value = reader.starValue(i);
          row.add(reader.starName(i) + (value.isNull() ? "" : "=" + value.text()));
        }
        rows.add(row);
      }
    } catch (SelectException e) {
      rows.add(List.of(e.getMessage()));
    }
    return rows;
  }

  @Test
  void anyTextIsReadAlikeWithAnySizeOfTheArray() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(60);
      for (int i = 0; i < pieces; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      byte[] data = text.toString().getBytes(StandardCharsets.UTF_8);
      for (CsvInput format : FORMATS) {
        List<List<String>> whole = read(data, format, CsvScanner.BUFFER);
        for (int buffer = 16; buffer < data.length + 20; buffer += 1 + buffer / 40) {
          assertEquals(
              whole,
              read(data, format, buffer),
              "seed " + seed + ", buffer " + buffer + ", " + format + ", " + text);
        }
      }
    }
  }

  @Test
  void recordsThatAreTooLongAreToldAlikeWithAnySizeOfTheArray() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(100);
      for (int i = 0; i < pieces; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      byte[] data = text.toString().getBytes(StandardCharsets.UTF_8);
      int most = 10 + random.nextInt(60);
      for (CsvInput format : FORMATS) {
        List<List<String>> whole = read(data, format, CsvScanner.BUFFER, most);
        for (int buffer = 16; buffer < data.length + 20; buffer += 1 + buffer / 40) {
          assertEquals(
              whole,
              read(data, format, buffer, most),
              "seed " + seed + ", buffer " + buffer + ", " + format + ", " + most + ", " + text);
        }
      }
    }
  }

  /** The same rules once more, one character after the other, without memory of its own. */
  @Test
  void recordsOfTheFastWayAreThoseOfTheSlowOne() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(80);
      for (int i = 0; i < pieces; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
      byte[] data = text.toString().getBytes(StandardCharsets.UTF_8);
      assertEquals(
          ReferenceCsv.read(text.toString()),
          read(data, CsvInput.DEFAULT, CsvScanner.BUFFER),
          "seed " + seed + ": " + text);
    }
  }
}
