package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys with everything that S3 and a URL allow: the objects are stored under the decoded key. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class KeyNamesTest {
  @Parameter Layout layout = Layout.BLOCKS;

  /** Of the layout whose objects have the longest names. */
  private static final String LONGEST = longest(S3Location.MAX_KEY_BYTES - 38);

  private static DefaultVfs s3;
  private static S3Vfs named;

  private static String longest(int length) {
    return ("l".repeat(100) + "/").repeat(20).substring(0, length);
  }

  @BeforeParameterizedClassInvocation
  static void start(Layout layout) {
    s3 = new DefaultVfs(layout);
    named = Bucket.vfs(s3.server, b -> b.layout(layout));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    named.close();
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
        LONGEST,
        "é".repeat(LONGEST.length() / 2));
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
    assertTrue(stored.contains(Stored.first(layout, key)), stored::toString);
    stored.forEach(object -> assertTrue(object.startsWith(key + "/"), object));
    stored.forEach(s3.server.objects(DefaultVfs.BUCKET)::delete);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void isWhereTheObjectsOfANamedVfsAre(String key) throws Exception {
    for (String path : List.of(encoded(key), "/" + encoded(key))) {
      try (Connection connection = DriverManager.getConnection(Bucket.url(named, path, ""))) {
        Sql.execute(connection, "CREATE TABLE IF NOT EXISTS t(x)", "INSERT INTO t VALUES (1)");
      }
    }
    try (Connection connection =
        DriverManager.getConnection(Bucket.url(named, encoded(key), "mode=ro"))) {
      assertEquals("2", Sql.value(connection, "SELECT count(*) FROM t"));
    }
    List<String> stored = Stored.keys(s3.server.objects(DefaultVfs.BUCKET));
    assertTrue(stored.contains(Stored.first(layout, key)), stored::toString);
    stored.forEach(s3.server.objects(DefaultVfs.BUCKET)::delete);
  }

  @Test
  void aKeyThatIsTooLongForTheObjectsIsRefused() throws Exception {
    boolean blocks = layout == Layout.BLOCKS;
    int most = blocks ? S3Location.MAX_KEY_BYTES : LONGEST.length();
    try (Connection connection = DriverManager.getConnection(s3.url("/bucket/" + longest(most)))) {
      Sql.execute(connection, "CREATE TABLE t(x)");
    }
    List<String> stored = Stored.keys(s3.server.objects(DefaultVfs.BUCKET));
    stored.forEach(object -> assertTrue(object.length() <= 1024, object));
    stored.forEach(s3.server.objects(DefaultVfs.BUCKET)::delete);
    String tooLong = s3.url("/bucket/" + longest(most + 1));
    Failure.ofSql(
            () -> {
              try (Connection connection = DriverManager.getConnection(tooLong)) {
                Sql.execute(connection, "CREATE TABLE t(x)");
              }
            })
        .names("at most " + most)
        .is(ErrorKind.INVALID);
    assertEquals(List.of(), Stored.keys(s3.server.objects(DefaultVfs.BUCKET)));
  }
}
