package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.ObjectStoreManyContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** The contract, as stores with S3's protocol keep it. */
@Tag("any-store")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrtObjectStoreTest extends ObjectStoreManyContract {
  private final EmbeddedStore embedded = new EmbeddedStore();
  private final CrtObjectStore store = embedded.store();

  @AfterAll
  void stop() {
    embedded.close();
  }

  @BeforeEach
  void empty() {
    embedded.empty();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected ObjectStore storeOfMissingBucket() {
    return TestSettings.store(embedded.clients, embedded.settings(), "no-such-bucket");
  }

  @Override
  protected ObjectStore closedStore() {
    try (CrtClients clients = new CrtClients()) {
      return TestSettings.store(clients, embedded.settings(), EmbeddedStore.BUCKET);
    }
  }

  @Override
  protected void storeEmptyObject(String key) {
    embedded.server.objects(EmbeddedStore.BUCKET).put(key, new byte[0]);
  }
}
