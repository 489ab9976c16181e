package io.github.s3vfs.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs when the process ends, as by Ctrl-C: interrupts the command that is running, and gives it
 * time to undo what it has begun.
 */
final class EndingHook extends Thread {
  private final Thread worker;
  private final Duration patience;
  private final CountDownLatch over = new CountDownLatch(1);
  private boolean ending;

  EndingHook(Thread worker, Duration patience) {
    super("s3vfs-ending");
    this.worker = worker;
    this.patience = patience;
  }

  @Override
  public void run() {
    synchronized (this) {
      if (over.getCount() == 0) {
        return;
      }
      ending = true;
    }
    worker.interrupt();
    try {
      boolean unused = over.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the process ends anyway
    }
  }

  synchronized boolean isEnding() {
    return ending;
  }

  /** The command is over; whether the process is ending already. */
  synchronized boolean done() {
    over.countDown();
    return ending;
  }
}
