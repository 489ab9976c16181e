package io.github.s3vfs.internal.layout.snapshot;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is fetched ahead of readers: so much at once, and the rest when some of it has come. So a
 * reader that must have a page now does not wait behind thousands that it may want later.
 * Thread-safe.
 */
final class FetchAhead {
  /** The most bytes under way at once, but for the last request. */
  static final long MAX_BYTES = 16 << 20;

  /** The most requests under way at once. */
  static final int MAX_REQUESTS = 64;

  /** How many requests wait at most; further ones are not made. */
  static final int MAX_WAITING = 1 << 16;

  /** A request that can be made. */
  interface Request {
    /** Makes it; what it answers is complete when the answer has come. */
    CompletableFuture<?> make();

    /** It will not be made. */
    default void drop() {}
  }

  private record Waiting(long bytes, Request request) {}

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long bytes;
  private int requests;

  /** Whether somebody is making requests. */
  private boolean busy;

  /** Makes a request now or later, unless one before it fails. */
  void add(long size, Request request) {
    boolean added;
    synchronized (this) {
      added = waiting.size() < MAX_WAITING && waiting.add(new Waiting(size, request));
    }
    if (!added) {
      request.drop();
    }
    makeSome();
  }

  private void makeSome() {
    Waiting next = begin();
    while (next != null) {
      long size = next.bytes();
      CompletableFuture<?> made;
      try {
        made = next.request().make();
      } catch (RuntimeException | Error e) {
        next.request().drop();
        made = CompletableFuture.failedFuture(e);
      }
      var unused = made.whenComplete((value, failure) -> end(size, failure));
      next = next();
    }
  }

  /** The first one to make, or null if somebody else does that, or there is none. */
  private synchronized @Nullable Waiting begin() {
    if (busy) {
      return null;
    }
    busy = true;
    return next();
  }

  private synchronized @Nullable Waiting next() {
    boolean room = bytes < MAX_BYTES && requests < MAX_REQUESTS;
    Waiting next = room ? waiting.poll() : null;
    if (next == null) {
      busy = false;
    } else {
      bytes += next.bytes();
      requests++;
    }
    return next;
  }

  private void end(long size, @Nullable Throwable failure) {
    List<Waiting> dropped = List.of();
    synchronized (this) {
      bytes -= size;
      requests--;
      if (failure != null) {
        dropped = List.copyOf(waiting); // who reads on asks again
        waiting.clear();
      }
    }
    dropped.forEach(each -> each.request().drop());
    makeSome();
  }
}
