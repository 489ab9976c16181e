package io.github.s3vfs.select.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.client.Answer;
import io.github.s3vfs.select.client.ClientObjectSource;
import io.github.s3vfs.select.client.Requests;
import io.github.s3vfs.select.client.SelectS3AsyncClient;
import io.github.s3vfs.testkit.S3TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CSVInput;
import software.amazon.awssdk.services.s3.model.CSVOutput;
import software.amazon.awssdk.services.s3.model.CompressionType;
import software.amazon.awssdk.services.s3.model.FileHeaderInfo;
import software.amazon.awssdk.services.s3.model.InputSerialization;
import software.amazon.awssdk.services.s3.model.JSONOutput;
import software.amazon.awssdk.services.s3.model.JSONType;
import software.amazon.awssdk.services.s3.model.OutputSerialization;
import software.amazon.awssdk.services.s3.model.QuoteFields;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ScanRange;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/**
 * A program sees the same whether the client in its process runs a query, or a server that the
 * SDK's own client asks over HTTP.
 */
class FacesTest {
  private static final String FRUIT =
      "name,price\napple,1.5\nmelon,4\npear,\n\"a \"\"b\"\", c\",2\n";
  private static final int MANY = 200_000;

  private static S3TestServer store;
  private static S3AsyncClient plain;
  private static S3AsyncClient here;
  private static SelectServer server;
  private static S3AsyncClient there;

  @BeforeAll
  static void start() throws IOException {
    store = S3TestServer.builder().inMemory().start();
    store.createBucket(Requests.BUCKET);
    plain = Requests.client(store, store.endpoint());
    here = SelectS3AsyncClient.over(plain);
    server =
        SelectServer.builder(
                Requests.keys(store).resolveCredentials(),
                request -> ClientObjectSource.of(plain, request.bucket(), request.key()))
            .start();
    there = Requests.client(store, server.endpoint());
    put("fruit.csv", FRUIT);
    put("empty.csv", "");
    put("a key/with ~ + % é.csv", "1\n");
    put("people.json", "{\"people\":[{\"n\":\"a\",\"v\":[1]},{\"n\":\"b\"}]}");
    put("lines.json", "{\"n\":1}\n{\"n\":2}\n{\"n\":3.5}\n");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < MANY; i++) {
      many.append(i).append(",row ").append(i % 10).append('\n');
    }
    put("many.csv", many.toString());
    put("late.csv", many + "x\n".repeat(100));
    put("large.csv", many.toString().repeat(8));
    store.objects(Requests.BUCKET).put("fruit.csv.gz", gzip(bytes(FRUIT)));
    store.objects(Requests.BUCKET).put("fruit.csv.bz2", bzip2(bytes(FRUIT)));
    byte[] damaged = gzip(bytes(many.toString()));
    damaged[damaged.length / 2] ^= 0x55;
    store.objects(Requests.BUCKET).put("damaged.csv.gz", damaged);
  }

  @AfterAll
  static void stop() {
    there.close();
    server.close();
    here.close();
    store.close();
  }

  private static void put(String key, String text) {
    store.objects(Requests.BUCKET).put(key, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] bzip2(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream bzip2 = new BZip2CompressorOutputStream(out)) {
      bzip2.write(bytes);
    }
    return out.toByteArray();
  }

  private static void header(SelectObjectContentRequest.Builder b) {
    b.inputSerialization(
        in -> in.csv(CSVInput.builder().fileHeaderInfo(FileHeaderInfo.USE).build()));
  }

  /** The answer of both. */
  private static Answer both(SelectObjectContentRequest request) throws Exception {
    Answer client = Answer.of(here, request);
    Answer http = Answer.of(there, request);
    assertEquals(http.error(), client.error());
    assertEquals(http.events(), client.events());
    assertEquals(http.text(), client.text());
    assertEquals(http.calls().contains("stream"), client.calls().contains("stream"));
    assertEquals(
        http.calls().contains("complete"), client.calls().contains("complete"), "complete");
    assertEquals(
        http.calls().contains("exception"), client.calls().contains("exception"), "exception");
    assertEquals(client.failure(), client.told());
    return client;
  }

  private static Answer both(
      String key, String query, Consumer<SelectObjectContentRequest.Builder> with)
      throws Exception {
    return both(Requests.of(key, query, with));
  }

  private static Answer ok(Answer answer) {
    assertEquals("null", answer.error());
    assertEquals(List.of("response 200", "stream", "onComplete", "complete"), answer.calls());
    return answer;
  }

  @Test
  void csvBecomesCsv() throws Exception {
    Answer answer =
        ok(
            both(
                "fruit.csv",
                "select name, price from s3object s where name <> 'x'",
                FacesTest::header));
    assertEquals("apple,1.5\nmelon,4\npear,null\n\"a \"\"b\"\", c\",2\n", answer.text());
    assertEquals(
        List.of("Records 43", "Stats " + FRUIT.length() + " " + FRUIT.length() + " 43", "End"),
        answer.events());
  }

  @Test
  void allOptionsOfCsvAreHeeded() throws Exception {
    put("options.csv", "'a|b'|~1;#no;c|'d~'e';");
    Answer answer =
        ok(
            both(
                "options.csv",
                "select * from s3object",
                b ->
                    b.inputSerialization(
                            in ->
                                in.csv(
                                    CSVInput.builder()
                                        .fileHeaderInfo(FileHeaderInfo.NONE)
                                        .fieldDelimiter("|")
                                        .recordDelimiter(";")
                                        .quoteCharacter("'")
                                        .quoteEscapeCharacter("~")
                                        .comments("#")
                                        .allowQuotedRecordDelimiter(true)
                                        .build()))
                        .outputSerialization(
                            out ->
                                out.csv(
                                    CSVOutput.builder()
                                        .fieldDelimiter("\t")
                                        .recordDelimiter("\r\n")
                                        .quoteCharacter("'")
                                        .quoteEscapeCharacter("\\")
                                        .quoteFields(QuoteFields.ALWAYS)
                                        .build()))));
    assertEquals("'a|b'\t'1'\r\n'c'\t'd\\'e'\r\n", answer.text());
  }

  @Test
  void namesOfValuesAreTakenInAnyCase() throws Exception {
    assertEquals(
        "apple\n",
        ok(both(
                "fruit.csv.gz",
                "select name from s3object limit 1",
                b ->
                    b.expressionType("sql")
                        .inputSerialization(
                            in -> in.compressionType("gzip").csv(csv -> csv.fileHeaderInfo("Use")))
                        .outputSerialization(out -> out.csv(csv -> csv.quoteFields("AsNeeded")))))
            .text());
    assertEquals(
        "1\n",
        ok(both(
                "lines.json",
                "select s.n from s3object[*] s limit 1",
                b ->
                    b.inputSerialization(
                        in -> in.compressionType("None").json(j -> j.type("Lines")))))
            .text());
  }

  @Test
  void aQuoteIsEscapedByDoublingItUnlessTheRequestSaysMore() throws Exception {
    put("backslash.csv", "a\\b,\"c\\\",1\n");
    assertEquals(
        "a\\b,c\\,1\n", ok(both("backslash.csv", "select * from s3object", b -> {})).text());
  }

  @Test
  void jsonBecomesJsonAndCsv() throws Exception {
    Consumer<SelectObjectContentRequest.Builder> json =
        b ->
            b.inputSerialization(in -> in.json(j -> j.type(JSONType.DOCUMENT)))
                .outputSerialization(
                    out -> out.json(JSONOutput.builder().recordDelimiter("|").build()));
    assertEquals(
        "{\"n\":\"a\",\"x\":1}|{\"n\":\"b\",\"x\":null}|",
        ok(both("people.json", "select p.n, p.v[0] as x from s3object[*].people[*] p", json))
            .text());
    assertEquals(
        "2\n3.5\n",
        ok(both(
                "lines.json",
                "select s.n from s3object[*] s where s.n > 1",
                b -> b.inputSerialization(in -> in.json(j -> j.type(JSONType.LINES)))))
            .text());
  }

  @Test
  void compressedObjectsAreScannedAsTheyAreStored() throws Exception {
    for (CompressionType type : List.of(CompressionType.GZIP, CompressionType.BZIP2)) {
      String key = type == CompressionType.GZIP ? "fruit.csv.gz" : "fruit.csv.bz2";
      Answer answer =
          ok(
              both(
                  key,
                  "select count(*) from s3object",
                  b ->
                      b.inputSerialization(
                          in -> in.compressionType(type).csv(CSVInput.builder().build()))));
      int stored = store.objects(Requests.BUCKET).get(key).length;
      assertEquals("5", answer.text());
      assertEquals(
          List.of("Records 1", "Stats " + stored + " " + FRUIT.length() + " 1", "End"),
          answer.events());
    }
  }

  @Test
  void scanRangesAreInclusive() throws Exception {
    assertEquals("2,row 2\n", range(ScanRange.builder().start(15L).end(16L).build()));
    assertEquals(
        "199998,row 8\n199999,row 9\n", range(ScanRange.builder().start(store(14 * 2)).build()));
    assertEquals("199999,row 9\n", range(ScanRange.builder().end(13L).build()));
  }

  private static long store(long fromTheEnd) {
    return (long) store.objects(Requests.BUCKET).get("many.csv").length - fromTheEnd;
  }

  private static String range(ScanRange range) throws Exception {
    return ok(both("many.csv", "select * from s3object", b -> b.scanRange(range))).text();
  }

  @Test
  void manyRowsComeInPiecesOfOneSize() throws Exception {
    Answer answer = ok(both("many.csv", "select * from s3object", b -> {}));
    String all = new String(store.objects(Requests.BUCKET).get("many.csv"), StandardCharsets.UTF_8);
    assertEquals(all, answer.text());
    int pieces = (all.length() + 65535) / 65536;
    assertEquals(pieces + 2, answer.events().size());
    assertEquals("Records 65536", answer.events().get(pieces - 2));
  }

  @Test
  void progressComesWhereItIsWanted() throws Exception {
    Answer small =
        ok(
            both(
                "fruit.csv",
                "select 1 from s3object",
                b -> b.requestProgress(p -> p.enabled(true))));
    int size = FRUIT.length();
    assertEquals(
        List.of(
            "Records 10",
            "Progress " + size + " " + size + " 10",
            "Stats " + size + " " + size + " 10",
            "End"),
        small.events());
    Answer large =
        ok(
            both(
                "large.csv",
                "select _1 from s3object where _2 = 'none'",
                b -> b.requestProgress(p -> p.enabled(true))));
    assertEquals(2 + 1, large.events().stream().filter(e -> e.startsWith("Progress")).count());
    assertFalse(large.events().contains("Cont"));
  }

  @Test
  void aLongSilenceIsFilled() throws Exception {
    int size = store.objects(Requests.BUCKET).get("large.csv").length;
    assertTrue(size > 16 << 20 && size < 24 << 20, "size " + size);
    Answer answer = ok(both("large.csv", "select _1 from s3object where _2 = 'none'", b -> {}));
    assertEquals(
        List.of("Cont", "Cont", "Stats " + size + " " + size + " 0", "End"), answer.events());
  }

  @Test
  void emptyObjectsAndOddKeys() throws Exception {
    assertEquals(
        List.of("Stats 0 0 0", "End"),
        ok(both("empty.csv", "select * from s3object", b -> {})).events());
    assertEquals(
        "1\n", ok(both("a key/with ~ + % é.csv", "select * from s3object", b -> {})).text());
  }

  private static void fails(
      String error, String key, String query, Consumer<SelectObjectContentRequest.Builder> with)
      throws Exception {
    Answer answer = both(key, query, with);
    assertEquals(error, answer.error());
    assertEquals(List.of("exception"), answer.calls());
    assertEquals(List.of(), answer.events());
  }

  @Test
  void errorsHaveTheirCodes() throws Exception {
    String all = "select * from s3object";
    fails("404 NoSuchKey", "nothing.csv", all, b -> {});
    fails("404 NoSuchBucket", "nothing.csv", all, b -> b.bucket("no-such-bucket"));
    fails("400 ParseExpectedExpression", "fruit.csv", "select * from s3object where", b -> {});
    fails("400 ParseSelectMissingFrom", "fruit.csv", "select 1", b -> {});
    fails("400 UnsupportedFunction", "fruit.csv", "select f(1) from s3object", b -> {});
    fails(
        "400 EvaluatorBindingDoesNotExist",
        "fruit.csv",
        "select nothing from s3object",
        FacesTest::header);
    fails("400 DivisionByZero", "many.csv", "select 1 / 0 from s3object", b -> {});
    fails(
        "400 InvalidCompressionFormat",
        "fruit.csv",
        all,
        b ->
            b.inputSerialization(in -> in.compressionType("GZIP").csv(CSVInput.builder().build())));
    fails(
        "400 InvalidCompressionFormat",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.compressionType("RAR").csv(CSVInput.builder().build())));
    fails(
        "400 UnsupportedScanRangeInput",
        "people.json",
        "select * from s3object[*]",
        b ->
            b.inputSerialization(in -> in.json(j -> j.type(JSONType.DOCUMENT)))
                .scanRange(ScanRange.builder().start(1L).build()));
    fails(
        "400 InvalidScanRange",
        "fruit.csv",
        all,
        b -> b.scanRange(ScanRange.builder().start(5L).end(4L).build()));
    fails("400 InvalidScanRange", "fruit.csv", all, b -> b.scanRange(ScanRange.builder().build()));
    fails(
        "400 JSONParsingError",
        "fruit.csv",
        "select * from s3object[*]",
        b -> b.inputSerialization(in -> in.json(j -> j.type(JSONType.LINES))));
    fails(
        "400 InvalidJsonType",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.json(j -> j.type("LISTS"))));
    fails("400 InvalidExpressionType", "fruit.csv", all, b -> b.expressionType("PL"));
    fails("400 MissingRequiredParameter", "fruit.csv", "", b -> {});
    fails(
        "400 MissingRequiredParameter",
        "fruit.csv",
        all,
        b -> b.inputSerialization(InputSerialization.builder().build()));
    fails(
        "400 MissingRequiredParameter",
        "fruit.csv",
        all,
        b -> b.outputSerialization(OutputSerialization.builder().build()));
    fails(
        "400 InvalidRequest",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.parquet(p -> {})));
    fails(
        "400 ObjectSerializationConflict",
        "fruit.csv",
        all,
        b ->
            b.inputSerialization(
                in -> in.csv(CSVInput.builder().build()).json(j -> j.type("LINES"))));
    fails(
        "400 ObjectSerializationConflict",
        "fruit.csv",
        all,
        b ->
            b.outputSerialization(
                out -> out.csv(CSVOutput.builder().build()).json(JSONOutput.builder().build())));
    fails(
        "400 InvalidFileHeaderInfo",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.csv(csv -> csv.fileHeaderInfo("SOME"))));
    fails(
        "400 InvalidQuoteFields",
        "fruit.csv",
        all,
        b -> b.outputSerialization(out -> out.csv(csv -> csv.quoteFields("SOME"))));
    fails(
        "400 InvalidRequestParameter",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.csv(csv -> csv.fieldDelimiter(""))));
    fails(
        "400 InvalidRequestParameter",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.csv(csv -> csv.recordDelimiter("-".repeat(17)))));
    fails(
        "400 InvalidRequestParameter",
        "fruit.csv",
        all,
        b -> b.inputSerialization(in -> in.csv(csv -> csv.quoteCharacter("''"))));
  }

  @Test
  void anErrorBehindRecordsEndsTheStream() throws Exception {
    String rows = "select int(_1) from s3object";
    Answer answer = Answer.of(here, Requests.of("late.csv", rows, b -> {}));
    Answer http = Answer.of(there, Requests.of("late.csv", rows, b -> {}));
    assertEquals(http.events(), answer.events());
    assertEquals(http.text(), answer.text());
    assertTrue(answer.events().contains("Records 65536"));
    assertFalse(answer.events().contains("End"));
    assertEquals("400 CastFailed", answer.error());
    // The SDK's client does not read the headers of the message that tells which error it is.
    assertInstanceOf(S3Exception.class, http.failure());
    Answer damaged =
        Answer.of(
            here,
            Requests.of(
                "damaged.csv.gz",
                "select * from s3object",
                b ->
                    b.inputSerialization(
                        in -> in.compressionType("GZIP").csv(CSVInput.builder().build()))));
    assertEquals("400 InvalidCompressionFormat", damaged.error());
    assertEquals(damaged.failure(), Objects.requireNonNull(damaged.told()));
  }

  @Test
  void theClientOfTheCommonRuntimeCanAskToo() throws Exception {
    try (S3AsyncClient crt = Requests.crtClient(store, server.endpoint())) {
      Answer answer =
          Answer.of(crt, Requests.of("fruit.csv", "select count(*) from s3object", b -> {}));
      assertEquals("5", ok(answer).text());
    }
    try (S3AsyncClient crt =
        SelectS3AsyncClient.over(Requests.crtClient(store, store.endpoint()))) {
      assertEquals(
          "5",
          ok(Answer.of(crt, Requests.of("fruit.csv", "select count(*) from s3object", b -> {})))
              .text());
    }
  }

  @Test
  void everythingElseGoesToTheClientBehind() {
    assertEquals(
        FRUIT.length(),
        here.headObject(h -> h.bucket(Requests.BUCKET).key("fruit.csv")).join().contentLength());
  }
}
