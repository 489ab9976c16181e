package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.testkit.S3TestServer;
import java.time.Duration;
import java.util.Map;

/** An embedded server, or what takes its place, and stores on it, for the tests of a class. */
final class EmbeddedStore implements AutoCloseable {
  static final String BUCKET = "contract";

  final S3TestServer server = S3TestServer.builder().inMemory().start();
  final CrtClients clients = new CrtClients();

  EmbeddedStore() {
    server.createBucket(BUCKET);
  }

  ClientSettings settings() {
    return new ClientSettings(
        TestSettings.to(server.endpoint(), Duration.ofSeconds(3), Duration.ofSeconds(30), 2),
        TestSettings.keyPair(server.accessKeyId(), server.secretAccessKey()));
  }

  CrtObjectStore store() {
    return store(settings());
  }

  CrtObjectStore store(ClientSettings settings) {
    return TestSettings.store(clients, settings, BUCKET);
  }

  /** Empties the bucket and forgets faults, permissions and counts. */
  void reset() throws InterruptedException {
    server.faults().clear();
    for (int i = 0; i < 500 && server.account().inFlight() > 0; i++) {
      Thread.sleep(10); // what an earlier test gave up is counted until it ends
    }
    server.policy().clear();
    empty();
    server.account().reset();
  }

  /** Empties the bucket. */
  void empty() {
    server.objects(BUCKET).restore(Map.of());
  }

  @Override
  public void close() {
    clients.close();
    server.close();
  }
}
