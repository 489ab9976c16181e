package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.jdbc.S3Transactions;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.ObjectInfo;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ReadOptions;
import io.github.s3vfs.transfer.S3Objects;
import io.github.s3vfs.transfer.UploadOptions;
import io.github.s3vfs.transfer.WriteCondition;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/** Databases on S3 to objects and back, over the protocol; and what is left when it fails. */
@Tag("any-store")
class CsvOnS3Test {
  private static final String BUCKET = "bucket";

  /** 24 MB as CSV, so three parts of an upload. */
  private static final String LARGE =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
          + " SELECT i, hex(zeroblob(1000)) AS filler FROM n";

  private static final String COPY =
      "CREATE TABLE copy(id INTEGER PRIMARY KEY, name TEXT, price REAL, image BLOB)";

  private static S3TestServer server;
  private static S3Vfs vfs;
  private static S3Objects objects;

  private Connection connection;

  @BeforeAll
  static void start() {
    server = S3TestServer.builder().inMemory().start();
    server.createBucket(BUCKET);
    vfs =
        S3Vfs.builder()
            .name("csv")
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .retries(1)
            .requestTimeout(Duration.ofSeconds(10))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .register();
    objects = S3Objects.of(vfs);
  }

  @AfterAll
  static void stop() {
    vfs.close();
    server.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    for (String key : server.objects(BUCKET).keys()) {
      server.objects(BUCKET).delete(key);
    }
    connection = DriverManager.getConnection("jdbc:sqlite:file:/bucket/db.sqlite?vfs=csv");
    Sql.execute(
        connection,
        "DROP TABLE IF EXISTS fruit",
        "CREATE TABLE fruit(id INTEGER PRIMARY KEY, name TEXT, price REAL, image BLOB)",
        "INSERT INTO fruit VALUES (1, 'apple', 0.1, x'00ff'), (2, '', NULL, NULL), (3, 'a,\"b', 3, x'')");
  }

  @AfterEach
  void disconnect() throws SQLException {
    server.faults().clear();
    connection.close();
  }

  private static ObjectLocation at(String key) {
    return new ObjectLocation(BUCKET, key);
  }

  private CsvImport into(String table) {
    return into(connection, table);
  }

  private static CsvImport into(Connection connection, String table) {
    return CsvImport.into(connection, table)
        .options(CsvImportOptions.builder().createTable(true).build());
  }

  private static List<String> csvObjects() {
    return server.objects(BUCKET).keys("csv/");
  }

  private CsvExport fruit() {
    return CsvExport.query(connection, "SELECT * FROM fruit ORDER BY id");
  }

  @Test
  void aTableGoesToAnObjectAndComesBack() throws Exception {
    CsvExportResult result = fruit().to(objects, at("csv/fruit.csv"));
    assertEquals(
        "id,name,price,image\r\n1,apple,0.1,00ff\r\n2,\"\",,\r\n3,\"a,\"\"b\",3.0,\"\"\r\n",
        new String(server.objects(BUCKET).get("csv/fruit.csv"), StandardCharsets.UTF_8));
    assertEquals("s3://bucket/csv/fruit.csv", result.parts().get(0).name());
    ObjectInfo info = objects.stat(at("csv/fruit.csv"));
    assertEquals("text/csv; charset=utf-8; header=present", info.contentType());
    assertNull(info.contentEncoding());
    assertEquals(info.size(), result.bytes());
    Sql.execute(connection, COPY);
    assertEquals(3, CsvImport.into(connection, "copy").from(objects, at("csv/fruit.csv")).rows());
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:file:/bucket/db.sqlite?vfs=csv")) {
      assertEquals(Sql.rows(connection, "fruit"), Sql.rows(other, "copy"));
    }
  }

  @Test
  void compressedObjectsAreReadAsSuch() throws Exception {
    fruit().options(CsvExportOptions.DEFAULT.withGzip(true)).to(objects, at("csv/fruit.csv"));
    assertEquals("gzip", objects.stat(at("csv/fruit.csv")).contentEncoding());
    Sql.execute(connection, COPY);
    CsvImport.into(connection, "copy").from(objects, at("csv/fruit.csv"));
    assertEquals(Sql.rows(connection, "fruit"), Sql.rows(connection, "copy"));
    fruit()
        .to(
            objects,
            at("csv/odd.csv"),
            UploadOptions.builder().contentEncoding("br").contentType("text/plain").build());
    assertEquals("text/plain", objects.stat(at("csv/odd.csv")).contentType());
    CsvException e =
        assertThrows(CsvException.class, () -> into("odd").from(objects, at("csv/odd.csv")));
    assertEquals(
        "s3://bucket/csv/odd.csv has the Content-Encoding 'br', which is not read", e.getMessage());
  }

  @Test
  void aLargeQueryIsUploadedInPartsAndReadInParts() throws Exception {
    CsvExportResult result = CsvExport.query(connection, LARGE).to(objects, at("csv/large.csv"));
    assertEquals(12_000, result.rows());
    assertTrue(result.bytes() > 24_000_000);
    assertEquals(result.bytes(), objects.stat(at("csv/large.csv")).size());
    assertEquals(12_000, into("large").from(objects, at("csv/large.csv")).rows());
    assertEquals(12_000, Sql.count(connection, "large WHERE length(filler) = 2000"));
    assertNothingIsUnfinished();
  }

  @Test
  void objectsOfABoundedSizeHaveTheHeaderEach() throws Exception {
    CsvExportResult result =
        CsvExport.query(connection, LARGE)
            .options(CsvExportOptions.DEFAULT.withGzip(true))
            .toParts(objects, BUCKET, "csv/large-{part}.csv.gz", 10_000_000, UploadOptions.DEFAULT);
    assertEquals(
        List.of("csv/large-00001.csv.gz", "csv/large-00002.csv.gz", "csv/large-00003.csv.gz"),
        csvObjects());
    long rows = 0;
    for (CsvExportResult.Part part : result.parts()) {
      rows += into("large").from(objects, ObjectLocation.parse(part.name())).rows();
    }
    assertEquals(12_000, rows);
    assertEquals(12_000, Sql.count(connection, "(SELECT DISTINCT i FROM large)"));
  }

  /** That no upload was begun which is neither completed nor aborted. */
  private static void assertNothingIsUnfinished() {
    assertEquals(List.of(), server.objects(BUCKET).uploads());
  }

  @Test
  void nothingIsLeftOfAnExportThatIsCancelled() throws Exception {
    server.objects(BUCKET).put("csv/large.csv", Sql.utf8("old"));
    server.objects(BUCKET).put("csv/p-00001.csv", Sql.utf8("old"));
    CsvExport export =
        CsvExport.query(connection, LARGE)
            .progress(
                (rows, bytes) -> {
                  if (rows == 10_000) {
                    assertEquals(List.of("csv/large.csv", "csv/p-00001.csv"), csvObjects());
                    throw new CancellationException("enough");
                  }
                });
    assertThrows(CancellationException.class, () -> export.to(objects, at("csv/large.csv")));
    assertThrows(
        CancellationException.class,
        () ->
            export.toParts(objects, BUCKET, "csv/p-{part}.csv", 1_000_000, UploadOptions.DEFAULT));
    assertEquals(List.of("csv/large.csv", "csv/p-00001.csv"), csvObjects());
    assertArrayEquals(Sql.utf8("old"), server.objects(BUCKET).get("csv/large.csv"));
    assertArrayEquals(Sql.utf8("old"), server.objects(BUCKET).get("csv/p-00001.csv"));
    assertNothingIsUnfinished();
  }

  @Test
  @Tag("embedded")
  void whereS3FailsWhenTheObjectsAppearNoneIsLeft() throws Exception {
    server
        .faults()
        .add(
            RequestMatch.of(S3Operation.COMPLETE_MULTIPART_UPLOAD).from(2),
            Fault.error(403, "AccessDenied"));
    assertThrows(
        S3VfsException.class,
        () ->
            CsvExport.query(connection, LARGE)
                .toParts(objects, BUCKET, "csv/p-{part}.csv", 9_000_000, UploadOptions.DEFAULT));
    assertEquals(List.of(), csvObjects());
    assertNothingIsUnfinished();
  }

  @Test
  void nothingIsLeftWhenTheThreadIsInterrupted() throws Exception {
    CsvExport export =
        CsvExport.query(connection, LARGE)
            .progress(
                (rows, bytes) -> {
                  if (rows == 11_000) {
                    Thread.currentThread().interrupt();
                  }
                });
    assertThrows(InterruptedIOException.class, () -> export.to(objects, at("csv/large.csv")));
    assertTrue(Thread.interrupted());
    assertThrows(
        InterruptedIOException.class,
        () ->
            export.toParts(objects, BUCKET, "csv/p-{part}.csv", 10_000_000, UploadOptions.DEFAULT));
    assertTrue(Thread.interrupted());
    assertEquals(List.of(), csvObjects());
    assertNothingIsUnfinished();
  }

  @Test
  @Tag("embedded")
  void nothingIsLeftWhenAnUploadFailsInTheMiddle() throws Exception {
    server
        .faults()
        .add(RequestMatch.of(S3Operation.UPLOAD_PART).from(2), Fault.error(403, "AccessDenied"));
    S3VfsException e =
        assertThrows(
            S3VfsException.class,
            () -> CsvExport.query(connection, LARGE).to(objects, at("csv/large.csv")));
    assertEquals(ErrorKind.ACCESS_DENIED, e.kind());
    assertEquals(List.of(), csvObjects());
    assertNothingIsUnfinished();
  }

  @Test
  @Tag("embedded")
  void aConditionThatDoesNotHoldLeavesTheObject() throws Exception {
    server.objects(BUCKET).put("csv/fruit.csv", Sql.utf8("old"));
    UploadOptions absent = UploadOptions.builder().condition(WriteCondition.ifAbsent()).build();
    S3VfsException e =
        assertThrows(S3VfsException.class, () -> fruit().to(objects, at("csv/fruit.csv"), absent));
    assertEquals(ErrorKind.CONFLICT, e.kind());
    assertArrayEquals(Sql.utf8("old"), server.objects(BUCKET).get("csv/fruit.csv"));
  }

  @Test
  @Tag("embedded")
  void anObjectThatIsReplacedWhileItIsReadChangesNothing() throws Exception {
    byte[] large = Sql.utf8("a\n" + "0123456789\n".repeat(100_000));
    server.objects(BUCKET).put("csv/large.csv", large);
    CsvImport large2 =
        into("large")
            .progress(
                (rows, bytes) -> server.objects(BUCKET).put("csv/large.csv", Sql.utf8("a\nb\n")));
    try (InputStream source =
        objects.open(at("csv/large.csv"), ReadOptions.DEFAULT.withParts(64 << 10, 2))) {
      IOException e = assertThrows(IOException.class, () -> large2.from(source));
      S3VfsException cause = assertInstanceOf(S3VfsException.class, e.getCause());
      assertEquals(ErrorKind.CONFLICT, cause.kind());
    }
    assertThrows(SQLException.class, () -> Sql.count(connection, "large"));
    assertTrue(connection.getAutoCommit());
  }

  @Test
  void badRowsAreLeftOut() throws Exception {
    server
        .objects(BUCKET)
        .put("csv/bad.csv", Sql.utf8("id,name,price,image\n7,x,1,\n7,y,2,\n8,y,z,\n9,z,3,\n"));
    CsvImportResult result =
        CsvImport.into(connection, "fruit")
            .options(CsvImportOptions.builder().badRows(BadRows.skip(2)).build())
            .from(objects, at("csv/bad.csv"));
    assertEquals(2, result.rows());
    assertEquals(List.of(3L, 4L), result.firstBadRows().stream().map(BadRow::line).toList());
    assertEquals(5, Sql.count(connection, "fruit"));
  }

  @Test
  void anImportIsAPartOfATransactionThatIsBegunAgain() throws Exception {
    server.objects(BUCKET).put("csv/a.csv", Sql.utf8("a\n1\n"));
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:file:/bucket/db.sqlite?vfs=csv");
    long rows =
        S3Transactions.run(
            source,
            c -> {
              try {
                return into(c, "later").from(objects, at("csv/a.csv")).rows();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    assertEquals(1, rows);
    assertEquals(1, Sql.count(connection, "later"));
  }

  @Test
  void aBadObjectChangesNothing() throws Exception {
    server.objects(BUCKET).put("csv/bad.csv", Sql.utf8("id,name,price,image\n7,x,1,\n8,y,z,\n"));
    List<String> before = Sql.rows(connection, "fruit");
    CsvException e =
        assertThrows(
            CsvException.class,
            () -> CsvImport.into(connection, "fruit").from(objects, at("csv/bad.csv")));
    assertEquals("line 3, column 'price': 'z' is not a number", e.getMessage());
    S3VfsException missing =
        assertThrows(S3VfsException.class, () -> into("none").from(objects, at("csv/missing.csv")));
    assertEquals(ErrorKind.NOT_FOUND, missing.kind());
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:file:/bucket/db.sqlite?vfs=csv")) {
      assertEquals(before, Sql.rows(other, "fruit"));
    }
  }

  @Test
  @Tag("embedded")
  void anImportThatCannotCommitSaysSo() throws Exception {
    server.objects(BUCKET).put("csv/a.csv", Sql.utf8("a\n1\n"));
    CsvImport failing =
        into("later")
            .progress(
                (rows, bytes) ->
                    server
                        .faults()
                        .add(
                            RequestMatch.of(S3Operation.PUT_OBJECT).keyPrefix("db.sqlite"),
                            Fault.error(403, "AccessDenied")));
    assertThrows(SQLException.class, () -> failing.from(objects, at("csv/a.csv")));
    server.faults().clear();
    assertTrue(connection.getAutoCommit());
    assertThrows(SQLException.class, () -> Sql.count(connection, "later"));
    assertEquals(1, into("later").from(objects, at("csv/a.csv")).rows());
  }
}
