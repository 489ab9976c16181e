package io.github.s3vfs.internal.store.crt;

import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3RequestConfig;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.crt.ScriptedServer.Received;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Each setting, by what arrives at the server, or at the proxy. */
class SettingsTest {
  private final CrtClients clients = new CrtClients();
  private final ScriptedServer server =
      new ScriptedServer(
          request ->
              request.line().startsWith("CONNECT")
                  ? ScriptedServer.HANG_UP
                  : ScriptedServer.answer(404, "", ""));

  @AfterEach
  void close() {
    clients.close();
    server.close();
  }

  /** One request of each kind, whatever their answers. */
  private List<Received> requests(S3RequestConfig config, AwsCredentialsProvider credentials) {
    ClientSettings client = new ClientSettings(TestSettings.to(server.endpoint()), credentials);
    StoreSettings settings =
        new StoreSettings(config, Duration.ofSeconds(20), StoreSettings.MAX_PUT);
    ObjectStore store = new CrtObjectStore(clients.client(client), "b", settings);
    Stream.<CompletableFuture<?>>of(
            store.get("k", null, Condition.NONE),
            store.put("k", new byte[1], Condition.NONE),
            store.delete("k"),
            store.deleteAll(List.of("k", "l")),
            store.list("k/"),
            store.listPrefixes("k/"))
        .forEach(request -> request.handle((value, error) -> true).join());
    assertEquals(6, server.received().size());
    return server.received();
  }

  private static Received of(List<Received> requests, String method) {
    return requests.stream()
        .filter(r -> r.line().startsWith(method + " "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyRequestSaysWhoPaysAndWhoseBucketItMustBe() {
    S3RequestConfig config = new S3RequestConfig(null, null, null, true, "123456789012");
    for (Received request : requests(config, TestSettings.keyPair("id", "secret"))) {
      assertEquals("requester", request.header("x-amz-request-payer"), request.line());
      assertEquals("123456789012", request.header("x-amz-expected-bucket-owner"), request.line());
    }
  }

  @Test
  void byDefaultNothingIsSaid() {
    for (Received request :
        requests(S3RequestConfig.DEFAULT, TestSettings.keyPair("id", "secret"))) {
      assertFalse(request.headers().containsKey("x-amz-request-payer"), request.line());
      assertFalse(request.headers().containsKey("x-amz-expected-bucket-owner"), request.line());
      assertFalse(request.headers().containsKey("x-amz-storage-class"), request.line());
      assertFalse(request.headers().containsKey("x-amz-server-side-encryption"), request.line());
    }
  }

  @Test
  void objectsAreStoredWithTheirEncryptionAndClass() {
    S3RequestConfig config =
        new S3RequestConfig("aws:kms", "alias/mine", "INTELLIGENT_TIERING", false, null);
    List<Received> requests = requests(config, TestSettings.keyPair("id", "secret"));
    Received put = of(requests, "PUT");
    assertEquals("aws:kms", put.header("x-amz-server-side-encryption"));
    assertEquals("alias/mine", put.header("x-amz-server-side-encryption-aws-kms-key-id"));
    assertEquals("INTELLIGENT_TIERING", put.header("x-amz-storage-class"));
    assertFalse(of(requests, "GET").headers().containsKey("x-amz-server-side-encryption"));
  }

  @Test
  void encryptionWithKeysOfS3NamesNoKey() {
    S3RequestConfig config = new S3RequestConfig("AES256", null, null, false, null);
    Received put = of(requests(config, TestSettings.keyPair("id", "secret")), "PUT");
    assertEquals("AES256", put.header("x-amz-server-side-encryption"));
    assertFalse(put.headers().containsKey("x-amz-server-side-encryption-aws-kms-key-id"));
  }

  @Test
  void anonymousRequestsAreNotSigned() {
    for (Received request :
        requests(S3RequestConfig.DEFAULT, AnonymousCredentialsProvider.create())) {
      assertFalse(request.headers().containsKey("authorization"), request.line());
    }
  }

  @Test
  void sessionCredentialsSendTheirToken() {
    AwsCredentialsProvider session =
        StaticCredentialsProvider.create(AwsSessionCredentials.create("id", "secret", "token"));
    for (Received request : requests(S3RequestConfig.DEFAULT, session)) {
      assertEquals("token", request.header("x-amz-security-token"), request.line());
      assertTrue(request.header("authorization").contains("id/"), request.line());
    }
  }

  private void readThroughProxy(S3ClientConfig config, @Nullable ProxyLogin login) {
    ClientSettings settings =
        new ClientSettings(config, TestSettings.keyPair("id", "secret"), login, 10.0, 256L << 20);
    ObjectStore store = TestSettings.store(clients, settings, "bucket");
    store.get("k", null, Condition.NONE).handle((value, error) -> true).join();
  }

  private S3ClientConfig aws(boolean fips, boolean dualStack, boolean accelerate, String region) {
    return new S3ClientConfig(
        region,
        null,
        false,
        server.endpoint(),
        fips,
        dualStack,
        accelerate,
        Duration.ofSeconds(3),
        Duration.ofSeconds(5),
        1);
  }

  static Stream<Arguments> endpointsOfAws() {
    return Stream.of(
        Arguments.of(false, false, false, "eu-west-1", "bucket.s3.eu-west-1.amazonaws.com"),
        Arguments.of(true, false, false, "us-east-1", "bucket.s3-fips.us-east-1.amazonaws.com"),
        Arguments.of(
            false, true, false, "eu-west-1", "bucket.s3.dualstack.eu-west-1.amazonaws.com"),
        Arguments.of(
            true, true, false, "us-west-2", "bucket.s3-fips.dualstack.us-west-2.amazonaws.com"),
        Arguments.of(false, false, true, "eu-west-1", "bucket.s3-accelerate.amazonaws.com"),
        Arguments.of(
            false, true, true, "eu-west-1", "bucket.s3-accelerate.dualstack.amazonaws.com"),
        Arguments.of(false, false, false, "cn-north-1", "bucket.s3.cn-north-1.amazonaws.com.cn"));
  }

  @ParameterizedTest
  @MethodSource("endpointsOfAws")
  void anEndpointOfAwsIsReachedThroughTheProxy(
      boolean fips, boolean dualStack, boolean accelerate, String region, String host) {
    readThroughProxy(aws(fips, dualStack, accelerate, region), null);
    assertEquals("CONNECT " + host + ":443 HTTP/1.1", server.received().get(0).line());
  }

  @Test
  void theProxyIsGivenItsCredentialsWhichNothingElseShows() {
    ProxyLogin login = new ProxyLogin("me", "hush");
    readThroughProxy(aws(false, false, false, "eu-west-1"), login);
    assertTrue(
        server.received().stream()
            .anyMatch(r -> r.header("proxy-authorization").equals("Basic bWU6aHVzaA==")),
        () -> server.received().toString());
    assertFalse(login.toString().contains("hush"));
  }

  static Stream<Arguments> impossible() {
    return Stream.of(
        Arguments.of("encryption", new String[] {"DES", null, null, null}),
        Arguments.of("kmsKeyId", new String[] {"AES256", "key", null, null}),
        Arguments.of("storageClass", new String[] {null, null, "GLACIER", null}),
        Arguments.of("expectedBucketOwner", new String[] {null, null, null, "12"}));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void whatIsImpossibleIsNamed(String setting, @Nullable String[] values) {
    S3VfsException e =
        assertThrows(
            S3VfsException.class,
            () -> new S3RequestConfig(values[0], values[1], values[2], false, values[3]));
    assertEquals(ErrorKind.INVALID, e.kind());
    assertTrue(String.valueOf(e.getMessage()).startsWith(setting + "="), e::getMessage);
  }

  @Test
  void acceleratedFipsAndOtherEndpointsDoNotGoTogether() {
    assertThrows(S3VfsException.class, () -> aws(true, false, true, "eu-west-1"));
    assertThrows(
        S3VfsException.class,
        () ->
            new S3ClientConfig(
                null,
                URI.create("http://localhost:1"),
                true,
                null,
                true,
                false,
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1));
  }

  @Test
  void aBucketElsewhereIsNamedWithItsRegion() {
    try (ScriptedServer other =
        new ScriptedServer(
            request ->
                ScriptedServer.error(
                    301, "x-amz-bucket-region: eu-north-1\n", "PermanentRedirect", "elsewhere"))) {
      ObjectStore store =
          TestSettings.store(
              clients,
              new ClientSettings(
                  TestSettings.to(other.endpoint()), TestSettings.keyPair("id", "secret")),
              "b");
      S3VfsException e = failure(ErrorKind.INVALID, store.get("k", null, Condition.NONE));
      assertTrue(String.valueOf(e.getMessage()).contains("eu-north-1"), e::getMessage);
    }
  }
}
