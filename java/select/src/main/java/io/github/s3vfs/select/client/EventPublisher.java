package io.github.s3vfs.select.client;

import io.github.s3vfs.select.internal.events.EventSink;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;

/**
 * The events of one query for one subscriber, as Reactive Streams want it. The query's thread calls
 * the subscriber, and waits where it has not asked for more.
 */
final class EventPublisher implements SdkPublisher<SelectObjectContentEventStream>, EventSink {
  private final Object lock = new Object();
  private @Nullable Subscriber<? super SelectObjectContentEventStream> subscriber;
  private long demand;
  private boolean ready;
  private volatile boolean cancelled;
  private volatile @Nullable IllegalArgumentException misuse;

  /** What onSubscribe has thrown: to that subscriber nothing can be said. */
  private @Nullable Throwable refused;

  /** With what the query has failed, for a subscriber that comes later. */
  private @Nullable Throwable failed;

  /** The thread of the query, while it is not in code of the program. */
  private @Nullable Thread query;

  private boolean interrupted;

  @Override
  public void subscribe(Subscriber<? super SelectObjectContentEventStream> wanted) {
    boolean first;
    synchronized (lock) {
      first = subscriber == null;
      if (first) {
        subscriber = wanted;
      }
    }
    if (!first) {
      wanted.onSubscribe(new Ended());
      wanted.onError(new IllegalStateException("the events can be subscribed to once"));
      return;
    }
    try {
      wanted.onSubscribe(new Demand());
    } catch (RuntimeException | Error e) {
      synchronized (lock) {
        refused = e;
        lock.notifyAll();
      }
      throw e;
    }
    Throwable failure;
    synchronized (lock) {
      // Not before: onSubscribe has to return before anything else is called.
      ready = true;
      failure = cancelled ? null : failed;
      lock.notifyAll();
    }
    if (failure != null) {
      wanted.onError(failure);
    }
  }

  /** Ends the query, also while it waits for the store; nothing is called any more. */
  void cancel() {
    synchronized (lock) {
      cancelled = true;
      lock.notifyAll();
      if (query != null && query != Thread.currentThread()) {
        interrupted = true;
        query.interrupt();
      }
    }
  }

  /** From here on this thread is the query's, and interrupted by {@link #cancel}. */
  void enter() {
    synchronized (lock) {
      if (cancelled) {
        throw new Cancelled("cancelled");
      }
      query = Thread.currentThread();
    }
  }

  /** From here on it is not; what follows does not see that it was interrupted. */
  void leave() {
    synchronized (lock) {
      query = null;
      if (interrupted) {
        interrupted = false;
        boolean unused = Thread.interrupted();
      }
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void accept(SelectObjectContentEventStream event) {
    Subscriber<? super SelectObjectContentEventStream> at = awaitSubscriber(1);
    leave();
    at.onNext(event);
    enter();
  }

  void complete() {
    awaitSubscriber(0).onComplete();
  }

  /**
   * Tells of a failure, or of the misuse that has led to it; returns what was told. Does not wait:
   * a subscriber that is still to come is told when it comes.
   */
  Throwable fail(Throwable failure) {
    Throwable told;
    Subscriber<? super SelectObjectContentEventStream> at;
    synchronized (lock) {
      told = misuse == null ? failure : misuse;
      failed = told;
      at = ready && !cancelled ? subscriber : null;
    }
    if (at != null) {
      at.onError(told);
    }
    return told;
  }

  /** The subscriber, once it has asked for so many more events. */
  private Subscriber<? super SelectObjectContentEventStream> awaitSubscriber(int events) {
    synchronized (lock) {
      while (!cancelled && refused == null && (!ready || (misuse == null && demand < events))) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Cancelled("interrupted");
        }
      }
      Subscriber<? super SelectObjectContentEventStream> at = subscriber;
      if (refused != null) {
        throw new IllegalStateException("onSubscribe has failed: " + refused, refused);
      } else if (cancelled || at == null) {
        throw new Cancelled("cancelled");
      }
      if (misuse != null && events > 0) {
        throw misuse;
      }
      if (demand != Long.MAX_VALUE) {
        demand -= events;
      }
      return at;
    }
  }

  private final class Demand implements Subscription {
    @Override
    public void request(long events) {
      synchronized (lock) {
        if (events <= 0) {
          misuse = new IllegalArgumentException("request(" + events + "): 1 or more is possible");
        } else {
          demand = demand > Long.MAX_VALUE - events ? Long.MAX_VALUE : demand + events;
        }
        lock.notifyAll();
      }
    }

    @Override
    public void cancel() {
      EventPublisher.this.cancel();
    }
  }

  private static final class Ended implements Subscription {
    @Override
    public void request(long events) {
      // There is nothing.
    }

    @Override
    public void cancel() {
      // There is nothing.
    }
  }
}
