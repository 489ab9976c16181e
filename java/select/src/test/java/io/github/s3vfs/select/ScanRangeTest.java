package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each record is in the range in which it begins, wherever an object is cut. */
class ScanRangeTest {
  static List<Arguments> files() {
    CsvInput csv = CsvInput.DEFAULT;
    return List.of(
        Arguments.of(csv, "a,1\nb,2\nc,3\n"),
        Arguments.of(csv, "a,1\r\nb,2\r\n\r\nc,3"),
        Arguments.of(csv, "\n\n\na\n\n\nb\n\n"),
        Arguments.of(csv, "\uFEFFa,1\nb,2\n"),
        Arguments.of(csv, "a,\"x,y\"\nb,\"unclosed\nc,\"\"\"\"\n\\,d\\\n\"e\nf\"\n"),
        Arguments.of(csv, "é,ü\n漢字,😀\n"),
        Arguments.of(csv, "#no\na\n#no\n#\nb\n"),
        Arguments.of(csv, "x".repeat(100) + "\n" + "y".repeat(50) + "\nz"),
        Arguments.of(csv.withHeader(FileHeaderInfo.USE), "_3,_9\na,1\nb,2\nc,3\n"),
        Arguments.of(csv.withHeader(FileHeaderInfo.USE), "\n\n#no\n\r\nh,i\na,1\n\nb,2\nc,3\n"),
        Arguments.of(csv.withHeader(FileHeaderInfo.IGNORE), "\uFEFF\nh,i\na,1\nb,2\nc,3"),
        Arguments.of(csv.withHeader(FileHeaderInfo.IGNORE), "h,i\na,1\nb,2\nc,3\n"),
        Arguments.of(csv.withDelimiters(",", "\r\n"), "a,1\r\nb\n,2\r\r\nc\r,3\r\n\r\n"),
        Arguments.of(csv.withDelimiters(",", "||"), "a|||b||||c|||||d||e|"),
        Arguments.of(csv.withDelimiters(",", "aba"), "xababay,abababaz,ababa1aba2abab"),
        Arguments.of(csv.withDelimiters("::", "¶"), "a::1¶b:2::¶c"),
        Arguments.of(csv.withDelimiters("\t", "END"), "a\tENENDbENDENENDD"),
        Arguments.of(
            JsonInput.LINES, "{\"a\":1}\n\n  {\"a\":2}  \r\n[1,2]\n\"x\\n\"\n   \n{\"a\":3}"),
        Arguments.of(JsonInput.LINES, "\uFEFF\n\n{\"a\":1}\n{\"a\":2}\n"),
        Arguments.of(JsonInput.LINES, "\uFEFF[1,2]\n  \n3 \n"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void twoRangesHaveEachRecordOnceWhereverTheyMeet(InputFormat format, String text) {
    byte[] data = Queries.bytes(text);
    SelectOptions options = Queries.CSV.withInput(format);
    var all = rows(data, options);
    assertTrue(all.size() > 1);
    for (int cut = 1; cut < data.length; cut++) {
      var found = new ArrayList<>(rows(data, options.withScanRange(new ScanRange(0, cut - 1))));
      found.addAll(rows(data, options.withScanRange(new ScanRange(cut, Long.MAX_VALUE))));
      assertEquals(all, found, "cut at " + cut);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void splitsHaveEachRecordOnce(InputFormat format, String text) {
    byte[] data = Queries.bytes(text);
    SelectOptions options = Queries.CSV.withInput(format);
    var all = rows(data, options);
    for (int count = 1; count <= data.length + 3; count++) {
      List<List<@Nullable String>> found = new ArrayList<>();
      List<ScanRange> splits = S3Select.splits(ObjectSource.of(data), count, options);
      for (ScanRange split : splits) {
        found.addAll(rows(data, options.withScanRange(split)));
      }
      assertEquals(Math.min(count, data.length), splits.size());
      assertEquals(all, found, count + " splits");
    }
  }

  private static List<List<@Nullable String>> rows(byte[] data, SelectOptions options) {
    String from = options.input() instanceof JsonInput ? "s3object[*]" : "s3object";
    return Queries.rows("select * from " + from, data, options);
  }

  @Test
  void aRecordIsReadIfItsFirstByteIsInTheRange() {
    SelectOptions options = Queries.CSV.withScanRange(new ScanRange(2, 4));
    assertEquals("b\nc\n", Queries.run("select _1 from s3object", "a\nb\nc\nd\n", options));
    ScanRange last = ScanRange.last(3, 8);
    assertEquals(
        "d\n", Queries.run("select _1 from s3object", "a\nb\nc\nd\n", options.withScanRange(last)));
    SelectOptions behind = options.withScanRange(new ScanRange(100, 200));
    assertEquals("", Queries.run("select _1 from s3object", "a\nb\n", behind));
  }

  @Test
  void inARangeCephsDialectHasNoQuotedRecordDelimitersUnlessItIsSaid() {
    SelectOptions ceph = Queries.CSV.withDialect(Dialect.CEPH);
    String text = "a\n\"b\nc\"\nd\n";
    String query = "select _1 from s3object";
    assertEquals("a\nb\nc\nd\n", Queries.run(query, text, ceph));
    assertEquals("\"b\nc\"\n", Queries.run(query, text, ceph.withScanRange(new ScanRange(2, 5))));
    byte[] data = Queries.bytes(text);
    List<List<@Nullable String>> found = new ArrayList<>();
    List<ScanRange> splits = S3Select.splits(ObjectSource.of(data), 3, ceph);
    for (ScanRange split : splits) {
      found.addAll(rows(data, ceph.withScanRange(split)));
    }
    assertEquals(3, splits.size());
    assertEquals(List.of(List.of("a"), List.of("\"b"), List.of("c\""), List.of("d")), found);
  }

  @Test
  void namesOfColumnsAreKnownInEveryRange() {
    SelectOptions options = Queries.HEADER.withScanRange(new ScanRange(10, 11));
    assertEquals(
        "3\n",
        Queries.run(
            "select b from s3object",
            "a,b\n0,1\n2,3\n4,5\n",
            options.withScanRange(new ScanRange(8, 8))));
    assertEquals("", Queries.run("select b from s3object", "a,b\n0,1\n2,3\n4,5\n", options));
  }

  @Test
  void whatCanNotBeSplitIsOneRangeAndTakesNoOther() {
    List<SelectOptions> whole =
        List.of(
            Queries.DOCUMENT,
            Queries.CSV.withCompression(Compression.GZIP),
            Queries.CSV
                .withInput(CsvInput.DEFAULT.withQuotedRecordDelimiter(true))
                .withDialect(Dialect.CEPH),
            Queries.CSV.withInput(CsvInput.DEFAULT.withQuotedRecordDelimiter(true)));
    for (SelectOptions options : whole) {
      assertEquals(
          List.of(ScanRange.ALL), S3Select.splits(ObjectSource.of(new byte[1000]), 4, options));
      SelectException e =
          assertThrows(
              SelectException.class,
              () ->
                  S3Select.query(
                      "select * from s3object[*]",
                      ObjectSource.of(new byte[10]),
                      options.withScanRange(new ScanRange(1, 2))));
      assertEquals("UnsupportedScanRangeInput", e.code());
    }
    assertEquals("InvalidScanRange", Queries.failure(() -> new ScanRange(5, 4)).code());
    assertEquals(
        "InvalidRequest",
        Queries.failure(() -> S3Select.splits(ObjectSource.of(new byte[9]), 0, Queries.CSV))
            .code());
  }
}
