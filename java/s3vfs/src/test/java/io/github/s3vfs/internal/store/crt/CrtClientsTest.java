package io.github.s3vfs.internal.store.crt;

import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static io.github.s3vfs.internal.store.crt.CrtRequestsTest.assertContains;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3ClientConfig;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.StoreFixture;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Which clients there are, and stores that cannot be reached. */
class CrtClientsTest {
  private static final URI REFUSED = URI.create("http://127.0.0.1:1");

  private final CrtClients clients = new CrtClients();

  @AfterEach
  void close() {
    clients.close();
  }

  private static ClientSettings to(URI endpoint) {
    return with(TestSettings.to(endpoint));
  }

  private static ClientSettings with(S3ClientConfig config) {
    return new ClientSettings(config, TestSettings.keyPair("id", "secret"));
  }

  /** Fails as it should, and within these seconds. */
  private static S3VfsException unavailable(ObjectStore store, int seconds) {
    long start = System.nanoTime();
    S3VfsException e = failure(ErrorKind.UNAVAILABLE, store.get("k", null, Condition.NONE));
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println(millis + " ms: " + e.getMessage());
    assertTrue(millis < seconds * 1000L, millis + " ms");
    return e;
  }

  @Test
  void equalSettingsShareAClient() {
    ClientSettings settings = to(REFUSED);
    ClientSettings equal = new ClientSettings(TestSettings.to(REFUSED), settings.credentials());
    assertSame(clients.client(settings), clients.client(equal));
    assertNotSame(clients.client(settings), clients.client(to(URI.create("http://127.0.0.1:2"))));
  }

  @Test
  void afterCloseThereAreNoClients() {
    ObjectStore store = TestSettings.store(clients, to(REFUSED), "b");
    clients.close();
    clients.close();
    failure(ErrorKind.CLOSED, store.get("k", null, Condition.NONE));
    S3VfsException e = assertThrows(S3VfsException.class, () -> clients.client(to(REFUSED)));
    assertEquals(ErrorKind.CLOSED, e.kind());
  }

  @Test
  void requestsThatMeetTheCloseAreRefused() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            request ->
                ScriptedServer.answer(206, "Content-Range: bytes 0-0/1\nETag: \"e\"", "x"))) {
      for (int round = 0; round < 3; round++) {
        CrtClients closing = new CrtClients();
        ObjectStore store = TestSettings.store(closing, to(server.endpoint()), "b");
        List<Thread> senders =
            Stream.generate(() -> new Thread(() -> sendUntilClosed(store))).limit(4).toList();
        senders.forEach(Thread::start);
        assertEquals(1, StoreFixture.read(store, "k").length);
        closing.close();
        for (Thread sender : senders) {
          sender.join(30_000);
          assertFalse(sender.isAlive());
        }
      }
    }
  }

  private static void sendUntilClosed(ObjectStore store) {
    CompletableFuture<?> last;
    do {
      last = store.get("k", null, Condition.NONE);
      LockSupport.parkNanos(100_000);
    } while (!last.isCompletedExceptionally() || failureOf(last).kind() != ErrorKind.CLOSED);
  }

  private static S3VfsException failureOf(CompletableFuture<?> failed) {
    Throwable cause = assertThrows(CompletionException.class, failed::join).getCause();
    return assertInstanceOf(S3VfsException.class, cause);
  }

  @Test
  void aRefusedConnectionIsUnavailableSoon() {
    assertContains(unavailable(TestSettings.store(clients, to(REFUSED), "b"), 15), "refused");
  }

  @Test
  void anUnknownHostIsUnavailableSoon() {
    unavailable(
        TestSettings.store(clients, to(URI.create("http://no-such-host.invalid")), "b"), 15);
  }

  @Test
  void aServerThatNeverAnswersIsUnavailableAtTheDeadline() throws Exception {
    try (ScriptedServer silent = new ScriptedServer(request -> ScriptedServer.SILENCE)) {
      ClientSettings settings =
          with(TestSettings.to(silent.endpoint(), Duration.ofSeconds(1), Duration.ofSeconds(1), 1));
      assertContains(unavailable(TestSettings.store(clients, settings, "b"), 5), "within 1000 ms");
      assertTrue(silent.clientHungUp(5000));
    }
  }

  @Test
  void aSilentConnectionIsGivenUpForAnotherBeforeTheDeadline() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (ScriptedServer server =
        new ScriptedServer(
            request ->
                requests.getAndIncrement() == 0
                    ? ScriptedServer.SILENCE
                    : ScriptedServer.answer(206, "Content-Range: bytes 0-0/1\nETag: \"e\"", "x"))) {
      // On a busy machine the connections that follow may be silent for too long as well.
      ClientSettings settings =
          with(
              TestSettings.to(server.endpoint(), Duration.ofSeconds(5), Duration.ofSeconds(20), 3));
      ObjectStore store = TestSettings.store(clients, settings, "b");
      assertEquals("x", new String(StoreFixture.read(store, "k"), UTF_8));
      assertTrue(server.received().size() >= 2, server.received().toString());
    }
  }

  @Test
  void missingCredentialsAreAccessDeniedWithHelp() {
    ClientSettings settings =
        new ClientSettings(
            TestSettings.to(REFUSED),
            () -> {
              throw SdkClientException.create(
                  "Unable to load credentials from any of the providers in the chain");
            });
    ObjectStore store = TestSettings.store(clients, settings, "b");
    for (CompletableFuture<?> request :
        List.of(store.get("k", null, Condition.NONE), store.list(""))) {
      assertContains(failure(ErrorKind.ACCESS_DENIED, request), "AWS_PROFILE");
    }
  }

  @Test
  void anEndpointMustBeAnAddressWithoutCredentials() {
    for (String bad : new String[] {"http://id:secret@host", "ftp://host", "host:80", "/path"}) {
      S3VfsException e = assertThrows(S3VfsException.class, () -> to(URI.create(bad)));
      assertEquals(ErrorKind.INVALID, e.kind());
      assertFalse(String.valueOf(e.getMessage()).contains("secret"), e.getMessage());
    }
  }

  @Test
  void theRegionIsTheGivenOneElseTheChainsElseTheUsualOneOfAnEndpoint() throws Exception {
    assertEquals("eu-west-1", signedRegion("eu-west-1"));
    System.setProperty("aws.region", "eu-north-1");
    try {
      assertEquals("eu-north-1", signedRegion(null));
    } finally {
      System.clearProperty("aws.region");
    }
    assumeTrue(System.getenv("AWS_REGION") == null && System.getenv("AWS_PROFILE") == null);
    assertEquals("us-east-1", signedRegion(null));
  }

  @Test
  void withoutRegionAndEndpointThereIsNoClientAndTheErrorSaysWhatToSet() {
    assumeTrue(System.getenv("AWS_REGION") == null && System.getenv("AWS_PROFILE") == null);
    System.setProperty("aws.disableEc2Metadata", "true");
    try {
      S3VfsException e =
          assertThrows(
              S3VfsException.class,
              () -> clients.client(new ClientSettings(S3ClientConfig.DEFAULT, null)));
      assertEquals(ErrorKind.INVALID, e.kind());
      assertContains(e, "AWS_REGION");
    } finally {
      System.clearProperty("aws.disableEc2Metadata");
    }
  }

  /** The region in the signature of a request. */
  private String signedRegion(@Nullable String region) throws Exception {
    try (CrtClients own = new CrtClients();
        ScriptedServer server = new ScriptedServer(request -> ScriptedServer.answer(404, "", ""))) {
      S3ClientConfig config =
          new S3ClientConfig(
              region,
              server.endpoint(),
              true,
              null,
              false,
              false,
              false,
              Duration.ofSeconds(3),
              Duration.ofSeconds(30),
              3);
      ObjectStore store = TestSettings.store(own, with(config), "b");
      assertFalse(StoreFixture.exists(store, "k"));
      String[] scope = server.received().get(0).header("authorization").split("/", -1);
      return scope[2];
    }
  }

  @Test
  void settingsDoNotShowCredentials() {
    assertFalse(to(REFUSED).toString().contains("secret"), to(REFUSED).toString());
  }
}
