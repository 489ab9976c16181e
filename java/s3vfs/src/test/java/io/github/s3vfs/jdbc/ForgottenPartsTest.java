package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs that SQLite itself would take for a local file although they name a VFS on S3. */
class ForgottenPartsTest {
  private static DefaultVfs s3;

  @BeforeAll
  static void start() {
    s3 = new DefaultVfs();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  private static Set<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(Path.of(""))) {
      return files.collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:sqlite:/bucket/no-scheme, no-scheme",
    "jdbc:sqlite:bucket/no-slash, no-slash",
    "jdbc:sqlite:file:bucket/no-first-slash, no-first-slash",
    "jdbc:sqlite:file:/bucket/a#b, a#b",
    "jdbc:sqlite:bucket/c#d, c#d",
    "jdbc:s3vfs://bucket/e#f, e#f"
  })
  void aDatabaseThatNamesTheVfsIsOnS3(String url, String key) throws Exception {
    Set<Path> before = files();
    try (Connection connection = DriverManager.getConnection(url + "?" + s3.parameters())) {
      Sql.execute(connection, "CREATE TABLE t(x)");
    }
    assertTrue(s3.server.objects(DefaultVfs.BUCKET).contains(Stored.first(Layout.SNAPSHOT, key)));
    assertEquals(before, files());
    assertFalse(Files.exists(Path.of("/bucket")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:sqlite:file:", "jdbc:sqlite:"})
  void aUrlWithoutANameIsNoTemporaryDatabase(String url) throws Exception {
    Failure.ofSql(
            () -> {
              Connection none =
                  new S3VfsDriver().connect(url + "?" + s3.parameters(), new Properties());
              assertNull(none);
            })
        .names("names no key")
        .is(ErrorKind.INVALID);
  }

  @Test
  void theBucketEndsAtASlashThatIsOne() throws Exception {
    Failure.ofOpening("jdbc:s3vfs://bucket%2Fkey?" + s3.parameters())
        .names("percent-encoded")
        .is(ErrorKind.INVALID);
  }

  @Test
  void aSlashIsNoName() throws Exception {
    Failure.ofOpening(s3.url("/")).names("key").is(ErrorKind.INVALID);
  }
}
