package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys with everything that S3 and a URL allow: the objects are stored under the decoded key. */
class KeyNamesTest {
  private static DefaultVfs s3;

  @BeforeAll
  static void start() {
    s3 = new DefaultVfs();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  static Stream<String> keys() {
    return Stream.of(
        "a",
        "deep/er/and/deeper.sqlite",
        "with space",
        " leading and trailing ",
        "100%",
        "%41",
        "%",
        "a#b",
        "a?b=c&d",
        "?vfs=unix",
        "a+b",
        "a&b=c;d",
        "quote'quote\"quote",
        "back\\slash",
        "colon:semi;comma,",
        "brackets[]{}()<>|^`~!@$*",
        "ümläut/日本語/\uD83D\uDE00",
        "e\u0301 is not \u00e9",
        "a-journal/inner",
        "0000000000",
        "k".repeat(100) + "/" + "k".repeat(200),
        ("l".repeat(100) + "/").repeat(20).substring(0, S3Location.MAX_KEY_BYTES),
        "é".repeat(S3Location.MAX_KEY_BYTES / 2));
  }

  private static String encoded(String key) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }

  @ParameterizedTest
  @MethodSource("keys")
  void isWhereTheObjectsAre(String key) throws Exception {
    List<String> urls =
        List.of(
            s3.url("/bucket/" + encoded(key)),
            "jdbc:s3vfs://bucket/" + encoded(key) + "?" + s3.parameters());
    for (String url : urls) {
      try (Connection connection = DriverManager.getConnection(url)) {
        Sql.execute(
            connection, "CREATE TABLE IF NOT EXISTS t(x)", "INSERT INTO t VALUES ('" + 1 + "')");
      }
    }
    try (Connection connection = DriverManager.getConnection(urls.get(0))) {
      assertEquals("2", Sql.value(connection, "SELECT count(*) FROM t"));
      Sql.assertIntact(connection);
    }
    List<String> stored = Stored.keys(s3.server.objects(DefaultVfs.BUCKET));
    assertTrue(stored.contains(key + "/0000000000"), stored::toString);
    stored.forEach(object -> assertTrue(object.startsWith(key + "/"), object));
    stored.forEach(s3.server.objects(DefaultVfs.BUCKET)::delete);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void isWhereTheObjectsOfANamedVfsAre(String key) throws Exception {
    S3Vfs vfs = Bucket.vfs(s3.server, b -> b);
    try (vfs) {
      for (String path : List.of(encoded(key), "/" + encoded(key))) {
        try (Connection connection = DriverManager.getConnection(Bucket.url(vfs, path, ""))) {
          Sql.execute(connection, "CREATE TABLE IF NOT EXISTS t(x)", "INSERT INTO t VALUES (1)");
        }
      }
      try (Connection connection =
          DriverManager.getConnection(Bucket.url(vfs, encoded(key), "mode=ro"))) {
        assertEquals("2", Sql.value(connection, "SELECT count(*) FROM t"));
      }
    }
    List<String> stored = Stored.keys(s3.server.objects(DefaultVfs.BUCKET));
    assertTrue(stored.contains(key + "/0000000000"), stored::toString);
    stored.forEach(s3.server.objects(DefaultVfs.BUCKET)::delete);
  }
}
