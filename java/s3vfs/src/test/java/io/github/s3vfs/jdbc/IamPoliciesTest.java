package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectUpload;
import io.github.s3vfs.transfer.S3Databases;
import io.github.s3vfs.transfer.S3Objects;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The policies of docs/IAM.md: they are enough, and none of their grants can be left out. */
@ParameterizedClass
@EnumSource
class IamPoliciesTest {
  private static final String ID = "AKIALEAST";
  private static final String BUCKET = "my-bucket";
  private static final Pattern BLOCK =
      Pattern.compile("## ([a-zA-Z, ]+)\n\n```json\n(.*?)\n```", Pattern.DOTALL);

  /** Leave to do one thing with the keys that begin with a prefix. */
  private record Grant(String action, String prefix) {}

  private final S3TestServer server =
      S3TestServer.builder().inMemory().keyPair(ID, "least").start();
  private final S3Vfs owner;
  private final S3Vfs least;

  private final Layout layout;

  IamPoliciesTest(Layout layout) {
    this.layout = layout;
    server.createBucket(BUCKET);
    owner = Bucket.vfs(server, b -> b.bucket(BUCKET).layout(layout));
    least =
        Bucket.vfs(
            server,
            b ->
                (layout == Layout.SNAPSHOT ? b : b.layout(layout)) // as it is by default
                    .bucket(BUCKET)
                    .cacheSizeBytes(0)
                    .retention(Duration.ofMillis(1))
                    .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, "least"))));
  }

  @AfterEach
  void close() {
    least.close();
    owner.close();
    server.close();
  }

  /** The grants of one policy of the document; SQLite reads the JSON. */
  private static List<Grant> policy(String name) throws Exception {
    Matcher matcher = BLOCK.matcher(Files.readString(Path.of("../../docs/IAM.md")));
    while (matcher.find()) {
      if (matcher.group(1).equals(name)) {
        return grants(matcher.group(2));
      }
    }
    throw new AssertionError("no policy " + name);
  }

  private static List<Grant> grants(String json) throws SQLException {
    List<Grant> grants = new ArrayList<>();
    String statements = "json_each('" + json + "', '$.Statement') AS s";
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      for (List<String> row :
          Sql.rows(
              c,
              "SELECT a.value, r.value FROM "
                  + statements
                  + ", json_each(s.value, '$.Action') AS a, json_each(s.value, '$.Resource') AS r"
                  + " WHERE json_extract(s.value, '$.Condition') IS NULL")) {
        String arn = "arn:aws:s3:::" + BUCKET + "/";
        assertTrue(row.get(1).startsWith(arn), row.get(1));
        grants.add(new Grant(row.get(0), prefix(row.get(1).substring(arn.length()))));
      }
      for (List<String> row :
          Sql.rows(
              c,
              "SELECT a.value, p.value FROM "
                  + statements
                  + ", json_each(s.value, '$.Action') AS a,"
                  + " json_each(s.value, '$.Condition.StringLike.\"s3:prefix\"') AS p")) {
        grants.add(new Grant(row.get(0), prefix(row.get(1))));
      }
    }
    assertTrue(grants.size() >= 2, grants::toString);
    return grants;
  }

  private static String prefix(String pattern) {
    return pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
  }

  private void allow(List<Grant> grants) {
    server.policy().clear();
    server.policy().allowUnder(ID, BUCKET, "nothing", "s3:GetObject");
    grants.forEach(g -> server.policy().allowUnder(ID, BUCKET, g.prefix, g.action));
  }

  private static Connection connect(S3Vfs vfs) throws SQLException {
    return DriverManager.getConnection(Bucket.url(vfs, "path/db", "busy_timeout=0"));
  }

  private void reads() throws SQLException {
    try (Connection c = connect(least)) {
      assertEquals("200", Sql.value(c, "SELECT count(v) FROM t"));
    }
  }

  /** A new database, in the mode that leaves journals, read by somebody else. */
  private void store() throws Exception {
    server.policy().clear();
    server.objects(BUCKET).keys().forEach(server.objects(BUCKET)::delete);
    try (Connection c = connect(owner)) {
      Sql.execute(
          c,
          "PRAGMA journal_mode = PERSIST",
          "CREATE TABLE t(v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
              + " INSERT INTO t SELECT hex(randomblob(100)) FROM n");
    }
    if (layout == Layout.SNAPSHOT) {
      return;
    }
    // A header without a valid size, as old programs leave it: the blocks have to be listed.
    byte[] first = server.objects(BUCKET).get("path/db/0000000000").clone();
    first[95]++;
    server.objects(BUCKET).put("path/db/0000000000", first);
  }

  @Test
  void readingIsPossibleWithThePolicyAndWithNothingLess() throws Exception {
    List<Grant> policy = policy("Read, " + layout);
    for (Grant left : policy) {
      store();
      List<Grant> less = new ArrayList<>(policy);
      less.remove(left);
      allow(less);
      assertThrows(SQLException.class, this::reads, () -> "without " + left);
    }
    store();
    allow(policy);
    reads();
    try (Connection c = connect(least)) {
      assertThrows(SQLException.class, () -> Sql.execute(c, "DELETE FROM t"));
    }
  }

  private void lives() throws Exception {
    S3Databases databases = S3Databases.of(least);
    S3Location location = new S3Location(BUCKET, "path/db");
    reads();
    try (Connection c = connect(least)) {
      for (String mode : List.of("DELETE", "TRUNCATE", "PERSIST")) {
        Sql.execute(
            c,
            "PRAGMA journal_mode = " + mode,
            "UPDATE t SET v = v || 'x'",
            "DELETE FROM t WHERE rowid > 10",
            "VACUUM",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
                + " INSERT INTO t SELECT hex(randomblob(100)) FROM n");
      }
    }
    byte[] bytes;
    try (InputStream in = databases.serialize(location).inputStream()) {
      bytes = in.readAllBytes();
    }
    databases.delete(location);
    try (InputStream in = new java.io.ByteArrayInputStream(bytes)) {
      databases.deserialize(location, in);
    }
    try (Connection c = connect(least)) {
      Sql.assertIntact(c);
    }
  }

  @Test
  void everythingIsPossibleWithThePolicyAndNotWithLess() throws Exception {
    List<Grant> policy = policy("Write, " + layout);
    for (Grant left : policy) {
      store();
      List<Grant> less = new ArrayList<>(policy);
      less.remove(left);
      allow(less);
      assertThrows(Exception.class, this::lives, () -> "without " + left);
      server.policy().clear();
      server.objects(BUCKET).delete("path/db-lease");
    }
    store();
    allow(policy);
    lives();
  }

  /** A database with something to compact and something to collect. */
  private void scatter() throws Exception {
    store();
    try (Connection c = connect(owner)) {
      for (int i = 1; i <= 10; i++) {
        Sql.execute(c, "UPDATE t SET v = hex(randomblob(100)) WHERE rowid = " + i * 17);
      }
    }
    Thread.sleep(1_100); // longer than the retention, by a clock that says whole seconds
  }

  private void keepsUp() throws SQLException {
    S3Databases databases = S3Databases.of(least);
    S3Location location = new S3Location(BUCKET, "path/db");
    assertTrue(databases.compact(location) > 0);
    assertTrue(databases.collect(location) > 0);
    try (Connection c = connect(owner)) {
      Sql.assertIntact(c);
    }
  }

  @Test
  void collectingIsPossibleWithThePolicyAndNotWithLess() throws Exception {
    if (layout == Layout.BLOCKS) {
      store();
      S3VfsException e = assertThrows(S3VfsException.class, this::keepsUp);
      assertEquals(ErrorKind.UNSUPPORTED, e.kind());
      return;
    }
    List<Grant> policy = policy("Collect and compact, " + layout);
    for (Grant left : policy) {
      scatter();
      List<Grant> less = new ArrayList<>(policy);
      less.remove(left);
      allow(less);
      assertThrows(S3VfsException.class, this::keepsUp, () -> "without " + left);
    }
    scatter();
    allow(policy);
    keepsUp();
  }

  private void copies() {
    server.objects(BUCKET).keys("copy/").forEach(server.objects(BUCKET)::delete);
    AccountSnapshot account =
        assertDoesNotThrow(
            () ->
                server
                    .account()
                    .measure(
                        () ->
                            S3Databases.of(least)
                                .copy(
                                    new S3Location(BUCKET, "path/db"),
                                    new S3Location(BUCKET, "copy/db"),
                                    false)));
    assertTrue(account.count(S3Operation.COPY_OBJECT) > 0, account::toString);
  }

  @Test
  void copyingIsPossibleWithThePolicyAndNotWithLess() throws Exception {
    if (layout == Layout.BLOCKS) {
      return; // reads the one and writes the other
    }
    store();
    List<Grant> policy = policy("Copy, " + layout);
    for (Grant left : policy) {
      List<Grant> less = new ArrayList<>(policy);
      less.remove(left);
      allow(less);
      assertThrows(AssertionError.class, this::copies, () -> "without " + left);
    }
    allow(policy);
    copies();
  }

  private static final ObjectLocation OBJECT = new ObjectLocation(BUCKET, "path/db");

  private void readsAnObject() throws Exception {
    S3Objects objects = S3Objects.of(least);
    assertEquals(Map.of(), objects.tags(OBJECT));
    try (InputStream in = objects.open(OBJECT)) {
      assertEquals(1000, in.readAllBytes().length);
    }
  }

  private void writesAnObject() throws Exception {
    S3Objects objects = S3Objects.of(least);
    byte[] twoParts = new byte[9 << 20];
    try (ObjectUpload upload = objects.upload(OBJECT)) {
      upload.write(twoParts);
      upload.complete();
    }
    try (ObjectUpload upload = objects.upload(OBJECT)) {
      upload.write(twoParts);
    }
  }

  @Test
  void objectsAreReadAndWrittenWithThePoliciesAndNotWithLess() throws Exception {
    server.objects(BUCKET).put("path/db", new byte[1000]);
    assertNeedsAllOf("Read an object", this::readsAnObject);
    assertNeedsAllOf("Write an object", this::writesAnObject);
  }

  private void assertNeedsAllOf(String name, Executable action) throws Exception {
    List<Grant> policy = policy(name);
    for (Grant left : policy) {
      List<Grant> less = new ArrayList<>(policy);
      less.remove(left);
      allow(less);
      assertThrows(Exception.class, action, () -> name + " without " + left);
      server.objects(BUCKET).abortUploads();
    }
    allow(policy);
    assertDoesNotThrow(action);
    assertEquals(List.of(), server.objects(BUCKET).uploads());
  }
}
