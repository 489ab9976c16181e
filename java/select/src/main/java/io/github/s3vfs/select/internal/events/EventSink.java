package io.github.s3vfs.select.internal.events;

import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;

/** Where the events of a query go, in order. */
@FunctionalInterface
public interface EventSink {
  /**
   * Takes an event; waits until there is room for it.
   *
   * @throws Cancelled if nobody wants any more of them
   */
  void accept(SelectObjectContentEventStream event);

  /** Ends a query from within: nobody wants its events. */
  final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: it is no failure. */
    public Cancelled(String message) {
      super(message, null, false, false);
    }
  }
}
