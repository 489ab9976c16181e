package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Listed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Replaces or deletes a whole database. Block 0 goes first and comes last: without it there is no
 * database that anybody could mistake for a whole one.
 */
final class BlocksReplacement {
  private final BlockObjects objects;
  private final BlocksJournal journal;
  private final BlocksSettings settings;

  BlocksReplacement(BlockObjects objects, BlocksJournal journal, BlocksSettings settings) {
    this.objects = objects;
    this.journal = journal;
    this.settings = settings;
  }

  /**
   * Replaces it.
   *
   * @param mustBeNew whether it is refused, with {@code CONFLICT}, if there is a database already
   */
  void replace(InputStream content, boolean mustBeNew) throws IOException {
    byte[] first = content.readNBytes(settings.blockSize());
    Set<Long> old = removeFirstAndJournal(mustBeNew);
    RestOfStream rest = new RestOfStream(content, settings.blockSize());
    boolean done = false;
    try {
      Set<Long> there = Set.copyOf(old);
      Expected expected = new Expected(index -> index == 0 || !there.contains(index), "");
      objects.putAll(rest, expected);
      Await.refuseInterrupted(objects.describe());
      Await.undisturbed(() -> objects.put(0, first, expected));
      done = true;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      // After a failure everything goes: what is left of an old database is of no use.
      long kept = done ? rest.count : 1;
      for (long index = 1; index < rest.count; index++) {
        old.add(index);
      }
      Await.undisturbed(
          () -> objects.deleteAll(old.stream().mapToLong(Long::longValue).filter(i -> i >= kept)));
    }
  }

  boolean delete() {
    Set<Long> old = removeFirstAndJournal(false);
    boolean existed = !old.isEmpty();
    old.remove(0L);
    objects.deleteAll(old.stream().mapToLong(Long::longValue));
    return existed;
  }

  /**
   * Deletes block 0 and then the journal, which is of no use without it; answers what there was.
   */
  private Set<Long> removeFirstAndJournal(boolean mustBeNew) {
    objects.invalidate((index, etag) -> false);
    Set<Long> old = new HashSet<>();
    List<Listed> listed =
        Await.result(objects.list(), settings.listTimeout(), "LIST " + objects.describe());
    for (Listed object : listed) {
      if (objects.index(object) >= 0) {
        old.add(objects.index(object));
      }
    }
    if (mustBeNew && old.contains(0L)) {
      throw new S3VfsException(
          ErrorKind.CONFLICT, "there is a database at " + objects.describe() + " already");
    }
    if (old.contains(0L)) {
      objects.delete(0);
    }
    journal.relist();
    journal.delete();
    return old;
  }

  /** Blocks from 1 on, read as they are wanted. */
  private static final class RestOfStream implements Iterator<Map.Entry<Long, byte[]>> {
    private final InputStream content;
    private final int blockSize;
    private byte[] block;

    /** Number of blocks read so far, block 0 included. */
    private long count = 1;

    RestOfStream(InputStream content, int blockSize) {
      this.content = content;
      this.blockSize = blockSize;
      this.block = new byte[0];
    }

    @Override
    public boolean hasNext() {
      try {
        if (block.length == 0) {
          block = content.readNBytes(blockSize);
        }
        return block.length > 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Map.Entry<Long, byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] mine = block;
      block = new byte[0];
      return Map.entry(count++, mine);
    }
  }
}
