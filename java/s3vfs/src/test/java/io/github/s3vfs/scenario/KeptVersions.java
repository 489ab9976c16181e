package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Version;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.transfer.S3Databases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * What is left of a database in the layout {@code snapshot} when nobody writes any more: versions
 * that can be read, and no segment that none of them needs.
 */
final class KeptVersions {
  /** Of those that are listed. */
  private static final int VERSIONS_READ = Boolean.getBoolean("s3vfs.test.thorough") ? 1000 : 12;

  private final Bucket bucket;
  private final String key;

  KeptVersions(Bucket bucket, String key) {
    this.bucket = bucket;
    this.key = key;
  }

  /** What a version has to hold. */
  interface Content {
    /**
     * Asserts it.
     *
     * @param c reads that version
     */
    void check(Connection c, long version) throws SQLException;
  }

  /**
   * Asserts that all versions are listed and can be read, then that a collection leaves what the
   * newest one needs and no more.
   *
   * @param newest its number
   * @param what names the run in messages
   */
  void check(long newest, Content content, String what) throws SQLException {
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b)) { // nothing in its cache
      List<Long> numbers = numbers(vfs);
      long oldest = numbers.get(numbers.size() - 1);
      assertEquals(
          LongStream.rangeClosed(oldest, newest).map(v -> newest + oldest - v).boxed().toList(),
          numbers,
          what);
      int step = Math.max(1, numbers.size() / VERSIONS_READ);
      for (int i = 0; i < numbers.size(); i += step) {
        checkVersion(vfs, numbers.get(i), content, what);
      }
      checkVersion(vfs, oldest, content, what);
      collectAllButTheNewest(what);
      checkVersion(vfs, newest, content, what);
      assertNothingUseless(newest, what);
    }
  }

  private List<Long> numbers(S3Vfs vfs) {
    return vfs.versions(Bucket.location(key)).stream().map(S3Version::number).toList();
  }

  private void checkVersion(S3Vfs vfs, long version, Content content, String what)
      throws SQLException {
    String url = Bucket.url(vfs, key, "version=" + version);
    try (Connection c = DriverManager.getConnection(url)) {
      content.check(c, version);
      Sql.assertIntact(c);
    } catch (SQLException e) {
      throw new SQLException(what + ", version " + version + ": " + e.getMessage(), e);
    }
  }

  /** By a retention that is over as soon as the store's clock has gone on. */
  private void collectAllButTheNewest(String what) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.retention(Duration.ofMillis(1)))) {
      do {
        assertTrue(System.nanoTime() < deadline, what + ": versions stay");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        int unused = S3Databases.of(vfs).collect(Bucket.location(key));
      } while (numbers(vfs).size() > 1);
    }
  }

  private void assertNothingUseless(long newest, String what) {
    TreeSet<String> needed = new TreeSet<>();
    DocumentedDatabase stored = documented(needed);
    assertEquals(newest, stored.newest.version, what);
    assertEquals(0, stored.newest.runs(), what); // else there is more than pages need
    assertTrue(stored.newest.file().length > 0, what);
    assertEquals(List.copyOf(needed), bucket.server().objects(Bucket.NAME).keys(key + "/"), what);
  }

  /** As a reader finds it that knows only docs/FORMAT.md. */
  DocumentedDatabase newest() {
    return documented(new TreeSet<>());
  }

  /**
   * As a reader finds it.
   *
   * @param read gets the keys that are read
   */
  private DocumentedDatabase documented(Set<String> read) {
    BucketObjects objects = bucket.server().objects(Bucket.NAME);
    return new DocumentedDatabase(
        key,
        name -> {
          read.add(name);
          return objects.find(name).orElse(null);
        });
  }
}
