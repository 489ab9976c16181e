package io.github.s3vfs.select.client;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.Pushdown;
import io.github.s3vfs.select.SelectLimits;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/**
 * A client of the AWS SDK that runs {@code selectObjectContent} itself, over any store; everything
 * else goes to the client behind it, from which objects are read with GetObject.
 *
 * <pre>{@code
 * S3AsyncClient s3 = SelectS3AsyncClient.over(S3AsyncClient.create());
 * s3.selectObjectContent(request, handler).join();
 * }</pre>
 *
 * <p>Requests, events and errors are those of the SDK: {@code Records} of up to 64 KiB, {@code
 * Cont}, {@code Progress} where it was asked for, {@code Stats} and {@code End}; failures are
 * {@code S3Exception}s with S3's code and status, at the handler and in the future. docs/SELECT.md
 * lists what is different. A query has a thread from its call to its end, also while a subscriber
 * asks for nothing. To cancel the subscription, or the future, ends it and what it fetches.
 *
 * <p>Thread-safe. Closing it ends its queries, and closes the client behind it.
 */
public final class SelectS3AsyncClient extends DelegatingS3AsyncClient {
  private static final AtomicLong THREADS = new AtomicLong();

  private final S3AsyncClient behind;
  private final Dialect dialect;
  private final SelectLimits limits;
  private final Pushdown pushdown;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(SelectS3AsyncClient::thread);

  private SelectS3AsyncClient(Builder builder) {
    super(builder.behind);
    this.behind = builder.behind;
    this.dialect = builder.dialect;
    this.limits = builder.limits;
    this.pushdown = builder.pushdown;
  }

  /**
   * A client in AWS's dialect, with the usual limits.
   *
   * @param behind a client of any make; closed with the new one
   * @return the new client
   */
  public static SelectS3AsyncClient over(S3AsyncClient behind) {
    return builder(behind).build();
  }

  /**
   * A client to be set up.
   *
   * @param behind a client of any make; closed with the new one
   * @return the settings
   */
  public static Builder builder(S3AsyncClient behind) {
    return new Builder(Objects.requireNonNull(behind, "behind"));
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "s3vfs-select-" + THREADS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public CompletableFuture<Void> selectObjectContent(
      SelectObjectContentRequest request, SelectObjectContentResponseHandler handler) {
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(handler, "handler");
    ClientRun run = new ClientRun(behind, request, handler, dialect, limits, pushdown);
    try {
      threads.execute(run);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the client was closed", e);
    }
    return run.outcome();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    super.close();
  }

  /** Settings of a client. Not thread-safe. */
  public static final class Builder {
    private final S3AsyncClient behind;
    private Dialect dialect = Dialect.AWS;
    private SelectLimits limits = SelectLimits.DEFAULT;
    private Pushdown pushdown = Pushdown.OFF;

    private Builder(S3AsyncClient behind) {
      this.behind = behind;
    }

    /**
     * Whose ways queries have; AWS's by default.
     *
     * @param value the dialect
     * @return this
     */
    public Builder dialect(Dialect value) {
      dialect = Objects.requireNonNull(value, "dialect");
      return this;
    }

    /**
     * Bounds of each query.
     *
     * @param value the bounds
     * @return this
     */
    public Builder limits(SelectLimits value) {
      limits = Objects.requireNonNull(value, "limits");
      return this;
    }

    /**
     * Whether the store is asked first; it is not by default. Stats are then of what was read here.
     *
     * @param value when
     * @return this
     */
    public Builder pushdown(Pushdown value) {
      pushdown = Objects.requireNonNull(value, "pushdown");
      return this;
    }

    /**
     * Makes the client.
     *
     * @return the client
     */
    public SelectS3AsyncClient build() {
      return new SelectS3AsyncClient(this);
    }
  }
}
