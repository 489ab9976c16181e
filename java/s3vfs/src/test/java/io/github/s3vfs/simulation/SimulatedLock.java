package io.github.s3vfs.simulation;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A reentrant lock that actors wait for by giving the token away. */
final class SimulatedLock implements Lock {
  private final Scheduler scheduler;
  private @Nullable Actor owner;
  private int depth;

  SimulatedLock(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  public void lock() {
    Actor me = scheduler.running();
    while (owner != null && owner != me) {
      me.await(() -> owner == null, Long.MAX_VALUE);
    }
    owner = me;
    depth++;
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock();
  }

  @Override
  public void unlock() {
    if (owner != scheduler.running()) {
      throw new IllegalMonitorStateException();
    }
    if (--depth == 0) {
      owner = null;
    }
  }

  @Override
  public boolean tryLock() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Condition newCondition() {
    throw new UnsupportedOperationException();
  }
}
