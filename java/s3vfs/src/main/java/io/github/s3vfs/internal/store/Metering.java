package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Counts the requests to one bucket and tells the JDK's Flight Recorder of them. Thread-safe. */
final class Metering {
  private final Meter meter;
  private final String bucket;

  Metering(Meter meter, String bucket) {
    this.meter = meter;
    this.bucket = bucket;
  }

  /**
   * Sends a request.
   *
   * @param kind counts it
   * @param bytes how many bytes of objects its answer stands for
   */
  <T> CompletableFuture<T> of(
      LongAdder kind,
      String operation,
      String key,
      Supplier<CompletableFuture<T>> request,
      ToLongFunction<T> bytes) {
    long start = System.nanoTime();
    RequestEvent event = Recording.begun() ? new RequestEvent() : null;
    if (event != null) {
      event.begin();
    }
    CompletableFuture<T> answer = request.get();
    kind.increment();
    var unused =
        answer.whenComplete(
            (value, error) -> {
              long size = error == null ? bytes.applyAsLong(value) : 0;
              if (error != null) {
                meter.failures.increment();
              }
              if (error instanceof S3VfsException e && e.kind() == ErrorKind.CONFLICT) {
                meter.conflicts.increment();
              }
              meter.over(System.nanoTime() - start);
              if (event != null && event.shouldCommit()) {
                event.operation = operation;
                event.bucket = bucket;
                event.key = key;
                event.bytes = size;
                event.outcome = outcome(value, error);
                event.commit();
              }
            });
    return answer;
  }

  private static String outcome(@Nullable Object value, @Nullable Throwable error) {
    if (error != null) {
      return error instanceof S3VfsException e ? words(e.kind()) : "failed";
    }
    return value instanceof Fetched fetched && !fetched.found() ? words(fetched.status()) : "ok";
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
