package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command "select" gives rows of objects, files and standard input as its options say. */
class SelectCommandTest {
  private static final String FRUIT = "name,price\napple,3\npear,5\nplum,4\n";
  private static final String CHEAP =
      "SELECT s.name FROM s3object s WHERE cast(s.price AS INT) < 5";

  /** One column a, INT32, of 1, 2 and 3. */
  private static final String PARQUET =
      "UEFSMRUAFRgVGCwVBhUAFQgVCAAAAQAAAAIAAAADAAAAGRECGRgEAQAAABkYBAMAAAAVAhkWAAAZHBYI"
          + "FToWAAAAFQIZLEgBbRUCABUCJQAYAWEAFgYZHBkcJgAcFQIZJQAIGRgBYRUAFgYWOhY6Jgg8GAQDAAAA"
          + "GAQBAAAAFgAoBAMAAAAYBAEAAAAAGRwVABUAFQIAPAAAFnAVFBZCFS4AFjoWBiYIFjoUAAAZHBgRd3Jp"
          + "dGVyLm1vZGVsLm5hbWUYB2V4YW1wbGUAGEpwYXJxdWV0LW1yIHZlcnNpb24gMS4xOC4xIChidWlsZCA3"
          + "YzIyY2RiYTY3OTJmYTI5YzViZGE3NGJmMWY4NjZhMDhkNzU3MmE5KRkcHAAAANwAAABQQVIx";

  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() {
    put("fruit.csv", FRUIT);
  }

  private static void put(String key, String text) {
    bucket.server().objects(CliBucket.NAME).put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  /** What a query over standard input gives. */
  private static String of(String input, String... arguments) {
    List<String> all = new ArrayList<>(List.of("select", arguments[0], "-", "-q"));
    all.addAll(List.of(arguments).subList(1, arguments.length));
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    return CliBucket.runAlone(bytes, all.toArray(String[]::new)).ok().out();
  }

  @Test
  void objectsFilesAndStandardInputGiveTheSameRows() throws Exception {
    CliBucket.Run run = bucket.run("select", CHEAP, at("fruit.csv"), "--header", "use").ok();
    assertEquals("apple\nplum\n", run.out());
    assertTrue(run.err().matches("select: 33 bytes in [0-9.]+ s\\R"), run.err());
    String file = file("fruit.csv", FRUIT);
    byte[] nothing = new byte[0];
    CliBucket.Run local = CliBucket.runAlone(nothing, "select", CHEAP, file, "--header=use", "-q");
    assertEquals("apple\nplum\n", local.ok().out());
    assertEquals("", local.err());
    assertEquals("apple\nplum\n", of(FRUIT, CHEAP, "--header=USE"));
  }

  @Test
  void rowsComeAsJsonIfThatIsAskedFor() {
    String expected = "{\"name\":\"apple\"}\n{\"name\":\"plum\"}\n";
    assertEquals(expected, of(FRUIT, CHEAP, "--header=use", "--output", "json"));
    assertEquals(expected, of(FRUIT, CHEAP, "--header=use", "--json"));
    assertEquals("apple\nplum\n", of(FRUIT, CHEAP, "--header=use", "--json", "--output=csv"));
  }

  @Test
  void theLineOfAggregatesHasItsEnd() {
    assertEquals("4\n", of(FRUIT, "SELECT count(*) FROM s3object"));
    assertEquals("3\n", of(FRUIT, "SELECT count(*) FROM s3object", "--header=ignore"));
    assertEquals("{\"n\":4}\n", of(FRUIT, "SELECT count(*) AS n FROM s3object", "--json"));
    assertEquals("", of(FRUIT, "SELECT _1 FROM s3object WHERE _1 = 'x'"));
  }

  @Test
  void csvIsReadWithItsDelimitersQuotesAndComments() {
    String second = "SELECT _2 FROM s3object";
    assertEquals("b\n", of("a\tb\n", second, "--delimiter", "tab"));
    assertEquals("b\n", of("a\tb\n", second, "--delimiter", "\\t"));
    assertEquals("b\nd\n", of("a;;b\r\nc;;d\r\n", second, "--delimiter=;;"));
    assertEquals("b\nd\n", of("a,b|c,d|", second, "--record-delimiter=|"));
    assertEquals("b\nd\n", of("a,b\r\nc,d", second, "--record-delimiter", "\\r\\n"));
    assertEquals("\"x,y\"\n", of("a,'x,y'\n", second, "--quote", "'"));
    assertEquals("'x\n", of("a,'x,y'\n", second, "--quote", ""));
    assertEquals("\"x\"\"y\"\n", of("a,\"x^\"y\"\n", second, "--escape", "^"));
    assertEquals("x\\y\n", of("a,x\\y\n", second, "--escape", ""));
    assertEquals("b\n", of("#,x\na,b\n", second));
    assertEquals("b\n", of("%,x\na,b\n", second, "--comment", "%"));
    assertEquals("x\nb\n", of("#,x\na,b\n", second, "--comment", ""));
    assertEquals("\"x\ny\"\n", of("a,\"x\ny\"\n", second, "--allow-quoted-record-delimiter"));
  }

  @Test
  void jsonIsReadAsDocumentsOrLines() {
    String query = "SELECT s.a FROM s3object[*].rows[*] s WHERE s.a > 1";
    String document = "{\"rows\": [{\"a\": 1},\n {\"a\": 2}]}";
    assertEquals("2\n", of(document, query, "--input", "json"));
    assertEquals(
        "2\n3\n",
        of(
            "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n",
            "SELECT s.a FROM s3object[*] s WHERE s.a > 1",
            "--input=json-lines"));
  }

  private static byte[] compressed(String kind) throws IOException {
    byte[] plain = FRUIT.getBytes(StandardCharsets.UTF_8);
    if (kind.equals("zstd")) {
      return Zstd.compress(plain);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        kind.equals("gzip")
            ? new GZIPOutputStream(bytes)
            : new BZip2CompressorOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "bzip2", "zstd"})
  void compressedObjectsAreRead(String kind) throws Exception {
    bucket.server().objects(CliBucket.NAME).put("compressed", compressed(kind));
    CliBucket.Run run =
        bucket.run("select", CHEAP, at("compressed"), "--header=use", "--compression", kind);
    assertEquals("apple\nplum\n", run.ok().out());
  }

  @Test
  void aScanRangeHasTheRecordsThatBeginInIt() {
    String all = "SELECT * FROM s3object";
    assertEquals("c\nd\n", of("a\nb\nc\nd\n", all, "--scan-range", "3-6"));
    assertEquals("c\nd\n", of("a\nb\nc\nd\n", all, "--scan-range", "4-"));
    assertEquals("d\n", of("a\nb\nc\nd\n", all, "--scan-range=-3"));
    put("letters", "a\nb\nc\nd\n");
    assertEquals("b\n", bucket.run("select", all, at("letters"), "--scan-range=2-3").ok().out());
  }

  @Test
  void aDialectHasItsWays() {
    String query = "SELECT _1 FROM s3object WHERE _1 = 'b' LIMIT 1";
    assertEquals("b\n", of("a\nb\n", query));
    assertEquals("", of("a\nb\n", query, "--dialect", "ceph"));
  }

  @Test
  void aFileOrObjectIsWrittenAsAWholeAndNotReplacedUnlessThatIsSaid() throws Exception {
    String file = directory.resolve("cheap.csv").toString();
    String[] command = {"select", CHEAP, at("fruit.csv"), "--header=use", "-o", file, "--json"};
    CliBucket.Run run = bucket.run(command).ok();
    assertEquals("2", run.json("$.rows"));
    assertEquals("3", run.json("$.rowsRead"));
    String json = "{\"name\":\"apple\"}\n{\"name\":\"plum\"}\n";
    assertEquals(json, Files.readString(Path.of(file)));
    assertTrue(bucket.run(command).ends(ExitCode.BUSY).error().contains("--force"));
    run = bucket.run("select", CHEAP, at("fruit.csv"), "--header=use", "-o", file, "-f").ok();
    assertEquals(file + ": 2 rows, 11 bytes\n", run.out());

    String[] toObject = {"select", CHEAP, at("fruit.csv"), "--header=use", "-o", at("cheap.csv")};
    assertEquals(at("cheap.csv") + ": 2 rows, 11 bytes\n", bucket.run(toObject).ok().out());
    byte[] stored = bucket.server().objects(CliBucket.NAME).get("cheap.csv");
    assertEquals("apple\nplum\n", new String(stored, StandardCharsets.UTF_8));
    bucket.run(toObject).ends(ExitCode.BUSY);
    bucket.server().objects(CliBucket.NAME).delete("cheap.csv");
  }

  @Test
  void aQueryThatFailsLeavesNeitherFileNorObject() throws Exception {
    String input = file("bad.csv", "1\n2\n0\n");
    String query = "SELECT 1 / cast(_1 AS INT) FROM s3object";
    Path output = directory.resolve("output");
    bucket.run("select", query, input, "-o", output.toString()).ends(ExitCode.FAILURE);
    bucket.run("select", query, input, "-o", at("output")).ends(ExitCode.FAILURE);
    assertTrue(!bucket.server().objects(CliBucket.NAME).contains("output"));
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void longStandardInputIsReadToItsEnd() {
    String input = "some words\n".repeat(300_000);
    assertEquals("300000\n", of(input, "SELECT count(*) FROM s3object"));
  }

  @Test
  void rowsWithValuesThatDoNotFitAreLeftOutAndCounted() {
    byte[] input = "1\nx\n3\ny\n".getBytes(StandardCharsets.UTF_8);
    CliBucket.Run run =
        CliBucket.runAlone(input, "select", "SELECT cast(_1 AS INT) FROM s3object", "-", "-q").ok();
    assertEquals("1\n3\n", run.out());
    assertEquals("left out: 2 rows with values that do not fit\n", run.err());
  }

  @Test
  void parquetIsReadAsItIs() throws Exception {
    byte[] parquet = Base64.getDecoder().decode(PARQUET);
    bucket.server().objects(CliBucket.NAME).put("numbers.parquet", parquet);
    String query = "SELECT sum(a) FROM s3object WHERE a > 1";
    assertEquals(
        "5\n",
        bucket.run("select", query, at("numbers.parquet"), "--input=parquet", "-q").ok().out());
    CliBucket.Run other =
        CliBucket.runAlone(parquet, "select", query, "-", "--input=parquet", "--header=use", "-q");
    assertEquals(ExitCode.USAGE, other.code());
    CliBucket.Run csv =
        CliBucket.runAlone(
            FRUIT.getBytes(StandardCharsets.UTF_8), "select", query, "-", "--input=parquet", "-q");
    assertEquals(ExitCode.DAMAGED, csv.code());
    assertTrue(csv.err().startsWith("s3vfs: ParquetParsingError: "), csv.err());
  }

  @Test
  void aStoreThatCanNotIsAskedAndThenItRunsHere() throws Exception {
    put("large.csv", "12,some text\n".repeat(120_000));
    String query = "SELECT count(*), sum(int(_1)) FROM s3object WHERE int(_1) > 1";
    AccountSnapshot asked =
        bucket
            .server()
            .account()
            .measure(
                () -> {
                  String[] command = {"select", query, at("large.csv"), "-q", "--pushdown", "auto"};
                  assertEquals("120000,1440000\n", bucket.run(command).ok().out());
                });
    assertEquals(1, asked.count(S3Operation.SELECT_OBJECT_CONTENT));
    assertEquals(
        ExitCode.NOT_FOUND,
        bucket.run("select", query, at("none.csv"), "--pushdown", "auto").code());
  }
}
