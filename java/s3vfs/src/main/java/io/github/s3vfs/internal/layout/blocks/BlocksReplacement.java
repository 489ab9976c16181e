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
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

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
    Set<Long> old = stored();
    if (mustBeNew && old.contains(0L)) {
      throw new S3VfsException(
          ErrorKind.CONFLICT, "there is a database at " + objects.describe() + " already");
    }
    removeFirst(old);
    RestOfStream rest = new RestOfStream(content, settings.blockSize());
    Set<Long> there = Set.copyOf(old);
    Expected expected = new Expected(index -> index == 0 || !there.contains(index), "");
    try {
      removeJournal();
      objects.putAll(rest, expected);
      Await.refuseInterrupted(objects.describe());
      Await.undisturbed(() -> objects.put(0, first, expected));
    } catch (UncheckedIOException e) {
      IOException cause = Objects.requireNonNull(e.getCause());
      undo(old, rest.count, cause);
      throw cause;
    } catch (Throwable e) {
      undo(old, rest.count, e);
      throw e;
    }
    Await.undisturbed(() -> deleteAll(old, rest.count));
  }

  /**
   * Deletes everything after a failure: what is left of an old database is of no use. Requests that
   * are still under way are waited for, since a block that is stored later would stay.
   */
  private void undo(Set<Long> old, long count, Throwable failure) {
    LongStream.range(0, count).forEach(old::add);
    Await.undisturbed(objects::settle, failure);
    Await.undisturbed(() -> deleteAll(old, 0), failure);
  }

  private void deleteAll(Set<Long> blocks, long from) {
    objects.deleteAll(blocks.stream().mapToLong(Long::longValue).filter(index -> index >= from));
  }

  boolean delete() {
    Set<Long> old = stored();
    removeFirst(old);
    removeJournal();
    deleteAll(old, 1);
    return !old.isEmpty();
  }

  /** The numbers of the blocks that are there. */
  private Set<Long> stored() {
    objects.invalidate((index, etag) -> false);
    List<Listed> listed =
        Await.result(objects.list(), settings.listTimeout(), "LIST " + objects.describe());
    return listed.stream()
        .map(objects::index)
        .filter(index -> index >= 0)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Deletes block 0, unless that fails and it is still there. */
  private void removeFirst(Set<Long> old) {
    if (!old.contains(0L)) {
      return;
    }
    Await.refuseInterrupted(objects.describe());
    Await.undisturbed(
        () -> {
          try {
            objects.delete(0);
          } catch (S3VfsException e) {
            if (mayBeStored(e)) {
              throw e;
            }
          }
        });
  }

  private boolean mayBeStored(S3VfsException failure) {
    try {
      return objects.isStored(0);
    } catch (S3VfsException e) {
      failure.addSuppressed(e);
      return true;
    }
  }

  /** Deletes the journal, which is of no use without block 0. */
  private void removeJournal() {
    journal.relist();
    journal.delete();
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
