package io.github.s3vfs.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Short ways to ask an object store in tests. Waits end after a minute. */
public final class StoreFixture {
  private StoreFixture() {}

  /** The value of a future that succeeds. */
  public static <T> T ok(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  /** The failure of a future that fails as the interface says: with our exception, not wrapped. */
  public static S3VfsException failure(ErrorKind kind, CompletableFuture<?> future) {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS));
    S3VfsException failure = assertInstanceOf(S3VfsException.class, e.getCause());
    assertEquals(kind, failure.kind(), failure.getMessage());
    return failure;
  }

  /** Reads a whole object that is there. */
  public static byte[] read(ObjectStore store, String key) throws InterruptedException {
    Fetched fetched = ok(store.get(key, null, Condition.NONE));
    assertEquals(Fetched.Status.FOUND, fetched.status(), key);
    return fetched.body();
  }

  /** Stores text. */
  public static String write(ObjectStore store, String key, String text)
      throws InterruptedException {
    return ok(store.put(key, text.getBytes(UTF_8), Condition.NONE));
  }

  /** Whether there is such an object. */
  public static boolean exists(ObjectStore store, String key) throws InterruptedException {
    return ok(store.get(key, null, Condition.NONE)).found();
  }

  /** Reads a part of an object that is there. */
  public static Fetched part(ObjectStore store, String key, long offset, long length)
      throws InterruptedException {
    Fetched fetched = ok(store.get(key, new ByteRange(offset, length), Condition.NONE));
    assertEquals(Fetched.Status.FOUND, fetched.status(), key);
    return fetched;
  }

  /** Bytes that look random, the same ones for the same length. */
  public static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
