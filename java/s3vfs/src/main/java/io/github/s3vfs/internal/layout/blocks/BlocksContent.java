package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.store.Await;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a database from first to last, a bounded number of them fetched ahead. Not
 * thread-safe.
 */
final class BlocksContent implements Iterator<byte[]> {

  /** Checks what was stored for a block. */
  interface Check {
    /** The bytes that a reader shall see; fails when the block is damaged. */
    byte[] check(long index, byte @Nullable [] bytes);
  }

  private final BlocksState state;
  private final BlocksSettings settings;
  private final BlockObjects objects;
  private final Check check;
  private final ArrayDeque<CompletableFuture<byte @Nullable []>> ahead = new ArrayDeque<>();
  private long started;
  private long next;

  BlocksContent(BlocksState state, BlocksSettings settings, BlockObjects objects, Check check) {
    this.state = state;
    this.settings = settings;
    this.objects = objects;
    this.check = check;
  }

  @Override
  public boolean hasNext() {
    return next < state.blocks();
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    while (started < state.blocks() && ahead.size() < settings.requestsAtOnce()) {
      ahead.add(objects.start(started++));
    }
    byte[] stored =
        Await.result(ahead.remove(), settings.timeout(), "GET " + objects.describe(next));
    byte[] bytes = check.check(next, stored);
    int length = state.leastLength(next);
    next++;
    return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
  }
}
