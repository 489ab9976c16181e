package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.Change;
import io.github.s3vfs.changelog.ChangelogException;
import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a split on a thread of its own, a batch ahead of the task. The task's thread takes batches;
 * for a position it waits until a batch that is being read is there.
 *
 * @param <T> of the elements
 */
final class SplitFetcher<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SplitFetcher.class);
  private static final long CLOSE_SECONDS = 60;

  /** What may go away by itself, once it was possible to read. */
  private static final Set<Kind> PASSING =
      Set.of(
          Kind.BUSY,
          Kind.DATABASE_FAILED,
          Kind.OPEN_FAILED,
          Kind.DATABASE_GONE,
          Kind.NOT_A_DATABASE);

  private final SqliteTable table;
  private final SplitReading reading;
  private final AcceptedRows<T> accepted;
  private final SqliteSourceOptions options;
  private final ScheduledExecutorService worker;

  /** Of {@code reading}; whoever has it may take the other one. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@code this}, as all that follows. */
  private final Deque<AcceptedRows.Item<T>> ready = new ArrayDeque<>();

  private CompletableFuture<Void> available = new CompletableFuture<>();
  private boolean finished;
  private @Nullable Throwable failure;

  private volatile long stateBytes;
  private volatile long lastLookMillis;

  /** When failures began that may pass; 0 if the last look was none. For the worker. */
  private long failingSince;

  SplitFetcher(
      SqliteTable table,
      SplitReading reading,
      AcceptedRows<T> accepted,
      SqliteSourceOptions options) {
    this.table = table;
    this.reading = reading;
    this.accepted = accepted;
    this.options = options;
    this.worker =
        Executors.newSingleThreadScheduledExecutor(
            run -> {
              Thread thread = new Thread(run, "sqlite-source");
              thread.setDaemon(true);
              return thread;
            });
    worker.execute(this::fetch);
  }

  private void fetch() {
    lock.lock();
    try {
      look();
    } catch (Throwable e) {
      fail(e); // the task is told of whatever ends this
    } finally {
      lock.unlock();
    }
  }

  private void look() {
    try {
      long began = System.nanoTime();
      List<Change> changes = reading.next();
      Deque<AcceptedRows.Item<T>> items = accepted.of(changes);
      lastLookMillis = (System.nanoTime() - began) / 1_000_000;
      stateBytes = reading.stateBytes();
      failingSince = 0;
      publish(items, reading.isFinished());
      if (items.isEmpty() && !reading.isFinished()) {
        again(changes.isEmpty() ? options.pollInterval().toMillis() : 0);
      }
    } catch (ChangelogException e) {
      failed(e);
    }
  }

  private void again(long millis) {
    if (!worker.isShutdown()) {
      var unused = worker.schedule(this::fetch, millis, TimeUnit.MILLISECONDS);
    }
  }

  private void failed(ChangelogException e) {
    long now = System.nanoTime();
    failingSince = failingSince == 0 ? now : failingSince;
    boolean patient = Duration.ofNanos(now - failingSince).compareTo(options.retryTimeout()) < 0;
    if (PASSING.contains(e.kind()) && reading.hasBegun() && patient) {
      LOG.warn("Cannot read {}, and will try again: {}", table, e.getMessage());
      again(options.pollInterval().toMillis());
    } else {
      fail(e);
    }
  }

  private String message(Throwable e) {
    return "cannot read " + table + ": " + (e.getMessage() == null ? e : e.getMessage());
  }

  private synchronized void fail(Throwable e) {
    failure = e;
    boolean unused = available.complete(null);
  }

  private synchronized void publish(Deque<AcceptedRows.Item<T>> items, boolean end) {
    ready.addAll(items);
    finished = end;
    if (!items.isEmpty() || end) {
      boolean unused = available.complete(null);
    }
  }

  /**
   * Takes what was read.
   *
   * @return whether there was something
   * @throws IOException if it cannot be read
   */
  synchronized boolean take(Deque<AcceptedRows.Item<T>> into) throws IOException {
    if (!ready.isEmpty()) {
      into.addAll(ready);
      ready.clear();
      if (!finished) {
        worker.execute(this::fetch);
      }
      return true;
    }
    if (failure != null) {
      throw new IOException(message(failure), failure);
    }
    if (!finished && available.isDone()) {
      available = new CompletableFuture<>();
    }
    return false;
  }

  /** Whether everything was taken, and there will be no more. */
  synchronized boolean isFinished() {
    return finished && ready.isEmpty();
  }

  /** Completed when there is something to be taken. */
  synchronized CompletableFuture<Void> available() {
    return available;
  }

  /**
   * How far it was read. There is no answer behind a failure: the reading may be behind rows that
   * were not published, and a job that went on from there would never see them.
   *
   * @param pending makes bytes of what was read and not taken, and of what the caller has
   * @throws FlinkRuntimeException if it cannot be read
   */
  SqliteSplit position(Function<Collection<AcceptedRows.Item<T>>, byte[]> pending) {
    lock.lock();
    try {
      synchronized (this) {
        if (failure != null) {
          throw new FlinkRuntimeException(message(failure), failure);
        }
        return reading.position(pending.apply(ready));
      }
    } finally {
      lock.unlock();
    }
  }

  long stateBytes() {
    return stateBytes;
  }

  long lastLookMillis() {
    return lastLookMillis;
  }

  /** Interrupts what is under way, waits for it and closes the reading. */
  @Override
  public void close() {
    worker.shutdownNow();
    boolean interrupted = false;
    try {
      if (!worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A look at {} goes on behind its job", table);
        return;
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    lock.lock();
    try {
      reading.close();
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
