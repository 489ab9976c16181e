package io.github.s3vfs.internal.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.S3VfsException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriParametersTest {
  private static final S3VfsConfig DEFAULTS = S3VfsConfig.named("s3");

  private static S3VfsConfig apply(String name, String value) {
    return UriParameters.apply(DEFAULTS, Map.of(name, value));
  }

  private static String refusal(String name, String value) {
    S3VfsException e = assertThrows(S3VfsException.class, () -> apply(name, value));
    assertEquals(ErrorKind.INVALID, e.kind());
    return String.valueOf(e.getMessage());
  }

  @Test
  void withoutParametersTheSettingsStay() {
    assertSame(DEFAULTS, UriParameters.apply(DEFAULTS, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vfs", "mode", "cache", "psow", "nolock", "immutable", "modeof"})
  void parametersOfSqliteAreIgnoredWhateverTheyAre(String name) {
    assertSame(DEFAULTS, apply(name, "anything"));
    assertSame(DEFAULTS, apply(name, ""));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 65536, S3VfsConfig.MAX_BLOCK_SIZE})
  void blockSizeIsSet(int bytes) {
    assertEquals(bytes, apply("block_size", "" + bytes).blockSize());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "67108865", "4k", "4096.0", "0x1000", " 4096", "99999999999999999"})
  void aBadBlockSizeIsRefused(String value) {
    String expected =
        "URL parameter block_size=" + value + ": expected a number from 1 to 67108864";
    assertEquals(expected, refusal("block_size", value));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1500, 86_400_000})
  void stalenessIsSetInMilliseconds(long millis) {
    assertEquals(Duration.ofMillis(millis), apply("max_staleness_ms", "" + millis).maxStaleness());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "86400001", "1s", "PT1S", "9223372036854775808"})
  void aBadStalenessIsRefused(String value) {
    String message = refusal("max_staleness_ms", value);
    assertEquals(
        "URL parameter max_staleness_ms=" + value + ": expected a number from 0 to 86400000",
        message);
  }

  @ParameterizedTest
  @CsvSource({
    "1,true",
    "true,true",
    "TRUE,true",
    "yes,true",
    "On,true",
    "0,false",
    "false,false",
    "No,false",
    "off,false"
  })
  void pathStyleIsSet(String value, boolean expected) {
    assertEquals(expected, apply("path_style", value).client().pathStyle());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "t", "truee", " true"})
  void aBadPathStyleIsRefused(String value) {
    assertEquals(
        "URL parameter path_style=" + value + ": expected true or false",
        refusal("path_style", value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"eu-central-1", "us-gov-west-1", "auto", "garage"})
  void theRegionIsSet(String value) {
    assertEquals(value, apply("region", value).client().region());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "EU-CENTRAL-1", "eu central", "eu_central", "eu.central", "a\nb"})
  void aBadRegionIsRefused(String value) {
    assertEquals(
        "URL parameter region=" + value + ": expected a name as in eu-central-1",
        refusal("region", value));
  }

  @Test
  void aRegionThatIsTooLongIsRefused() {
    assertEquals("a".repeat(64), apply("region", "a".repeat(64)).client().region());
    assertTrue(refusal("region", "a".repeat(65)).contains("region"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:9000",
        "https://s3.example.com",
        "https://s3.example.com/",
        "https://gateway.example.com/s3",
        "http://127.0.0.1:1",
        "http://[::1]:9000"
      })
  void theEndpointIsSet(String value) {
    assertEquals(URI.create(value), apply("endpoint", value).client().endpoint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "localhost:9000",
        "//localhost",
        "ftp://localhost",
        "s3://bucket",
        "http://",
        "http:///path",
        "http:localhost",
        "http://local host",
        "http://localhost:port",
        "file:/tmp/x"
      })
  void aBadEndpointIsRefused(String value) {
    assertEquals(
        "URL parameter endpoint="
            + value
            + ": expected http://host:port or https://host, without credentials or a query",
        refusal("endpoint", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://AKIDEXAMPLE:SECRET@localhost:9000",
        "http://SECRET@localhost",
        "https://AKIDEXAMPLE:SECRET@",
        "http://AKIDEXAMPLE:SECRET%40localhost",
        "http://AKIDEXAMPLE:SEC^RET@local host",
        "AKIDEXAMPLE:SECRET@localhost:9000",
        "http://localhost/?X-Amz-Credential=AKIDEXAMPLE&X-Amz-Signature=SECRET",
        "http://localhost/#SECRET",
        "http://localhost?SECRET",
        "http://localhost/%zz?SECRET",
        "ftp://localhost/?key=SECRET"
      })
  void credentialsInAnEndpointAreRefusedAndNeverShown(String value) {
    S3VfsException e = assertThrows(S3VfsException.class, () -> apply("endpoint", value));
    for (Throwable shown = e; shown != null; shown = shown.getCause()) {
      String text = String.valueOf(shown.getMessage());
      assertFalse(text.contains("SECRET") || text.contains("RET@"), text);
      assertFalse(text.contains("AKIDEXAMPLE"), text);
    }
    assertTrue(String.valueOf(e.getMessage()).contains("URL parameter endpoint=(hidden)"));
  }

  @Test
  void theLayoutMustBeOneThereIs() {
    assertEquals(Layout.BLOCKS, apply("layout", "blocks").layout());
    assertEquals(Layout.SNAPSHOT, apply("layout", "snapshot").layout());
    String refused = "URL parameter layout=%s: expected blocks or snapshot";
    assertEquals(refused.formatted("snapshots"), refusal("layout", "snapshots"));
    assertEquals(refused.formatted(""), refusal("layout", ""));
  }

  @Test
  void theWriterIsClaimingOrOptimistic() {
    assertEquals(DEFAULTS, apply("writer", "claim"));
    assertTrue(apply("writer", "optimistic").optimistic());
    assertEquals("URL parameter writer=1: expected claim or optimistic", refusal("writer", "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "blocksize", "BLOCK_SIZE", "vfs ", "page_size", "VFS", "secret_key"})
  void anUnknownParameterIsRefusedWithThoseThatAreKnown(String name) {
    String message = refusal(name, "SECRET");
    assertTrue(message.startsWith("unknown URL parameter '" + name + "'; known are "), message);
    assertFalse(message.contains("SECRET"), message);
    for (String known :
        "block_size endpoint layout max_staleness_ms path_style region writer vfs mode"
            .split(" ", -1)) {
      assertTrue(message.contains(known), message);
    }
  }

  @Test
  void oneBadParameterAmongGoodOnesIsRefused() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("region", "eu-central-1");
    parameters.put("mode", "rwc");
    parameters.put("bucket", "b");
    assertThrows(S3VfsException.class, () -> UriParameters.apply(DEFAULTS, parameters));
  }

  @Test
  void parametersAreAppliedTogetherAndLeaveTheOtherSettingsAlone() {
    S3VfsConfig all =
        UriParameters.apply(
            DEFAULTS,
            Map.of(
                "vfs", "s3",
                "layout", "snapshot",
                "block_size", "8192",
                "writer", "optimistic",
                "max_staleness_ms", "250",
                "path_style", "true",
                "region", "eu-central-1",
                "endpoint", "http://localhost:9000"));
    S3VfsConfig expected =
        new S3VfsConfig(
            DEFAULTS.name(),
            DEFAULTS.bucket(),
            new S3ClientConfig(
                "eu-central-1",
                URI.create("http://localhost:9000"),
                true,
                null,
                false,
                false,
                false,
                DEFAULTS.client().connectTimeout(),
                DEFAULTS.client().requestTimeout(),
                DEFAULTS.client().retries()),
            DEFAULTS.requests(),
            Layout.SNAPSHOT,
            8192,
            true,
            Duration.ofMillis(250),
            DEFAULTS.cacheSizeBytes(),
            DEFAULTS.writeBufferBytes(),
            DEFAULTS.parallelism(),
            DEFAULTS.leaseTerm(),
            DEFAULTS.retention(),
            DEFAULTS.upkeep(),
            DEFAULTS.cacheDir(),
            DEFAULTS.cacheDirBytes());
    assertEquals(expected, all);
  }
}
